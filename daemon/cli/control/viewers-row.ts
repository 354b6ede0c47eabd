/** Viewers, in one line of `venuebox status`. */
import { HLS, STALLS, VIEWER_LATENCY } from '../../figures/media.ts';
import { PUSH } from '../../figures/push.ts';
import { renderFigure } from '../../figures/text.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';

export function viewersRow(box: BoxSnapshot): string {
  if (box.media === undefined) return 'unknown';
  const latency = (ms: number) => renderFigure(VIEWER_LATENCY, ms);
  const latencies = Object.entries(box.media.viewers.latencyMsByRendition).map(
    ([rendition, { p50, p95 }]) => `${rendition} ${latency(p50)} (p95 ${latency(p95)})`,
  );
  const [viewers, stalls] = [HLS.viewers, STALLS].map((figure) => renderFigure(figure, box));
  return [viewers, ...latencies, `${stalls} stalls`, ...pushed(box)].join(', ');
}

function pushed({ media }: BoxSnapshot): readonly string[] {
  return Object.entries(media?.push ?? {}).flatMap(([chunk, figures]) => {
    const [clients, skipped, slow] = [PUSH.clients, PUSH.skipped, PUSH.slow].map((figure) =>
      renderFigure(figure, figures),
    );
    const isUnused = figures.clients + figures.skippedTotal + figures.slowTotal === 0;
    const text = `${clients} by pushed ${chunk}s (${skipped} skips, ${slow} too slow)`;
    return isUnused ? [] : [text];
  });
}
