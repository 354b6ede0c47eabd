/** What a report says of links, battery and sound, counted poll by poll. Pure. */
import * as v from 'valibot';
import type { LinkSwitch } from '../../pipelines/bond/core/snapshot.ts';
import { isQuiet } from '../health/thresholds.ts';
import type { DropReport } from '../model/drop-report.ts';
import { clipText, round } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { counted, countOn, restartCount } from './counter-total.ts';

const LINKS_MAX = 16;
const FAILOVERS_MAX = 50;
/** A box that was away for longer was off: that was no silence. */
const POLL_MAX_MS = 5_000;

export const detailCountsSchema = v.object({
  title: v.optional(v.string()),
  planned: v.optional(v.string()),
  links: v.record(v.string(), v.object({ sent: counted, maxBps: v.number(), onMs: v.number() })),
  failovers: v.array(
    v.object({ atMs: v.number(), link: v.string(), to: v.string(), reason: v.string() }),
  ),
  battery: v.optional(v.object({ first: v.number(), last: v.number(), wasOff: v.boolean() })),
  peakDbfs: v.optional(v.number()),
  silentMs: v.number(),
  /** Unix time of the last poll. */
  lastMs: v.optional(v.number()),
});

export type DetailCounts = Readonly<v.InferOutput<typeof detailCountsSchema>>;

export type DetailsInput = Partial<
  Pick<BoxSnapshot, 'uplink' | 'battery' | 'levels' | 'plannedDrops'>
>;

export const NO_DETAILS: DetailCounts = { links: {}, failovers: [], silentMs: 0 };

export function stepDetails(
  details: DetailCounts,
  { uplink, battery, levels, plannedDrops }: DetailsInput,
  nowMs: number,
): DetailCounts {
  const sinceMs = Math.max(0, Math.min(nowMs - (details.lastMs ?? nowMs), POLL_MAX_MS));
  const peakDbfs = Math.max(...(levels?.peakDbfs ?? []), details.peakDbfs ?? -Infinity);
  const isSilent = levels?.peakDbfs.every(isQuiet) === true;
  const shown = plannedDrops?.shown;
  return {
    ...details,
    ...(shown === undefined ? {} : { title: shown.title, planned: shown.id }),
    links: stepLinks(details.links, uplink, sinceMs),
    battery: stepBattery(details.battery, battery),
    ...(Number.isFinite(peakDbfs) ? { peakDbfs } : {}),
    silentMs: details.silentMs + (isSilent ? sinceMs : 0),
    lastMs: nowMs,
  };
}

function stepLinks(
  links: DetailCounts['links'],
  uplink: DetailsInput['uplink'],
  sinceMs: number,
): DetailCounts['links'] {
  const now = uplink?.bond?.links ?? [];
  const stepped = now.slice(0, LINKS_MAX).map(({ id, sentBytesTotal, bitrateBps }) => {
    const before = links[id] ?? { sent: {}, maxBps: 0, onMs: 0 };
    const sent = countOn(before.sent, sentBytesTotal);
    const maxBps = Math.max(before.maxBps, Math.round(bitrateBps));
    return [id, { sent, maxBps, onMs: before.onMs + sinceMs }] as const;
  });
  return stepped.length === 0 ? links : { ...links, ...Object.fromEntries(stepped) };
}

function stepBattery(
  before: DetailCounts['battery'],
  battery: DetailsInput['battery'],
): DetailCounts['battery'] {
  if (battery?.phase !== 'known' || battery.chargePct === undefined) return before;
  const charge = battery.chargePct / 100;
  const wasOff = before?.wasOff === true || battery.mains === 'off';
  return { first: before?.first ?? charge, last: charge, wasOff };
}

/** @param lost Links that carried the stream before. */
export function noteFailovers(
  details: DetailCounts,
  lost: readonly LinkSwitch[],
  nowMs: number,
): DetailCounts {
  if (lost.length === 0) return details;
  const added = lost.map(({ link, to, reason }) => ({ atMs: nowMs, link, to, reason }));
  return { ...details, failovers: [...details.failovers, ...added].slice(0, FAILOVERS_MAX) };
}

export function resumeDetails(details: DetailCounts): DetailCounts {
  const links = Object.entries(details.links).map(
    ([id, one]) => [id, { ...one, sent: restartCount(one.sent) }] as const,
  );
  return { ...details, links: Object.fromEntries(links), lastMs: undefined };
}

type Details = Pick<
  DropReport,
  'title' | 'planned' | 'links' | 'failover_log' | 'battery' | 'sound'
>;

export function detailsOf(details: DetailCounts): Details {
  const { title, planned, battery, peakDbfs, silentMs, failovers } = details;
  const hasLinks = Object.keys(details.links).length > 0;
  return {
    title: title === undefined ? null : clipText(title, 120),
    planned: planned === undefined || planned === '' ? null : clipText(planned, 64),
    links: hasLinks ? linksOf(details.links) : null,
    failover_log: hasLinks
      ? failovers.map(({ atMs, link, to, reason }) => ({
          at: new Date(atMs).toISOString(),
          ...{ link: clipText(link, 64), to: clipText(to, 32), reason: clipText(reason, 256) },
        }))
      : null,
    battery:
      battery === undefined
        ? null
        : {
            start_ratio: round(battery.first, 3),
            end_ratio: round(battery.last, 3),
            on_battery: battery.wasOff,
          },
    sound:
      peakDbfs === undefined
        ? null
        : { peak_dbfs: round(peakDbfs, 1), silence_s: Math.round(silentMs / 1000) },
  };
}

function linksOf(links: DetailCounts['links']): DropReport['links'] {
  const all = Object.values(links).reduce((sum, { sent }) => sum + (sent.sum ?? 0), 0);
  return Object.entries(links)
    .slice(0, LINKS_MAX)
    .map(([id, { sent, maxBps, onMs }]) => ({
      id: clipText(id, 64),
      sent_b: sent.sum ?? 0,
      share_ratio: all === 0 ? null : round((sent.sum ?? 0) / all, 3),
      bitrate_bps: onMs === 0 ? null : Math.round(((sent.sum ?? 0) * 8000) / onMs),
      bitrate_max_bps: maxBps,
    }));
}
