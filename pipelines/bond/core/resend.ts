/** Whether a packet in a NAK is sent again. */
import { SEQUENCES_PER_ACK } from '../wire/packet.ts';
import { sequenceAfter } from '../wire/sequence.ts';
import type { SequenceRange } from '../wire/srt.ts';
import type { Link } from './link.ts';
import { ARRIVED, IN_FLIGHT } from './path/in-flight.ts';
import type { ResendBuffer } from './resend-buffer.ts';
import type { Links } from './select.ts';

/** A packet that this many later ones of its link overtook is lost, not late. */
const OVERTAKEN_BY = 3;

/** A NAK for a packet that was acknowledged is stale for this long. */
const STALE_MS = 150;

/** Slack beyond the link's late time, for pauses of the timer and of the peer. */
const SLACK_MS = 5;

const MAX_ACK_PAUSE_MS = 500;

/**
 * `resend`: lost on its link, to be sent again now. `wait`: it may still be on its
 * way. `ignore`: it arrived, or would arrive too late. `pass`: not in the buffer, the
 * encoder must answer.
 */
export type NakVerdict = 'resend' | 'wait' | 'ignore' | 'pass';

/**
 * What to do about one packet that the SRT receiver reports missing.
 *
 * Links of different delay cause gaps at the receiver that close by themselves, and it
 * reports each at once. A NAK counts when the packet is overdue on the link that carried
 * it, or when later packets of that link have arrived. A queued NAK (`isNewNak` false)
 * counts later, since the packet may have arrived without an ACK by then: SRTLA's come
 * with the tenth packet, SRT's stop at the first gap.
 */
export function judgeNak(
  sequence: number,
  store: ResendBuffer,
  links: Links,
  nowMs: number,
  latencyMs: number,
  isNewNak: boolean,
): NakVerdict {
  if (!store.has(sequence)) return 'pass';
  const link = links[store.linkOf(sequence)];
  if (nowMs - store.firstSentMs(sequence) > latencyMs) return 'ignore';
  if (link === undefined) return 'resend';
  const ageMs = nowMs - store.lastSentMs(sequence);
  const dueMs = link.rtt.lateMs + SLACK_MS + (isNewNak ? 0 : ackPauseMs(link, nowMs));
  const state = link.flight.stateOf(sequence);
  if (state === ARRIVED) return ageMs > dueMs + STALE_MS ? 'resend' : 'ignore';
  if (state !== IN_FLIGHT) return 'resend';
  const isOvertaken = ageMs > link.rtt.minMs && link.flight.isPassedBy(sequence, OVERTAKEN_BY);
  return isOvertaken || ageMs > dueMs ? 'resend' : 'wait';
}

/** How long the link's next SRTLA ACK may take at its present rate. */
function ackPauseMs(link: Link, nowMs: number): number {
  return Math.min(
    MAX_ACK_PAUSE_MS,
    1000 / (link.sentPackets.perS(1000, nowMs) / SEQUENCES_PER_ACK),
  );
}

/** Extends the last range or starts one. */
export function addTo(ranges: SequenceRange[], sequence: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && sequenceAfter(last.last) === sequence) {
    ranges[ranges.length - 1] = { first: last.first, last: sequence };
  } else {
    ranges.push({ first: sequence, last: sequence });
  }
}
