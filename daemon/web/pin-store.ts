/** Finds the operator PIN: in the config, in its file, or a new one in the state folder. */
import { chmod, lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { putAside, saveFile } from '../../hal/os/save-file.ts';
import { ConfigError } from '../config/file.ts';
import type { OperatorConfig } from '../config/operator.ts';
import { type PinHash, parsePinHash } from '../config/pin-hash.ts';
import { generatePin, hashPin, isPin } from './pin.ts';

const FILE_NAME = 'operator-pin';
const OTHERS_MAY_READ = 0o077;

export interface PinStore {
  readonly hash: PinHash;
  /** The file with the PIN; undefined where only its hash is known. */
  readonly file?: string;
  /** A PIN that was just generated: to be shown once. */
  readonly newPin?: string;
}

/**
 * Without a PIN in the config, a new one is saved in the state folder, readable by the
 * box's user only. That file never ends the start: a damaged one is put aside as `.bad`.
 *
 * @throws ConfigError when a file of the config cannot be used.
 */
export async function openPin(
  config: Pick<OperatorConfig, 'pin_hash' | 'pin_file'>,
  stateFolder: string,
  log: Log,
): Promise<PinStore> {
  if (config.pin_hash !== '') return { hash: config.pin_hash };
  if (config.pin_file !== '') return readPinFile(config.pin_file);
  const file = join(stateFolder, FILE_NAME);
  const info = await lstat(file).catch(() => undefined);
  if (info === undefined) return await makePin(file, log);
  try {
    if (info.isFile() && (info.mode & OTHERS_MAY_READ) !== 0) {
      await chmod(file, 0o600);
      log.warn('operator PIN was readable by others', { file });
    }
    return await readPinFile(file);
  } catch (error) {
    const aside = await putAside(file).catch(() => undefined);
    log.warn('operator PIN damaged: a new one is made', { file, aside, reason: messageOf(error) });
    return await makePin(file, log);
  }
}

/** The hosts' own PIN; undefined where the config has none. @throws ConfigError */
export async function readHostPin(file: string): Promise<PinHash | undefined> {
  return file === '' ? undefined : (await readPinFile(file, 'operator.host_pin_file')).hash;
}

async function readPinFile(file: string, key = 'operator.pin_file'): Promise<PinStore> {
  const [text, mode] = await readWithMode(file, key);
  if ((mode & OTHERS_MAY_READ) !== 0) {
    throw new ConfigError([`${key}: others can read ${file}; chmod 600 it`]);
  }
  if (parsePinHash(text) !== undefined) return { hash: text };
  if (isPin(text) && !/\p{Cc}/u.test(text)) return { hash: await hashPin(text), file };
  throw new ConfigError([
    `${key}: ${file} must hold one line: a PIN of 4 to 64 characters without spaces, or its hash`,
  ]);
}

async function readWithMode(
  file: string,
  key: string,
): Promise<readonly [text: string, mode: number]> {
  try {
    return [readRegular(file, SECRET_BYTES_MAX).toString().trim(), (await stat(file)).mode];
  } catch (error) {
    throw new ConfigError([`${key}: cannot read ${file}: ${messageOf(error)}`]);
  }
}

/** Without a disk that takes it, the PIN is one for this run. */
async function makePin(file: string, log: Log): Promise<PinStore> {
  const newPin = generatePin();
  const hash = await hashPin(newPin);
  try {
    await saveFile(file, `${newPin}\n`);
  } catch (error) {
    log.error('operator PIN not saved: the next start makes another', {
      file,
      reason: messageOf(error),
    });
  }
  return { hash, file, newPin };
}
