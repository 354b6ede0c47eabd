import type { BoxSnapshot } from '../model/snapshot.ts';

/**
 * Whether the media process still says something. Its figures come once a second;
 * figures that are the very same object as before are old ones. One that has just
 * been started loads first, and its predecessor's figures say nothing of it.
 */
export interface MediaVoice {
  readonly figures: unknown;
  readonly restartsTotal: number;
  /** Since its start. */
  readonly hasSpoken: boolean;
  /** When it spoke last, or was started, or was not meant to speak. */
  readonly atMs: number;
}

/** How long it may be silent, and how long it may load. */
export interface Patience {
  readonly silentMs: number;
  readonly loadsMs: number;
}

export function startMediaVoice(nowMs: number): MediaVoice {
  return { figures: undefined, restartsTotal: 0, hasSpoken: false, atMs: nowMs };
}

/** Looks once. Pure. */
export function stepMediaVoice(
  before: MediaVoice,
  { media: figures, children }: Pick<BoxSnapshot, 'media' | 'children'>,
  nowMs: number,
): MediaVoice {
  const media = children['media'];
  const restartsTotal = media?.restartsTotal ?? 0;
  const isAnother = restartsTotal !== before.restartsTotal;
  const isUp = media?.phase === 'running' && !isAnother;
  const isNews = figures !== undefined && figures !== before.figures;
  if (isUp && !isNews) return { ...before, figures };
  return { figures, restartsTotal, hasSpoken: isUp && isNews, atMs: nowMs };
}

export function isHung({ hasSpoken, atMs }: MediaVoice, patience: Patience, nowMs: number) {
  return nowMs - atMs >= (hasSpoken ? patience.silentMs : patience.loadsMs);
}
