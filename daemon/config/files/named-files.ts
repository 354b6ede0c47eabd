/** Files that a config names and that cannot be read, or that too many can read. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { errnoOf } from '../../../hal/os/errors.ts';
import { assertRegular, CERTIFICATE_BYTES_MAX } from '../../../hal/os/files/read-regular.ts';
import { messageOf } from '../../../hal/os/log.ts';
import { readCube } from '../../../pipelines/look/read-cube.ts';
import type { Config } from '../config.ts';

/** Of any size; guests see those up to SOURCE_BYTES_MAX. */
const PICTURE = /^(?:drop\.(?:catalogue\.\d+\.)?picture|printer\.sticker)_file$/;
const LOOK = 'drop.look.cube_file';

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EACCES: 'may not be read by this user; the box’s own is venuebox',
};

export interface UnreadableFile {
  /** Of the config, as `mqtt.password_file`. */
  readonly key: string;
  readonly file: string;
  /** Which file, and why. */
  readonly reason: string;
}

/** Files of secrets and certificates that a config names and that cannot be read. */
export function unreadableFiles(config: Config): readonly UnreadableFile[] {
  return namedFiles(config, '').flatMap(([key, file]) => {
    const isPicture = PICTURE.test(key);
    // It begins in the state folder, which may be another machine's.
    if ((isPicture || key === LOOK) && !isAbsolute(file)) return [];
    if (key === LOOK) {
      const read = readCube(file);
      return 'fault' in read ? [{ key, file, reason: read.fault }] : [];
    }
    try {
      assertRegular(file, isPicture ? Number.POSITIVE_INFINITY : CERTIFICATE_BYTES_MAX);
      accessSync(file, constants.R_OK);
      return [];
    } catch (error) {
      const errno = errnoOf(error);
      const why = errno === undefined ? messageOf(error) : `cannot be read: ${errno}`;
      return [{ key, file, reason: `${file} ${WHY[errno ?? ''] ?? why}` }];
    }
  });
}

/** Certificates, pictures and looks are none. */
const SECRET = /(?:secret|token|passphrase|password|credentials|pin|key)_files?(?:\.|$)/;

/** Some readers refuse one that others can read, in whatever folder. */
const STRICT =
  /^(?:operator\.|orders\.webhook\.|uplink\.backfill\.key_file|camera2?\.credentials_file)/;

/** Secrets that every user of this machine can read, one line each. */
export function exposedSecrets(config: Config): readonly string[] {
  return namedFiles(config, '')
    .filter(([key, file]) => SECRET.test(key) && isOpenToAll(file, STRICT.test(key)))
    .map(([key, file]) => `${key}: others can read ${file}: chmod 600 it`);
}

/** @param isStrict Its reader looks at the file alone. */
function isOpenToAll(file: string, isStrict: boolean): boolean {
  try {
    if ((statSync(file).mode & 0o004) === 0) return false;
    return isStrict || foldersOf(realpathSync(file)).every((path) => statSync(path).mode & 0o001);
  } catch {
    return false;
  }
}

/** All that it lies in, up to the root. */
function foldersOf(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersOf(folder)];
}

/** Each `…_file`, and each of `…_files`, that is not empty. */
function namedFiles(value: unknown, key: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') {
    return /_file$|_files\./.test(key) && value !== '' ? [[key, value]] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    namedFiles(inner, key === '' ? name : `${key}.${name}`),
  );
}
