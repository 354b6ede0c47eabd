/** Finds the operator PIN: in the config, in its file, or a new one in the state folder. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { keepFromOthers, openOwnSecret } from '../../hal/os/files/own-secret.ts';
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { ConfigError } from '../config/file.ts';
import type { OperatorConfig } from '../config/operator.ts';
import { type PinHash, parsePinHash } from '../config/pin-hash.ts';
import { isOwnSecret } from '../settings/stored.ts';
import { generatePin, hashPin, isPin } from './pin.ts';

const FILE_NAME = 'operator-pin';
const OTHERS_MAY_READ = 0o077;

export interface PinStore {
  readonly hash: PinHash;
  /** The file with the PIN; undefined where only its hash is known. */
  readonly file?: string;
  /** A PIN that was just generated: to be shown once. */
  readonly newPin?: string;
  /** Why it is not the one that the crew has chosen. */
  readonly fault?: string;
}

/**
 * Without a PIN in the config, a new one is saved in the state folder, readable by the
 * box's user only. That one holds also where the file of a PIN that the crew has chosen on the page
 * is lost: it lies in the state folder, where nobody would repair it.
 *
 * @throws ConfigError when a file of the config cannot be used.
 */
export async function openPin(
  config: Pick<OperatorConfig, 'pin_hash' | 'pin_file'>,
  stateFolder: string,
  log: Log,
): Promise<PinStore> {
  if (config.pin_hash !== '') return { hash: config.pin_hash };
  const { pin_file } = config;
  const chosen =
    pin_file === '' ? undefined : await readChosen(pin_file, 'operator.pin_file', stateFolder, log);
  if (chosen !== undefined && 'hash' in chosen) return chosen;
  const file = join(stateFolder, FILE_NAME);
  const parse = (text: string) => parsePin(text, file);
  const kind = { what: 'operator PIN', parse, make: generatePin };
  const { secret, made: newPin } = await openOwnSecret(file, kind, log);
  return { ...secret, ...(newPin !== undefined && { newPin }), ...chosen };
}

/** The hosts' own PIN; undefined where the config has none, or its file of the box is lost. @throws ConfigError */
export async function readHostPin(
  file: string,
  stateFolder: string,
  log: Log,
): Promise<PinHash | undefined> {
  if (file === '') return undefined;
  const read = await readChosen(file, 'operator.host_pin_file', stateFolder, log);
  return 'hash' in read ? read.hash : undefined;
}

/** @throws ConfigError for a file that a person has laid down. */
async function readChosen(
  file: string,
  key: string,
  stateFolder: string,
  log: Log,
): Promise<PinStore | { readonly fault: string }> {
  if (!isOwnSecret(stateFolder, file)) return await readPinFile(file, key);
  try {
    await keepFromOthers(file, key, log);
    return await readPinFile(file, key);
  } catch (error) {
    log.error('a chosen PIN is lost: choose another one', { reason: messageOf(error) });
    return { fault: messageOf(error) };
  }
}

async function readPinFile(file: string, key: string): Promise<PinStore> {
  const [text, mode] = await readWithMode(file, key);
  if ((mode & OTHERS_MAY_READ) !== 0) {
    throw new ConfigError([`${key}: others can read ${file}; chmod 600 it`]);
  }
  const pin = await parsePin(text, file);
  if (pin !== undefined) return pin;
  throw new ConfigError([
    `${key}: ${file} must hold one line: a PIN of 4 to 64 characters without spaces, or its hash`,
  ]);
}

/** Undefined where it is neither a PIN nor its hash. */
async function parsePin(text: string, file: string): Promise<PinStore | undefined> {
  if (parsePinHash(text) !== undefined) return { hash: text };
  if (!isPin(text) || /\p{Cc}/u.test(text)) return undefined;
  return { hash: await hashPin(text), file };
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
