/** Arithmetic of SRT's sequence numbers, which wrap. */
/** SRT packet sequence numbers are 31 bits wide and wrap (SRT RFC draft §3.1). */
export const SEQUENCE_MASK = 0x7fff_ffff;

const HALF = 0x4000_0000;

/**
 * How far `to` lies after `from`, in packets: negative when it lies before.
 * Exact for numbers less than 2^30 apart, whichever side of the wrap they are on.
 */
export function sequenceDistance(from: number, to: number): number {
  const forward = (to - from) & SEQUENCE_MASK;
  return forward >= HALF ? forward - SEQUENCE_MASK - 1 : forward;
}

/** The number `by` packets after `sequence`; `by` may be negative. */
export function sequenceAfter(sequence: number, by = 1): number {
  return (sequence + by) & SEQUENCE_MASK;
}
