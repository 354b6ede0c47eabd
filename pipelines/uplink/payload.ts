/** How many MPEG-TS packets an SRT packet carries: fewer where all paths lose large packets. */
import type { LinkSnapshot } from '../bond/core/snapshot.ts';
import { SRT_HEADER_BYTES } from '../bond/wire/srt.ts';
import type { SrtFigures } from './srt-observer.ts';

const TS_BYTES = 188;

/** Seven of MPEG-TS's 188 bytes make SRT's usual payload of 1316. */
export const TS_PACKETS = 7;

/** 564 bytes pass wherever IPv4 does: every host takes datagrams of 576 (RFC 791 §3.1). */
const MIN_TS_PACKETS = 3;

/** Pause before a smaller size is tried where nothing tells which one passes. */
const TRY_MS = 2000;

type Link = Pick<LinkSnapshot, 'state' | 'isEnabled' | 'isSpent' | 'largePackets'>;

/**
 * The size only falls, for as long as the uplink runs: a link that carries less loses all
 * when it rises again, and one that carries more loses two per cent while it does not.
 */
export class PayloadSize {
  tsPackets = TS_PACKETS;
  #triedMs = Number.NEGATIVE_INFINITY;

  /** @param links None where SRT goes straight to its receiver. @returns the new size. */
  update(links: readonly Link[], srt: SrtFigures, nowMs: number): number {
    const wanted = links.length > 0 ? sizeFor(links) : this.#afterTrial(srt, nowMs);
    if (wanted !== undefined) {
      this.tsPackets = Math.max(MIN_TS_PACKETS, Math.min(this.tsPackets, wanted));
    }
    return this.tsPackets;
  }

  #afterTrial({ isDataLost }: SrtFigures, nowMs: number): number | undefined {
    if (isDataLost !== true || nowMs - this.#triedMs < TRY_MS) return undefined;
    this.#triedMs = nowMs;
    return this.tsPackets - 1;
  }
}

/** Undefined unless every link that is there needs smaller packets. */
function sizeFor(links: readonly Link[]): number | undefined {
  const there = links.filter(
    ({ state, isEnabled, isSpent }) => state !== 'out' && isEnabled && !isSpent,
  );
  let largestBytes = 0;
  for (const { largePackets } of there) {
    if (largePackets?.passedBytes === undefined) return undefined;
    largestBytes = Math.max(largestBytes, largePackets.passedBytes);
  }
  return there.length === 0 ? undefined : Math.floor((largestBytes - SRT_HEADER_BYTES) / TS_BYTES);
}
