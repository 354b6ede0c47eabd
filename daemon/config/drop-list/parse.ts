/** The list of coming drops, `drops.yaml`: each drop by itself, so that a faulty one costs no other. */
import * as v from 'valibot';
import { knownOf, without } from '../../../hal/os/files/known-keys.ts';
import { chosenFaults } from '../destinations.ts';
import { type DropConfig, dropFaults, dropSchema } from '../drop.ts';
import { name } from '../rules.ts';
import { shownFaults, shownKey } from '../shown.ts';
import { closest } from '../yaml/closest.ts';
import { describeIssues, type PathFault, UNKNOWN_KEY } from '../yaml/issues.ts';
import { openYaml } from '../yaml/yaml-text.ts';
import { type Chunk, splitList } from './chunks.ts';
import { idOf } from './edit.ts';

/** What a coming drop says; the rest is as in `drop` of the config. */
export type PlannedDrop = Partial<Omit<DropConfig, 'overlay'>> &
  Pick<DropConfig, 'id' | 'title'> & { readonly overlay?: Omit<DropConfig['overlay'], 'hosts'> };

/** To where a coming drop and its links may lead: only the config says it. */
export interface LinkHosts {
  /** `orders.checkout_hosts` */
  readonly checkout: readonly string[];
  /** `drop.overlay.hosts` */
  readonly overlay: readonly string[];
  /** Ids of `uplink.destinations` */
  readonly destinations?: readonly string[];
}

export interface DropList {
  /** In the order of the file. */
  readonly drops: readonly PlannedDrop[];
  /** One line each, with the line of the file. */
  readonly faults: readonly string[];
  /** Ids of the drops that have them, where they can be read. */
  readonly broken?: readonly string[];
}

/** A year of weekends. */
export const DROPS_MAX = 100;

const { id: _, title: _title, catalogue, ...others } = dropSchema.entries;
const { resume_within_s: _resume, branding_folder: _branding, ...perDrop } = others;

/** Without the defaults: what is left out is as in the config. */
const withoutDefaults = Object.fromEntries(
  Object.entries({ ...perDrop, catalogue }).map(([key, { wrapped }]) => [key, v.optional(wrapped)]),
);

const { hosts: _hosts, ...perOverlay } = dropSchema.entries.overlay.wrapped.entries;

/** Keys of `drop` in the config that a drop of the list can have too. */
export const plannedSchema = v.strictObject({
  id: name,
  title: v.pipe(dropSchema.entries.title.wrapped, v.minLength(1, 'must not be empty')),
  ...withoutDefaults,
  overlay: v.optional(v.strictObject(perOverlay)),
});

export const PLANNED_KEYS: readonly string[] = Object.keys(plannedSchema.entries);

/**
 * Reads the text of a list. Never throws.
 *
 * @param source For the messages, as `drops.yaml`.
 */
export function parseDropList(source: string, text: string, hosts: LinkHosts): DropList {
  const split = splitList(text);
  if ('fault' in split) return { drops: [], faults: [`${source}:${split.line}: ${split.fault}`] };
  const drops: PlannedDrop[] = [];
  const faults: string[] = [];
  const broken: string[] = [];
  const lineById = new Map<string, number>();
  for (const chunk of split.chunks) {
    const read = readChunk(chunk, hosts);
    for (const { line, text: fault } of read.faults) faults.push(`${source}:${line}: ${fault}`);
    const { drop } = read;
    if (drop === undefined) {
      if (read.id !== undefined) broken.push(read.id);
      continue;
    }
    const line = lineById.get(drop.id);
    if (line !== undefined) {
      faults.push(`${source}:${chunk.dropLine}: id ${drop.id} is already used in line ${line}`);
    } else if (drops.length >= DROPS_MAX) {
      faults.push(`${source}:${chunk.dropLine}: the list takes ${DROPS_MAX} drops at most`);
      broken.push(drop.id);
    } else {
      lineById.set(drop.id, chunk.dropLine);
      drops.push(drop);
    }
  }
  return { drops, faults: shownFaults(faults), ...(broken.length > 0 && { broken }) };
}

interface LineFault {
  readonly line: number;
  readonly text: string;
}

interface ReadChunk {
  /** Undefined where the faults are such that it cannot be held. */
  readonly drop?: PlannedDrop | undefined;
  readonly faults: readonly LineFault[];
  readonly id?: string | undefined;
}

