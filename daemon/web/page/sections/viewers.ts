/** Number of viewers, and how far they are behind the stage. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { View } from '../../protocol.ts';
import { stageTexts as text } from '../text/texts.ts';
import { card, h, setText, updateFacts } from '../ui/dom.ts';
import { formatBps, formatMs } from '../ui/format.ts';
import { framePlots, openCaption, openPlot } from '../ui/plot-view.ts';
import type { Section } from '../ui/section.ts';

export function openViewers(): Section {
  const count = h('p', { class: 'big' });
  const delay = h('p', { class: 'since' });
  const list = h('dl', { class: 'facts' });
  const plot = openPlot();
  const plots = framePlots(openCaption(text.viewersPlot), plot);
  const sentBps = openRateMeter();
  const element = card('viewers', text.viewers, count, delay, list, plots);
  return {
    element,
    update: ({ view, history }, nowMs) => {
      const viewers = view.media?.viewers;
      const bps = sentBps(view.media?.http.sentBytesTotal, nowMs);
      const latencyMs = history.at(-1)?.latencyMs ?? null;
      setText(count, viewers === undefined ? '—' : String(viewers.viewers));
      const time = latencyMs === null ? undefined : formatMs(latencyMs);
      setText(delay, time === undefined ? '' : fill(text.typicallyBehind, { time }));
      updateFacts(list, [
        ...delays(view),
        [text.hearts, viewers === undefined ? undefined : String(viewers.heartsTotal)],
        [text.interruptions, viewers === undefined ? undefined : String(viewers.stallsTotal)],
        [text.firstPictureAfter, viewers?.startupMs && formatMs(viewers.startupMs.p50)],
        [text.sending, bps === undefined ? undefined : formatBps(bps)],
        [text.connections, view.media && String(view.media.http.connections)],
      ]);
      const points = history.map(({ atMs, viewers: value }) => ({ atMs, value }));
      const max = Math.max(4, ...points.map(({ value }) => value ?? 0));
      plot.update(points, nowMs, text.viewers, String, max * 1.1);
    },
  };
}

function delays({ media }: View): readonly (readonly [string, string])[] {
  const latencies = Object.entries(media?.viewers.latencyMsByRendition ?? {});
  return latencies.map(([rendition, { p50, p95 }]) => [
    fill(text.delayOf, { rendition }),
    fill(text.delayFigures, { typical: formatMs(p50), most: formatMs(p95) }),
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
