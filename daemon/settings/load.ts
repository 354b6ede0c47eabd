/** Settings at the start: what of them can be used goes below the config file. Never ends the start. */
import { errnoOf } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { putAside } from '../../hal/os/save-file.ts';
import type { Config } from '../config/config.ts';
import { parseConfig, writtenValues } from '../config/file.ts';
import { checkValues } from '../config/form/faults.ts';
import { layered, type Values } from '../config/form/layers.ts';
import { withUsableCertificates } from './certificates.ts';
import { fileOf, listVersions, readStored, readVersion, saveStored, tagOf } from './stored.ts';
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
  readonly warning?: string;
  /** Paths that are the only reason for the warning: until they are set again. */
  readonly leftOut?: readonly string[];
  /** The second start in a row that fails goes back to the settings before. */
  readonly isOnTrial: boolean;
}

/**
 * A damaged file is put aside as `settings.yaml.bad`, and the newest version that is good
 * takes its place; one that cannot be read now stays, and that version holds for this run.
 * A certificate that they name and that no server takes is left out.
 *
 * @throws ConfigError where the config file alone has faults, whatever the settings.
 */
export async function loadSettings(folder: string, text: ConfigText): Promise<LoadedSettings> {
  const loaded = await loadStored(folder, text);
  const usable = await withUsableCertificates(folder, loaded);
  if (usable === undefined) return loaded;
  const { values, leftOut, fault } = usable;
  const config = parseConfig(text.source, text.yaml, text.overrides, values);
  if (loaded.warning === undefined) return { ...loaded, config, values, leftOut, warning: fault };
  return { ...loaded, config, values, warning: `${loaded.warning}. ${fault}` };
}

async function loadStored(folder: string, text: ConfigText): Promise<LoadedSettings> {
  const { source, yaml, overrides } = text;
  const stored = tryRead(folder);
  const trial = readTrial(folder);
  const failed = trial.phase === 'again' ? 'the box twice did not start with them' : undefined;
  const tried = failed !== undefined ? { fault: failed } : tryParse(stored, text);
  const written = () => writtenValues(yaml, overrides);
  if ('config' in tried && 'values' in stored) {
    const isOnTrial = trial.phase !== 'none';
    const phase = trial.phase === 'started' ? 'again' : 'started';
    if (isOnTrial) await saveTrial(folder, { ...trial, phase }).catch(() => undefined);
    return { config: tried.config, values: stored.values, written: written(), isOnTrial };
  }
  const { fault } = tried as { readonly fault: string };
  const failedTag = 'values' in stored ? tagOf(stored.values) : undefined;
  const values = await lastGood(folder, text, { failed: failedTag, good: trial.good });
  // Of the file alone where there is none; its faults are for the person who wrote it.
  const config = parseConfig(source, yaml, overrides, values ?? {});
  const isUnread = 'isUnread' in stored && stored.isUnread;
  if (!isUnread) {
    await putAside(fileOf(folder)).catch(() => undefined);
    if (values !== undefined) await saveStored(folder, values).catch(() => undefined);
    await saveTrial(folder, NO_TRIAL).catch(() => undefined);
  }
  const warning = warningOf(isUnread, values !== undefined, fault);
  return { config, values: values ?? {}, written: written(), warning, isOnTrial: false };
}

function warningOf(isUnread: boolean, hasVersion: boolean, fault: string): string {
  if (isUnread) {
    const instead = hasVersion ? 'a saved version of them holds' : 'the box has none';
    return `The settings cannot be read now, ${instead} until the next start: ${fault}`;
  }
  const instead = hasVersion ? 'it went back to those before' : 'it goes without them';
  return `The last settings cannot be used, ${instead}: ${fault}`;
}

/** `isUnread`: it cannot be read now, and may be at the next start. */
type Stored = { readonly values: Values } | { readonly fault: string; readonly isUnread: boolean };

function tryRead(folder: string): Stored {
  try {
    return { values: readStored(fileOf(folder)) ?? {} };
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
