/** Ids of groups that a relay knows again without having stored them. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { SRTLA_ID_BYTES } from '../wire/packet.ts';

/*
 * The sender's half | period, u32 | address, zeros after it | HMAC-SHA512 of all that is before
 *  0                 128           132                      192                           256
 */
const HALF_BYTES = SRTLA_ID_BYTES / 2;
const ADDRESS_AT = HALF_BYTES + 4;
const PROOF_AT = SRTLA_ID_BYTES - 64;

/** A REG1 that is repeated within a period gets the same id. */
const PERIOD_MS = 5000;
/** An id of the period before still begins a group: a REG2 may take that long on a slow path. */
const PERIODS = 2;

/**
 * A forged REG1 costs the relay no memory, and however many there are, none makes it forget another
 * one: a REG2 brings all that was in the REG1, and only whoever saw its answer can send it.
 */
export class GroupIds {
  readonly #key: Buffer;

  /** @param key Of this relay alone. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** The id for a sender whose REG1 came from this address. */
  issue(senderId: Buffer, address: string, nowMs: number): Buffer {
    const id = Buffer.alloc(SRTLA_ID_BYTES);
    senderId.copy(id, 0, 0, HALF_BYTES);
    id.writeUInt32BE(periodOf(nowMs), HALF_BYTES);
    id.write(address.slice(0, PROOF_AT - ADDRESS_AT), ADDRESS_AT, 'latin1');
    this.#proofOf(id).copy(id, PROOF_AT);
    return id;
  }

  /** The address that the id was issued to; undefined for one of other making, or an old one. */
  addressOf(id: Buffer, nowMs: number): string | undefined {
    const age = periodOf(nowMs) - id.readUInt32BE(HALF_BYTES);
    if (age < 0 || age >= PERIODS) return undefined;
    if (!timingSafeEqual(id.subarray(PROOF_AT), this.#proofOf(id))) return undefined;
    return id.toString('latin1', ADDRESS_AT, PROOF_AT).replace(/\0+$/, '');
  }

  #proofOf(id: Buffer): Buffer {
    return createHmac('sha512', this.#key).update(id.subarray(0, PROOF_AT)).digest();
  }
}

function periodOf(nowMs: number): number {
  return Math.floor(nowMs / PERIOD_MS) % 2 ** 32;
}
