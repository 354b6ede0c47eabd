/** The password of the box's own hotspot: made once, on the label for good. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { WPA_PASSPHRASE } from '../model/hotspot.ts';

const FILE = 'hotspot-password';
/** No letters and digits that look alike on paper: 31 of them, ten times, are 49 bits. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 10;

/** One that is damaged is replaced: the label is then wrong, and the printer and the page are right. */
export async function hotspotPassword(stateFolder: string, log: Log): Promise<string> {
  const file = join(stateFolder, FILE);
  try {
    const text = readRegular(file, SECRET_BYTES_MAX).toString().trim();
    if (WPA_PASSPHRASE.test(text)) return text;
  } catch {}
  const made = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  try {
    await saveFile(file, `${made}\n`);
  } catch (error) {
    // A full disk keeps no box from starting.
    log.warn('hotspot password not saved: the next start makes another', {
      reason: messageOf(error),
    });
  }
  return made;
}
