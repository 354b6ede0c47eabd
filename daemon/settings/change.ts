/** What a change of the settings would do: checked, compared, nothing saved. Pure but for names of files. */
import type { Config } from '../config/config.ts';
import { unreadableFiles } from '../config/files/named-files.ts';
import { checkValues } from '../config/form/faults.ts';
import { type Setting, settingsOfSchema } from '../config/form/form.ts';
import { layered, setPaths, type Values, valueAt, withValue } from '../config/form/layers.ts';
import { type Need, needOf, type Part, partsOf } from './needs.ts';
import { masked, mustBeTyped, type NewSecret, RECEIVER, resolved, secretFault } from './secrets.ts';
import { secretFile } from './stored.ts';

export interface SettingFault {
  /** Of the setting, or of a value within it. */
  readonly path: string;
  readonly reason: string;
}

export interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly need: Need;
}

export interface Planned {
  readonly values: Values;
  readonly config: Config;
  readonly secrets: readonly NewSecret[];
  readonly differences: readonly Difference[];
}

export type Plan = Planned | { readonly faults: readonly SettingFault[] };

/** What the box has now. */
export interface Present {
  readonly folder: string;
  readonly values: Values;
  readonly written: unknown;
  /** Of these values. */
  readonly config: Config;
}

/** Settings by their paths; null: as the default. */
export type Changes = Readonly<Record<string, unknown>>;

export function planChanges(changes: Changes, present: Present): Plan {
  const faults: SettingFault[] = [];
  const secrets: NewSecret[] = [];
  let values = present.values;
  for (const [path, sent] of Object.entries(changes)) {
    const setting = settingsOfSchema().find((one) => one.path === path);
    const refusal = refusalOf(path, setting, present);
    if (setting === undefined || refusal !== undefined) {
      faults.push({ path, reason: refusal ?? UNKNOWN });
      continue;
    }
    const add = (at: string, text: string) => {
      const fault = secretFault(at, text);
      if (fault !== undefined) faults.push({ path: at, reason: fault });
      const file = secretFile(present.folder, at);
      secrets.push({ path: at, file, text });
      return file;
    };
    const current = valueAt(present.config, path);
    const refuse = (at: string, reason: string) => void faults.push({ path: at, reason });
    const at = { current, path, add, refuse };
    const value = sent === null ? undefined : resolved(setting.field, sent, at);
    values = withValue(values, path, value);
  }
  if (faults.length > 0) return { faults };
  const plan = planValues(values, secrets, present);
  const moved = 'faults' in plan ? [] : movedSecrets(plan.config, present);
  return moved.length > 0 ? { faults: moved } : plan;
}

/** Secrets that stay though what beside them says where they go changes, as it does within a group. */
function movedSecrets(after: Config, { config: before, written }: Present): SettingFault[] {
  const locked = lockedPaths(written);
  return settingsOfSchema().flatMap(({ path, field }): readonly SettingFault[] => {
    const kept = valueAt(before, path);
    if (field.kind !== 'secret' || kept === '' || kept !== valueAt(after, path)) return [];
    const besides = RECEIVER.map((key) => path.replace(/[^.]+$/, key));
    const moved = besides.find((one) => {
      const is = valueAt(after, one) ?? '';
      return is !== '' && is !== (valueAt(before, one) ?? '');
    });
    if (moved === undefined) return [];
    // Nobody can enter it again on the page.
    if (locked.has(path)) return [{ path: moved, reason: belongsTo(path) }];
    return [{ path, reason: mustBeTyped(moved.split('.').at(-1) ?? '') }];
  });
}

const belongsTo = (path: string) =>
  `can only be changed in the config file, where ${path} is: it would go to another receiver`;

const UNKNOWN = 'is no setting of this box; reload the page';

function refusalOf(path: string, setting: Setting | undefined, present: Present) {
  if (setting === undefined || setting.field.kind === 'file-only') return UNKNOWN;
  return lockedPaths(present.written).has(path)
    ? 'is set in the config file of the box: change it there'
    : undefined;
}

/** Settings that the config file sets. A hash of the PIN there goes before any file of one. */
export function lockedPaths(written: unknown): ReadonlySet<string> {
  const paths = new Set(setPaths(written));
  return paths.has('operator.pin_hash') ? paths.add('operator.pin_file') : paths;
}

/** Complete settings, for example of an earlier version. */
export function planValues(
  values: Values,
  secrets: readonly NewSecret[],
  { config: before, written }: Present,
): Plan {
  const checked = checkValues(layered(values, written));
  if ('faults' in checked) return { faults: settingFaults(checked.faults) };
  const { config } = checked;
  const differences = differencesOf(before, config);
  const files = new Set(secrets.map(({ file }) => file));
  const faults = unreadableFiles(config)
    // Files of keys that stay as they are have not kept the box from running.
    .filter(({ key }) => differences.some(({ path }) => isWithin(key, path)))
    .filter(({ file }) => !files.has(file))
    .map(({ key, reason }) => ({ path: key, reason }));
  return faults.length > 0 ? { faults } : { values, config, secrets, differences };
}

export const settingFaults = (
  faults: readonly { readonly path: readonly PropertyKey[]; readonly reason: string }[],
): readonly SettingFault[] => faults.map(({ path, reason }) => ({ path: path.join('.'), reason }));

const isWithin = (path: string, parent: string) => path === parent || path.startsWith(`${parent}.`);

export function differencesOf(before: Config, after: Config): readonly Difference[] {
  return changesOf(before, after).map(({ path, field, was, is, need }) => ({
    path,
    ...{ before: masked(field, was), after: masked(field, is), need },
  }));
}

/** A setting that differs, and what it takes to put it in force. */
export interface Changed extends Pick<Setting, 'path' | 'field'> {
  readonly was: unknown;
  readonly is: unknown;
  readonly need: Need;
  readonly parts: readonly Part[];
}

export function changesOf(before: Config, after: Config): readonly Changed[] {
  const isEdge = before.edge.upstream !== '';
  return settingsOfSchema().flatMap(({ path, field }) => {
    const [was, is] = [valueAt(before, path), valueAt(after, path)];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const change = { path, before: was, after: is, isEdge };
    return [{ path, field, was, is, need: needOf(change), parts: partsOf(change) }];
  });
}
