/**
 * The operator's page's settings on the disk: `settings.yaml` in the state folder, each version
 * of it in `settings-versions`, and the secrets that they name in `secrets`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, ifMissing } from '../../hal/os/errors.ts';
import { CONFIG_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { readSettings, renderSettings } from '../config/file.ts';
import type { Values } from '../config/form/layers.ts';

const SETTINGS_FILE = 'settings.yaml';
const VERSIONS = 'settings-versions';
const SECRETS = 'secrets';
/** The present one, and ten to go back to. */
const VERSIONS_MAX = 11;

export interface Version {
  readonly id: number;
  /** When it was saved, Unix time in ms. */
  readonly atMs: number;
}

export const fileOf = (folder: string): string => join(folder, SETTINGS_FILE);

const versionFile = (folder: string, id: number) =>
  join(folder, VERSIONS, `${String(id).padStart(6, '0')}.yaml`);

/**
 * Undefined where there is no file.
 *
 * @throws ConfigError, NotRegular, or what the file system says.
 */
export function readStored(file: string): Values | undefined {
  try {
    return readSettings(file, readRegular(file, CONFIG_BYTES_MAX).toString());
  } catch (error) {
    return ifMissing(error);
  }
}

/** The same for the same settings: by it a change made meanwhile by somebody else is noticed. */
export function tagOf(values: Values): string {
  return createHash('sha256').update(renderSettings(values)).digest('hex').slice(0, 16);
}

/** Newest first, without those that cannot be read now. Rejects where the folder cannot. */
export async function listVersions(folder: string): Promise<readonly Version[]> {
  const found = await Promise.all(
    (await versionIds(folder)).map(async (id) => {
      const info = await stat(versionFile(folder, id)).catch(() => undefined);
      return info === undefined ? [] : [{ id, atMs: Math.round(info.mtimeMs) }];
    }),
  );
  return found.flat();
}

/** Newest first, by their names only. Rejects where the disk does not say now which there are. */
async function versionIds(folder: string): Promise<readonly number[]> {
  const names = (await readdir(join(folder, VERSIONS)).catch(ifMissing)) ?? [];
  const ids = names.flatMap((name) => /^(\d{6,15})\.yaml$/.exec(name)?.[1] ?? []);
  return ids.map(Number).toSorted((a, b) => b - a);
}

/** Without those that are the same as these. The newest may be one that this program cannot use. */
export async function listOthers(folder: string, values: Values): Promise<readonly Version[]> {
  const present = tagOf(values);
  return (await listVersions(folder)).filter(({ id }) => {
    const version = readVersion(folder, id);
    return version !== undefined && tagOf(version) !== present;
  });
}

/** Undefined where it is gone or damaged. */
export function readVersion(folder: string, id: number): Values | undefined {
  try {
    return readStored(versionFile(folder, id));
  } catch {
    return undefined;
  }
}

/** A power cut leaves the settings before, or these: the version is on the disk before it holds. */
export async function saveStored(folder: string, values: Values): Promise<void> {
  const ids = await versionIds(folder);
  const text = renderSettings(values);
  await saveFile(versionFile(folder, (ids[0] ?? 0) + 1), text);
  await saveFile(fileOf(folder), text);
  for (const id of ids.slice(VERSIONS_MAX - 1)) {
    await rm(versionFile(folder, id), { force: true });
  }
  await forgetSecrets(folder);
}

/** A new name for each secret: an earlier version still has its own. */
export function secretFile(folder: string, path: string): string {
  return join(
    folder,
    SECRETS,
    `${path.replace(/[^\w.-]/g, '_')}-${randomBytes(6).toString('hex')}`,
  );
}

/** The box has made the file itself: a person who named it may not even know it. */
export const isOwnSecret = (folder: string, file: string): boolean =>
  dirname(file) === join(folder, SECRETS);

/** Also where saving them has failed, after they were in place. */
export function isStored(folder: string, values: Values): boolean {
  try {
    return tagOf(readStored(fileOf(folder)) ?? {}) === tagOf(values);
  } catch {
    return false;
  }
}

/** Readable by the box's user only. */
export async function saveSecret(file: string, text: string): Promise<void> {
  await saveFile(file, `${text}\n`);
}

/** Removes those that no version names; none where one of these cannot be read now. */
async function forgetSecrets(folder: string): Promise<void> {
  const texts = (await versionIds(folder)).map((id) => textsOf(versionFile(folder, id)));
  if (texts.includes(undefined)) return;
  const named = new Set(texts.flatMap((all) => all ?? []));
  for (const name of await readdir(join(folder, SECRETS)).catch(() => [])) {
    const file = join(folder, SECRETS, name);
    if (!named.has(file)) await rm(file, { force: true });
  }
}

/** Undefined where it cannot be read now; none of one that is damaged. */
function textsOf(file: string): readonly string[] | undefined {
  try {
    return textsIn(readStored(file));
  } catch (error) {
    return errnoOf(error) === undefined ? [] : undefined;
  }
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