/** One drop: its text is a list of one. */
function readChunk(chunk: Chunk, hosts: LinkHosts): ReadChunk {
  const { text, line: firstLine } = chunk;
  try {
    const yaml = openYaml(text);
    const at = (line: number | undefined) => firstLine + (line ?? 1) - 1;
    if (yaml.broken.length > 0) {
      const faults = yaml.broken.map((one) => ({ line: at(one.line), text: one.text }));
      return { faults, id: idOf(chunk) };
    }
    const values = yaml.read();
    if ('fault' in values) return { faults: [{ line: firstLine, text: values.fault }] };
    const [value] = Array.isArray(values.read) ? (values.read as unknown[]) : [undefined];
    const { drop, faults: found } = checkWritten(value, hosts);
    const faults = found.map(({ path, text: fault }) => ({
      line: at(yaml.lineOf([0, ...path])),
      text: fault,
    }));
    return drop === undefined ? { faults, id: idOf(chunk) } : { drop, faults };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { faults: [{ line: firstLine, text: 'is nested too deeply to be a drop' }] };
  }
}

/**
 * A key that this version does not know, and by which none of its own was meant, is of a newer
 * one: it costs no drop. A mistyped one does, as an `editon` would sell without an end.
 */
function checkWritten(
  value: unknown,
  hosts: LinkHosts,
): { readonly drop?: PlannedDrop; readonly faults: readonly PathFault[] } {
  const checked = checkPlanned(value, hosts);
  if ('drop' in checked) return { ...checked, faults: [] };
  const newer = checked.faults.filter(({ reason }) => reason === UNKNOWN_KEY);
  if (newer.length < checked.faults.length) return checked;
  const known = checkPlanned(
    without(
      value,
      newer.map(({ path }) => path),
    ),
    hosts,
  );
  return 'drop' in known ? { ...known, faults: newer } : known;
}

/**
 * A drop that the box itself has saved, perhaps as another version. What is refused by now, as a link
 * to a host that the config had then, is left out: the rest of it is on sale, and goes on.
 *
 * @returns No drop where it can be none, or would sell more pieces than it has.
 */
export function checkSaved(
  value: unknown,
  hosts: LinkHosts,
): { readonly drop?: PlannedDrop; readonly faults: readonly PathFault[] } {
  const faults: PathFault[] = [];
  let left: unknown = knownOf(plannedSchema, value);
  // Where its links lead is looked at only once its values fit.
  for (let round = 1; round <= ROUNDS && left !== undefined; round += 1) {
    const checked = checkPlanned(left, hosts);
    if ('drop' in checked) return { drop: checked.drop, faults };
    faults.push(...checked.faults);
    left = leftOf(left, checked.faults);
  }
  return { faults };
}

/** As it is, without the values that do not fit, and without the links that lead elsewhere. */
const ROUNDS = 3;

/** Without its number of pieces an article would be sold without an end: then nothing is left. */
function leftOf(value: unknown, faults: readonly PathFault[]): unknown {
  const paths = faults.map(({ path }) => path);
  const isEndless = paths.some((path) => ['edition', 'stock'].includes(String(path.at(-1))));
  return isEndless ? undefined : without(value, paths);
}

/** Of a file, or of a command. */
export function checkPlanned(
  value: unknown,
  hosts: LinkHosts,
): { readonly drop: PlannedDrop } | { readonly faults: readonly PathFault[] } {
  const parsed = v.safeParse(plannedSchema, value);
  const issues = parsed.issues ?? [];
  const faults = describeIssues(plannedSchema, value, issues, 'the drop');
  if (!parsed.success || faults.length > 0) {
    return { faults: faults.map((one) => explainForeign(one, value)) };
  }
  const drop = parsed.output as PlannedDrop;
  const { starts_at = '', ends_at = '', catalogue: items = [], overlay, look } = drop;
  const checked = {
    ...{ id: drop.id, starts_at, ends_at, catalogue: items },
    ...(overlay && { overlay: { ...overlay, hosts: [...hosts.overlay] } }),
    ...(look && { look }),
  };
  const crossed = [
    ...dropFaults(checked, hosts.checkout, []),
    ...chosenFaults(drop.destinations, hosts.destinations ?? [], []),
  ].map(({ path, message }) => ({
    path,
    reason: message,
    text: `${shownKey(path)} ${message}`,
  }));
  return crossed.length === 0 ? { drop } : { faults: crossed };
}

/** Keys that the config has and a drop has not. */
const VENUE_KEYS = ['resume_within_s', 'branding_folder'];

function explainForeign(fault: PathFault, value: unknown): PathFault {
  const { path } = fault;
  const [key] = path;
  if (path.length === 2 && path.join('.') === 'overlay.hosts') {
    const reason = "is the same for all drops: set it in the config's drop.overlay.hosts";
    return { path, reason, text: `overlay.hosts: ${reason}` };
  }
  const isVenue = path.length === 1 && VENUE_KEYS.includes(String(key));
  if (isVenue && typeof value === 'object') {
    const reason = `is the same for all drops: set drop.${key} in the config`;
    return { path, reason, text: `${key}: ${reason}` };
  }
  return fault;
}

/** `; did you mean friday?` */
export function closestDrop(id: string, drops: readonly PlannedDrop[]): string {
  return closest(
    id,
    drops.map((one) => one.id),
  );
}
