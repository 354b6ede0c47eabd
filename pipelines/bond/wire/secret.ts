/** A secret that sender and relay share, proved within the group id of plain SRTLA. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { SRTLA_ID_BYTES } from './packet.ts';

/** The sender's half of the id: random bytes, then their HMAC-SHA256. */
const RANDOM_BYTES = 96;
const HALF_ID_BYTES = SRTLA_ID_BYTES / 2;
const PURPOSE = 'venuebox relay 1';

/**
 * 256 bytes for a sender's first registration: to a receiver without a secret they are as
 * random as any. An attacker who reads them on the way can repeat them, and join the group.
 */
export function makeSenderId(
  randomBytes: (bytes: number) => Buffer,
  secret: string | undefined,
): Buffer {
  const id = randomBytes(SRTLA_ID_BYTES);
  if (secret !== undefined) proofOf(id, secret).copy(id, RANDOM_BYTES);
  return id;
}

/** @param id Its first half is the sender's. */
export function isProved(id: Buffer, secret: string): boolean {
  return timingSafeEqual(id.subarray(RANDOM_BYTES, HALF_ID_BYTES), proofOf(id, secret));
}

function proofOf(id: Buffer, secret: string): Buffer {
  const random = id.subarray(0, RANDOM_BYTES);
  return createHmac('sha256', secret).update(PURPOSE).update(random).digest();
}
