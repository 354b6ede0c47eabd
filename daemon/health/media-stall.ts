/** Whether the media process still reports, or has stalled. */
import type { BoxSnapshot } from '../model/snapshot.ts';

/**
 * When the media process reported last. Its figures come once a second; figures that
 * are the very same object as before are old ones. One that has just been started
 * loads first, and its predecessor's figures say nothing of it.
 */
export interface MediaStall {
  readonly figures: unknown;
  readonly restartsTotal: number;
  /** Since its start. */
  readonly hasReported: boolean;
  /** When it reported last, or was started, or was not meant to report. */
  readonly atMs: number;
}

/** How long it may go without a report, and how long it may take to load. */
export interface StallLimits {
  readonly reportMs: number;
  readonly loadMs: number;
}

export function startMediaStall(nowMs: number): MediaStall {
  return { figures: undefined, restartsTotal: 0, hasReported: false, atMs: nowMs };
}

/** Takes one snapshot. Pure. */
export function stepMediaStall(
  before: MediaStall,
  { media: figures, children }: Pick<BoxSnapshot, 'media' | 'children'>,
  nowMs: number,
): MediaStall {
  const media = children['media'];
  const restartsTotal = media?.restartsTotal ?? 0;
  const isAnother = restartsTotal !== before.restartsTotal;
  const isUp = media?.phase === 'running' && !isAnother;
  const isNew = figures !== undefined && figures !== before.figures;
  if (isUp && !isNew) return { ...before, figures };
  return { figures, restartsTotal, hasReported: isUp && isNew, atMs: nowMs };
}

export function isStalled(
  { hasReported, atMs }: MediaStall,
  { reportMs, loadMs }: StallLimits,
  nowMs: number,
): boolean {
  return nowMs - atMs >= (hasReported ? reportMs : loadMs);
}
