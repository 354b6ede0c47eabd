/** Settings at the start: what of them can be used goes below the config file. Never ends the start. */
import { copyFile } from 'node:fs/promises';
import { errnoOf } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import { parseConfig, writtenValues } from '../config/file.ts';
import { checkValues } from '../config/form/faults.ts';
import { layered, type Values } from '../config/form/layers.ts';
import { type SavedOnly, withUsableCertificates } from './certificates.ts';
import {
  fileOf,
  isStored,
  listVersions,
  readStored,
  readVersion,
  saveStored,
  tagOf,
} from './stored.ts';
import { NO_TRIAL, readTrial, saveTrial } from './trial.ts';

/** The config file, and what the command line sets over it. */
export interface ConfigText {
  readonly source: string;
  readonly yaml: string;
  readonly overrides: readonly string[];
}

export interface LoadedSettings {
  readonly config: Config;
  readonly values: Values;
  /** What the config file sets: those keys are locked on the page. */
  readonly written: unknown;
  /** Why the settings are not those that were saved last: for the crew. */
  readonly warnings: readonly SettingsWarning[];
  /** Not in `values`, and saved with them: it may be used at the next start. */
  readonly kept?: SavedOnly;
  /** The second start in a row that fails goes back to the settings before. */
  readonly isOnTrial: boolean;
}

export interface SettingsWarning {
  readonly text: string;
  /** A person saves settings, or has set or taken away each of these paths; or the box starts again. */
  readonly until: 'saved' | readonly string[] | 'restart';
}

/**
 * The newest version that is good takes the place of a damaged file, and of settings with which the
 * box twice did not start; what was there is kept as `settings.yaml.bad`. A file that cannot be read
 * now, or does not fit this config file and this program, stays: that version holds for this run.
 * A certificate that they name and that no server takes is left out.
 *
 * @param isProgramOnTrial The program may be given up: it changes nothing that the one before reads.
 * @throws ConfigError where the config file alone has faults, whatever the settings.
 */
export async function loadSettings(
  folder: string,
  text: ConfigText,
  isProgramOnTrial = false,
): Promise<LoadedSettings> {
  const loaded = await loadStored(folder, text, isProgramOnTrial);
  // Settings of an earlier version never take the place of those that stay.
  const mayReplace = !isProgramOnTrial && loaded.warnings.length === 0;
  const usable = await withUsableCertificates(folder, loaded, mayReplace);
  if (usable === undefined) return loaded;
  const { values, leftOut, kept, fault } = usable;
  const config = parseConfig(text.source, text.yaml, text.overrides, values);
  const warnings = [...loaded.warnings, { text: fault, until: leftOut }];
  return { ...loaded, config, values, kept, warnings };
}

async function loadStored(
  folder: string,
  text: ConfigText,
  isProgramOnTrial: boolean,
): Promise<LoadedSettings> {
  const { source, yaml, overrides } = text;
  const stored = await tryRead(folder);
  const trial = readTrial(folder);
  const storedTag = 'values' in stored ? tagOf(stored.values) : undefined;
  // A power cut may have kept the end of the trial from the disk, after it went back.
  const hasFailed = trial.phase === 'again' && (trial.good ?? '') !== storedTag;
  const failed = hasFailed ? 'the box twice did not start with them' : undefined;
  const tried = failed !== undefined ? { fault: failed } : tryParse(stored, text);
  const written = () => writtenValues(yaml, overrides);
  if ('config' in tried && 'values' in stored) {
    const isOnTrial = trial.phase !== 'none' && !isProgramOnTrial;
    const phase = trial.phase === 'started' ? 'again' : 'started';
    if (isOnTrial) await saveTrial(folder, { ...trial, phase }).catch(() => undefined);
    const { values } = stored;
    return { config: tried.config, values, written: written(), warnings: [], isOnTrial };
  }
  const { fault } = tried as { readonly fault: string };
  const values = await lastGood(folder, text, { failed: storedTag, good: trial.good });
  // Of the file alone where there is none; its faults are for the person who wrote it.
  const config = parseConfig(source, yaml, overrides, values ?? {});
  const isLost = 'values' in stored ? hasFailed : !stored.isUnread;
  if (isLost && !isProgramOnTrial) await replace(folder, values ?? {});
  const isUnread = 'isUnread' in stored && stored.isUnread;
  const warning = warningOf(isUnread, values !== undefined, fault);
  const warnings = [{ text: warning, until: 'saved' }] as const;
  return { config, values: values ?? {}, written: written(), warnings, isOnTrial: false };
}

