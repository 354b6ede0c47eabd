/** The token that a phone or OBS needs to send a picture to the box: of the config, or one that is made. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openOwnSecret } from '../../../hal/os/files/own-secret.ts';
import { readRegular, SECRET_BYTES_MAX } from '../../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { ConfigError } from '../../config/file.ts';

const FILE_NAME = 'whip-token';
const OTHERS_MAY_READ = 0o077;
/** RFC 6750 §2.1: what a header carries. */
const TOKEN = /^[A-Za-z0-9._~+/-]{10,200}=*$/;
const TOKEN_BYTES = 18;

/**
 * Without a file in the config, a token is saved in the state folder, readable by the box's user
 * only.
 *
 * @param key Of the config, for errors.
 * @throws ConfigError
 */
export async function openWhipToken(
  { key, file }: { readonly key: string; readonly file: string },
  stateFolder: string,
  log: Log,
): Promise<string> {
  if (file !== '') return await readToken(key, file);
  const kind = {
    what: 'WHIP token',
    parse: (text: string) => (TOKEN.test(text) ? text : undefined),
    make: () => randomBytes(TOKEN_BYTES).toString('base64url'),
  };
  return (await openOwnSecret(join(stateFolder, FILE_NAME), kind, log)).secret;
}

async function readToken(key: string, file: string): Promise<string> {
  const fault = (why: string) => new ConfigError([`${key}: ${file}: ${why}`]);
  let text: string;
  let mode: number;
  try {
    text = readRegular(file, SECRET_BYTES_MAX).toString().trim();
    mode = (await stat(file)).mode;
  } catch (error) {
    throw fault(`cannot be read: ${messageOf(error)}`);
  }
  if ((mode & OTHERS_MAY_READ) !== 0) throw fault('others can read it; chmod 600 it');
  if (!TOKEN.test(text)) {
    throw fault('must hold one line: a token of 10 to 200 letters, digits and . _ ~ + / -');
  }
  return text;
}
