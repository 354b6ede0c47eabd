/**
 * Phones and laptops that have signed in before, by a signed cookie that outlasts sessions and
 * restarts. It opens nothing: such a device still needs the PIN, but wrong PINs of others do
 * not lock it out.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { openOwnSecret } from '../../../hal/os/files/own-secret.ts';
import type { Log } from '../../../hal/os/log.ts';

const FILE_NAME = 'operator-device-key';
const KEY_BYTES = 32;
const ID_BYTES = 16;

export class KnownDevices {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** The cookie of a device that signs in. */
  issue(): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    return `${id}.${this.#sign(id)}`;
  }

  /** What the cookie's device is called here; undefined where this box has not made it. */
  idOf(cookie: string | undefined): string | undefined {
    const [, id, signature] = /^([\w-]{22})\.([\w-]{43})$/.exec(cookie ?? '') ?? [];
    if (id === undefined || signature === undefined) return undefined;
    return timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(id))) ? id : undefined;
  }

  #sign(id: string): string {
    return createHmac('sha256', this.#key).update(id).digest('base64url');
  }
}

const KIND = {
  what: 'key of known devices',
  parse: (text: string) => {
    const key = Buffer.from(text, 'base64url');
    return key.length === KEY_BYTES ? key : undefined;
  },
  make: () => randomBytes(KEY_BYTES).toString('base64url'),
};

/** Without a disk that takes the key, devices are known for this run. Never fails. */
export async function openKnownDevices(stateFolder: string, log: Log): Promise<KnownDevices> {
  const file = join(stateFolder, FILE_NAME);
  return new KnownDevices((await openOwnSecret(file, KIND, log)).secret);
}
