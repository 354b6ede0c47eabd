import type { View } from '../../wire.ts';
import { card, facts, h, say } from '../ui/dom.ts';
import { formatBps, formatMs } from '../ui/format.ts';
import { framePlots, openCaption, openPlot } from '../ui/plot-view.ts';
import type { Part } from '../ui/section.ts';

/** Who watches, and how far behind the stage they are. */
export function openAudience(): Part {
  const count = h('p', { class: 'big' });
  const behind = h('p', { class: 'since' });
  const list = h('dl', { class: 'facts' });
  const plot = openPlot();
  const plots = framePlots(openCaption('Viewers · 10 min'), plot);
  let sent: { readonly bytes: number; readonly atMs: number } | undefined;
  let bps: number | undefined;
  const measure = ({ media }: View, nowMs: number) => {
    const bytes = media?.http.sentBytesTotal;
    if (bytes === undefined || bytes === sent?.bytes) return;
    const grownMs = sent === undefined ? 0 : nowMs - sent.atMs;
    // The media process started anew counts from 0 again.
    const grown = sent === undefined ? 0 : bytes - sent.bytes;
    bps = grownMs > 0 && grown >= 0 ? (grown * 8000) / grownMs : undefined;
    sent = { bytes, atMs: nowMs };
  };
  const element = card('audience', 'Viewers', count, behind, list, plots);
  return {
    element,
    update: ({ view, history }, nowMs) => {
      const viewers = view.media?.viewers;
      measure(view, nowMs);
      say(count, viewers === undefined ? '—' : String(viewers.viewers));
      const now = history.at(-1)?.latencyMs ?? null;
      say(behind, now === null ? '' : `half of them less than ${formatMs(now)} behind`);
      facts(list, [
        ...Object.entries(viewers?.latencyMsByRendition ?? {}).map(
          ([id, { p50, p95 }]) => [id, `${formatMs(p50)}, p95 ${formatMs(p95)}`] as const,
        ),
        ['Stalls', viewers === undefined ? undefined : String(viewers.stallsTotal)],
        ['First picture', viewers?.startupMs && formatMs(viewers.startupMs.p50)],
        ['Sent', bps === undefined ? undefined : formatBps(bps)],
        ['Connections', view.media && String(view.media.http.connections)],
      ]);
      const points = history.map(({ atMs, viewers: value }) => ({ atMs, value }));
      const most = Math.max(4, ...points.map(({ value }) => value ?? 0));
      plot.update(points, nowMs, 'Viewers', String, most * 1.1);
    },
  };
}
