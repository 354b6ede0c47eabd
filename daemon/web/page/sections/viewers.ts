/** Number of viewers, and how far they are behind the stage. */
import type { View } from '../../protocol.ts';
import { card, h, setText, updateFacts } from '../ui/dom.ts';
import { formatBps, formatMs } from '../ui/format.ts';
import { framePlots, openCaption, openPlot } from '../ui/plot-view.ts';
import type { Section } from '../ui/section.ts';

export function openViewers(): Section {
  const count = h('p', { class: 'big' });
  const delay = h('p', { class: 'since' });
  const list = h('dl', { class: 'facts' });
  const plot = openPlot();
  const plots = framePlots(openCaption('Viewers, last 10 min'), plot);
  const sentBps = openRateMeter();
  const element = card('viewers', 'Viewers', count, delay, list, plots);
  return {
    element,
    update: ({ view, history }, nowMs) => {
      const viewers = view.media?.viewers;
      const bps = sentBps(view.media?.http.sentBytesTotal, nowMs);
      const latencyMs = history.at(-1)?.latencyMs ?? null;
      setText(count, viewers === undefined ? '—' : String(viewers.viewers));
      setText(delay, latencyMs === null ? '' : `typically ${formatMs(latencyMs)} behind the stage`);
      updateFacts(list, [
        ...delays(view),
        ['Hearts', viewers === undefined ? undefined : String(viewers.heartsTotal)],
        ['Interruptions', viewers === undefined ? undefined : String(viewers.stallsTotal)],
        ['First picture after', viewers?.startupMs && formatMs(viewers.startupMs.p50)],
        ['Sending', bps === undefined ? undefined : formatBps(bps)],
        ['Connections', view.media && String(view.media.http.connections)],
      ]);
      const points = history.map(({ atMs, viewers: value }) => ({ atMs, value }));
      const max = Math.max(4, ...points.map(({ value }) => value ?? 0));
      plot.update(points, nowMs, 'Viewers', String, max * 1.1);
    },
  };
}

function delays({ media }: View): readonly (readonly [string, string])[] {
  const latencies = Object.entries(media?.viewers.latencyMsByRendition ?? {});
  return latencies.map(([rendition, { p50, p95 }]) => [
    `Delay (${rendition})`,
    `${formatMs(p50)}, 95 % within ${formatMs(p95)}`,
  ]);
}

/** Bits per second of a byte counter that is read now and then; undefined while not known. */
function openRateMeter(): (bytesTotal: number | undefined, nowMs: number) => number | undefined {
  let last: { readonly bytes: number; readonly atMs: number } | undefined;
  let bps: number | undefined;
  return (bytes, nowMs) => {
    if (bytes === undefined || bytes === last?.bytes) return bps;
    const elapsedMs = last === undefined ? 0 : nowMs - last.atMs;
    // A restarted media process counts from 0 again.
    const grown = last === undefined ? -1 : bytes - last.bytes;
    bps = elapsedMs > 0 && grown >= 0 ? (grown * 8000) / elapsedMs : undefined;
    last = { bytes, atMs: nowMs };
    return bps;
  };
}
