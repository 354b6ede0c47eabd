import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../hal/os/log.ts';
import { ConfigError } from '../config/file.ts';
import type { OperatorConfig } from '../config/operator.ts';
import { type PinHash, parsePinHash } from '../config/pin-hash.ts';
import { hashPin, isPin, makePin } from './pin.ts';

const FILE_NAME = 'operator-pin';
const OTHERS_MAY_READ = 0o077;

export interface PinStore {
  readonly hash: PinHash;
  /** Where a person with the right to read it finds the PIN; undefined where only its hash is kept. */
  readonly file?: string;
  /** The PIN, when it was made just now: to be shown once. */
  readonly newPin?: string;
}

/**
 * Finds the PIN's hash: of the config, of the PIN file, or of a PIN that is made
 * now and kept in the state folder, readable by the box's user alone.
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
  const newPin = await makePinFile(file, stateFolder);
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

/** Makes a PIN and its file. Undefined when the file is there already. */
async function makePinFile(file: string, folder: string): Promise<string | undefined> {
  const pin = makePin();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // `wx`: two boxes that start at once make one PIN.
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${pin}\n`);
    await handle.sync();
    return pin;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw new ConfigError([`operator: cannot keep a PIN in ${file}: ${messageOf(error)}`]);
  }
}