function warningOf(isUnread: boolean, hasVersion: boolean, fault: string): string {
  if (isUnread) {
    const instead = hasVersion ? 'a saved version of them holds' : 'the box has none';
    return `The settings cannot be read now, ${instead} until the next start: ${fault}`;
  }
  const instead = hasVersion ? 'it went back to those before' : 'it goes without them';
  return `The last settings cannot be used, ${instead}: ${fault}`;
}

/** Never rejects: on a full disk, and after a power cut, the next start does it again. */
async function replace(folder: string, values: Values): Promise<void> {
  await copyFile(fileOf(folder), `${fileOf(folder)}.bad`).catch(() => undefined);
  await saveStored(folder, values).catch(() => undefined);
  if (isStored(folder, values)) await saveTrial(folder, NO_TRIAL).catch(() => undefined);
}

/**
 * What a file that sets a part of them can be laid over: the last settings, and where these do not
 * fit, those that a start would go back to.
 *
 * @throws what the file system says of settings that cannot be read now.
 */
export async function settingsBelow(folder: string, text: ConfigText): Promise<readonly Values[]> {
  const stored = await tryRead(folder);
  if ('isUnread' in stored && stored.isUnread) throw new Error(stored.fault);
  const last = 'values' in stored ? [stored.values] : [];
  const written = writtenValues(text.yaml, text.overrides);
  if (last.some((values) => 'config' in checkValues(layered(values, written)))) return last;
  const { good } = readTrial(folder);
  return [...last, (await lastGood(folder, text, { failed: undefined, good })) ?? {}];
}

/** `isUnread`: it cannot be read now, and may be at the next start. */
type Stored = { readonly values: Values } | { readonly fault: string; readonly isUnread: boolean };

async function tryRead(folder: string): Promise<Stored> {
  try {
    const values = readStored(fileOf(folder));
    const isGone = values === undefined && (await listVersions(folder)).length > 0;
    return isGone ? { fault: 'their file is gone', isUnread: false } : { values: values ?? {} };
  } catch (error) {
    return { fault: messageOf(error), isUnread: errnoOf(error) !== undefined };
  }
}

/** @throws ConfigError for a file that is wrong by itself, which settings cannot answer for. */
function tryParse(
  stored: Stored,
  { source, yaml, overrides }: ConfigText,
): { readonly config: Config } | { readonly fault: string } {
  if ('fault' in stored) return stored;
  try {
    return { config: parseConfig(source, yaml, overrides, stored.values) };
  } catch (error) {
    if (Object.keys(stored.values).length === 0) throw error;
    return { fault: messageOf(error) };
  }
}

/** The newest that can be used: of those that the box has run with, where that is known. */
async function lastGood(
  folder: string,
  text: ConfigText,
  { failed, good }: { readonly failed: string | undefined; readonly good: string | undefined },
): Promise<Values | undefined> {
  const written = writtenValues(text.yaml, text.overrides);
  const isUsable = (values: Values) => 'config' in checkValues(layered(values, written));
  const versions = (await listVersions(folder).catch(() => []))
    .map(({ id }) => readVersion(folder, id))
    .filter((values) => values !== undefined)
    .filter((values) => tagOf(values) !== failed && isUsable(values));
  if (good === tagOf({})) return undefined;
  return versions.find((values) => tagOf(values) === good) ?? versions[0];
}
