/** Limits what a relay sends to addresses that may be forged. */
import { type AttemptPolicy, openAttemptLimit } from '../../../hal/os/limits/attempt-limit.ts';
import { type TokenBucket, takeFrom } from '../../../hal/os/limits/token-bucket.ts';
import { networkOf } from './shares.ts';

/**
 * A path may be sent twice what came by it, beside the echoes of its keepalives: three
 * times in all, as RFC 9000 §8.1 has it. SRTLA has no proof that a source address is not
 * forged, and SRT's ACKs go out by every link of a group.
 */
const REPLY_FACTOR = 2;
/** Saved up for a pause of the sender, while the SRT listener asks for what is missing. */
const MAX_SAVED_BYTES = 256_000;

export class ReplyCredit {
  #bytes = 0;

  earn(bytes: number): void {
    this.#bytes = Math.min(MAX_SAVED_BYTES, this.#bytes + REPLY_FACTOR * bytes);
  }

  take(bytes: number): boolean {
    if (this.#bytes < bytes) return false;
    this.#bytes -= bytes;
    return true;
  }
}

/** Networks (/24, /64) that share one bucket do so by chance: of so many. */
const SHARES = 4096;
/** What a network has in any case: a sender that begins needs two answers. */
const OWN_SHARE = { perS: 1, max: 4 };

/** How many registrations are answered. */
export interface RegistrationLimit {
  /** Takes one of `address`; false when it is not answered. */
  take(address: string, nowMs: number): boolean;
}

/**
 * What all addresses have together a flood from forged ones takes alone: so each network has a share
 * of its own first. An answer is no longer than what was asked, and forged addresses of one network
 * get no more answers for it than that share and the common limit.
 *
 * @param salt Nobody else knows it, and so which networks share a bucket.
 */
export function openRegistrationLimit(policy: AttemptPolicy, salt: number): RegistrationLimit {
  const shares = Array.from(
    { length: SHARES },
    (): TokenBucket => ({ left: OWN_SHARE.max, atMs: 0 }),
  );
  const common = openAttemptLimit(policy);
  return {
    take: (address, nowMs) => {
      const share = shares[hashOf(networkOf(address), salt) % SHARES];
      if (share !== undefined && takeFrom(share, 1, OWN_SHARE, nowMs) === 1) return true;
      return common.take(address, nowMs);
    },
  };
}

/** FNV-1a. */
function hashOf(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
