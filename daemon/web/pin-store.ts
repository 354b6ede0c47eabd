/** Finds the operator PIN: in the config, in its file, or a new one in the state folder. */
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../hal/os/log.ts';
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
 * box's user only.
 *
 * @throws ConfigError when a file cannot be used.
 */
export async function openPin(
  config: Pick<OperatorConfig, 'pin_hash' | 'pin_file'>,
  stateFolder: string,
): Promise<PinStore> {
  if (config.pin_hash !== '') return { hash: config.pin_hash };
  if (config.pin_file !== '') return readPinFile(config.pin_file);
  const file = join(stateFolder, FILE_NAME);
  const newPin = await savePin(file, stateFolder);
  return newPin === undefined ? readPinFile(file) : { hash: await hashPin(newPin), file, newPin };
}

async function readPinFile(file: string): Promise<PinStore> {
  const [text, mode] = await readWithMode(file);
  if ((mode & OTHERS_MAY_READ) !== 0) {
    throw new ConfigError([`operator.pin_file: others can read ${file}; chmod 600 it`]);
  }
  if (parsePinHash(text) !== undefined) return { hash: text };
  if (isPin(text)) return { hash: await hashPin(text), file };
  throw new ConfigError([
    `operator.pin_file: ${file} must hold one line: a PIN of 4 to 64 characters without spaces, or its hash`,
  ]);
}

async function readWithMode(file: string): Promise<readonly [text: string, mode: number]> {
  try {
    return [(await readFile(file, 'utf8')).trim(), (await stat(file)).mode];
  } catch (error) {
    throw new ConfigError([`operator.pin_file: cannot read ${file}: ${messageOf(error)}`]);
  }
}

/** Saves a new PIN. Undefined when the file exists. */
async function savePin(file: string, folder: string): Promise<string | undefined> {
  const pin = generatePin();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // `wx`: two boxes that start at the same time share one PIN.
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${pin}\n`);
    await handle.sync();
    return pin;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw new ConfigError([`operator: cannot save a PIN in ${file}: ${messageOf(error)}`]);
  }
}
