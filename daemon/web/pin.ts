/** Operator PINs: generated, hashed with scrypt, verified. */
import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { type PinHash, parsePinHash } from '../config/pin-hash.ts';

/** 32 MiB and about 0.1 s on a desktop, 0.4 s on a Pi 4: a guess costs as much. */
const LOG_N = 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** scrypt needs 128 N r bytes and a little more. */
const MEMORY_BYTES = 128 * 2 ** LOG_N * BLOCK_SIZE + 1_048_576;

/** Printable ASCII without spaces: typed on a phone in a dark room. */
const PIN = /^[\x21-\x7e]{4,64}$/;
const NEW_PIN_DIGITS = 6;

export function isPin(pin: string): boolean {
  return PIN.test(pin);
}

/** A random PIN of six digits: with the lockout a million are enough. */
export function generatePin(): string {
  return String(randomInt(10 ** NEW_PIN_DIGITS)).padStart(NEW_PIN_DIGITS, '0');
}

/** Hashes a PIN for the config. */
export async function hashPin(pin: string): Promise<PinHash> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(pin, salt);
  const figures = ['scrypt', LOG_N, BLOCK_SIZE, PARALLEL];
  return [...figures, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether `hash` is the hash of `pin`. A wrong PIN takes as long. */
export async function verifyPin(hash: PinHash, pin: string): Promise<boolean> {
  const parsed = parsePinHash(hash);
  if (parsed === undefined) return false;
  const { salt, key } = parsed;
  const derived = await derive(pin, Buffer.from(salt, 'base64url'));
  return timingSafeEqual(derived, Buffer.from(key, 'base64url'));
}

function derive(pin: string, salt: Buffer): Promise<Buffer> {
  const options = { N: 2 ** LOG_N, r: BLOCK_SIZE, p: PARALLEL, maxmem: MEMORY_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
