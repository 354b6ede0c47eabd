/** Recognises another box of the same name by what it publishes. */
import { isIP } from 'node:net';
import * as v from 'valibot';
import { parseAs } from '../../../hal/os/files/json.ts';
import { clipText } from '../../model/rounding.ts';

const info = v.object({
  session: v.string(),
  addresses: v.optional(v.array(v.string()), []),
  model: v.nullish(v.string()),
});

const ADDRESSES_SHOWN = 2;

/**
 * Watches the topic `info`, which a box publishes at each connection. What is retained of
 * a run before is no other box: only what comes after a message of this run is.
 */
export class NameConflictWatch {
  readonly #session: string;
  #hasSeenOwn = false;

  /** @param session Of this run of the daemon: an SD card that was copied has all else in common. */
  constructor(session: string) {
    this.#session = session;
  }

  /** Where the other box is, in words; undefined where it is none. */
  receive(payload: Buffer): string | undefined {
    const seen = parse(payload);
    if (seen === undefined) return undefined;
    if (seen.session === this.#session) this.#hasSeenOwn = true;
    else if (this.#hasSeenOwn) return describe(seen);
    return undefined;
  }
}

function parse(payload: Buffer): v.InferOutput<typeof info> | undefined {
  return parseAs(info, payload.toString());
}

function describe({ addresses, model }: v.InferOutput<typeof info>): string {
  const shown = addresses.filter((one) => isIP(one) > 0).slice(0, ADDRESSES_SHOWN);
  const where = shown.length === 0 ? 'at an unknown address' : `at ${shown.join(' and ')}`;
  // Anybody may have published it.
  const what = clipText((model ?? '').replace(/[^\x20-\x7e]/g, ''), 64).trim();
  return what === '' ? where : `${where} (${what})`;
}
