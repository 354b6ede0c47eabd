/** The password of the box's own hotspot: made once, on the label for good. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { openOwnSecret } from '../../hal/os/files/own-secret.ts';
import type { Log } from '../../hal/os/log.ts';
import { WPA_PASSPHRASE } from '../model/hotspot.ts';

const FILE = 'hotspot-password';
/** No letters and digits that look alike on paper: 31 of them, ten times, are 49 bits. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 10;

const KIND = {
  what: 'hotspot password',
  parse: (text: string) => (WPA_PASSPHRASE.test(text) ? text : undefined),
  make: () => Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
};

/** One that is damaged is replaced: the label is then wrong, and the printer and the page are right. */
export async function hotspotPassword(stateFolder: string, log: Log): Promise<string> {
  return (await openOwnSecret(join(stateFolder, FILE), KIND, log)).secret;
}
