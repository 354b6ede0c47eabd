/** The token that a phone or OBS needs to send a picture to the box: of the config, or one that is made. */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegular, SECRET_BYTES_MAX } from '../../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { putAside, saveFile } from '../../../hal/os/save-file.ts';
import { ConfigError } from '../../config/file.ts';

const FILE_NAME = 'whip-token';
const OTHERS_MAY_READ = 0o077;
/** RFC 6750 §2.1: what a header carries. */
const TOKEN = /^[A-Za-z0-9._~+/-]{10,200}=*$/;
const TOKEN_BYTES = 18;

/**
 * Without a file in the config, a token is saved in the state folder, readable by the box's user
 * only. That file never ends the start: a damaged one is put aside as `.bad`.
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
  const own = join(stateFolder, FILE_NAME);
  const info = await lstat(own).catch(() => undefined);
  if (info === undefined) return await makeToken(own, log);
  try {
    if (info.isFile() && (info.mode & OTHERS_MAY_READ) !== 0) {
      await chmod(own, 0o600);
      log.warn('WHIP token was readable by others', { file: own });
    }
    return await readToken(FILE_NAME, own);
  } catch (error) {
    const aside = await putAside(own).catch(() => undefined);
    log.warn('WHIP token damaged: a new one is made', { aside, reason: messageOf(error) });
    return await makeToken(own, log);
  }
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

/** Without a disk that takes it, it is one for this run. */
async function makeToken(file: string, log: Log): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await saveFile(file, `${token}\n`).catch((error: unknown) => {
    log.error('WHIP token not saved: the next start makes another', {
      ...{ file, reason: messageOf(error) },
    });
  });
  return token;
}
