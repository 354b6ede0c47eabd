/** The command `drops`: lists the coming drops, shows one, adds, changes or removes one, holds one again. */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { removeFromList, setInList } from '../config/drop-list/edit.ts';
import {
  checkPlanned,
  closestDrop,
  type LinkHosts,
  PLANNED_KEYS,
  type PlannedDrop,
  parseDropList,
} from '../config/drop-list/parse.ts';
import { withRoom } from '../config/drop-list/room.ts';
import type { Command, Outcome, RejectCode } from '../model/commands.ts';
import type { PlannedDropsState, PlannedPhase } from '../model/planned-drops.ts';
import { IS_FULL, type ListFile } from './list-file.ts';
import { overtakenKeys, type Tags, tagsOf } from './versions.ts';

export interface DropsCommandDeps {
  readonly file: ListFile;
  readonly hosts: LinkHosts;
  /** What is wrong with the file of a drop's look. */
  readonly lookFault: (drop: PlannedDrop) => Promise<string | undefined>;
  readonly state: () => PlannedDropsState;
  /** The drop that is on air, where it is of the list. */
  readonly onAir: () => string | undefined;
  /** Ids of those that were held and may leave a full list, the oldest first. */
  readonly spare: () => readonly string[];
  /** Undefined where it was not held, or the box is not idle; nothing changes where it is missed then. */
  readonly again: (id: string, isDryRun: boolean) => Promise<PlannedPhase | undefined>;
}

const id = v.pipe(v.string('must be text'), v.minLength(1, 'must not be empty'));

const tags = v.record(v.string(), v.string('must be a tag, as get has it'), 'must be an object');

const schema = v.variant(
  'do',
  [
    v.strictObject({ do: v.literal('list') }),
    v.strictObject({ do: v.literal('get'), id: v.optional(id) }),
    v.strictObject({ do: v.literal('remove'), id }),
    v.strictObject({ do: v.literal('again'), id }),
    v.looseObject({ do: v.literal('set'), id, tags: v.optional(tags, {}) }),
  ],
  'must be list, get, set, remove or again',
);

/** What a form of a drop is filled with. */
export interface DropDetails {
  /** As the list has it; null for one that is to be added. */
  readonly drop: PlannedDrop | null;
  /** Sent back with a change, they keep it from undoing one that came in between. */
  readonly tags: Tags;
  /** Ids of `uplink.destinations`. */
  readonly destinations: readonly string[];
}

/** @returns the answer to a command. Never rejects. */
export function openDropsCommand(deps: DropsCommandDeps): (command: Command) => Promise<Outcome> {
  return async ({ args, isDryRun = false }) => {
    const parsed = v.safeParse(schema, args);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      return rejected('BAD_ARGUMENTS', `${v.getDotPath(issue) ?? 'do'} ${issue.message}`);
    }
    const wanted = parsed.output;
    switch (wanted.do) {
      case 'list':
        return { status: 'done', detail: countOf(deps.state()), result: deps.state() };
      case 'get':
        return get(deps, wanted.id);
      case 'remove':
        return remove(deps, wanted.id, isDryRun);
      case 'again':
        return again(deps, wanted.id, isDryRun);
      case 'set': {
        const { do: _, tags: seen, ...changes } = wanted;
        return set(deps, wanted.id, changes, seen, isDryRun);
      }
    }
  };
}

/** @param wantedId Undefined for a drop that is to be added. */
async function get(
  { file, hosts }: DropsCommandDeps,
  wantedId: string | undefined,
): Promise<Outcome> {
  await file.refresh();
  const drop = file.list.drops.find((one) => one.id === wantedId);
  if (drop === undefined && wantedId !== undefined) return unlisted(wantedId, file);
  const destinations = hosts.destinations ?? [];
  const result: DropDetails = { drop: drop ?? null, tags: tagsOf(drop), destinations };
  return { status: 'done', detail: drop?.title ?? 'a new drop', result };
}

/** @param seen Tags of what the person who changes it has seen; keys without one are changed all the same. */
async function set(
  { file, hosts, lookFault, spare }: DropsCommandDeps,
  wantedId: string,
  changes: Readonly<Record<string, unknown>>,
  seen: Tags,
  isDryRun: boolean,
): Promise<Outcome> {
  await file.refresh();
  const before = file.list.drops.find((one) => one.id === wantedId);
  const overtakenBy = (now: PlannedDrop | undefined) => overtaking(now, changes, seen, hosts);
  const overtaken = overtakenBy(before);
  if (overtaken !== undefined) return overtaken;
  const checked = checkPlanned(merge(before, changes), hosts);
  if ('faults' in checked) {
    const detail = checked.faults.map(({ text }) => text).join('; ');
    const faults = checked.faults.map(({ path, reason }) => ({ path: path.join('.'), reason }));
    return { status: 'rejected', code: 'BAD_ARGUMENTS', detail, faults };
  }
  const fault = changes['look'] === undefined ? undefined : await lookFault(checked.drop);
  if (fault !== undefined) return rejected('BAD_ARGUMENTS', fault);
  const what = before === undefined ? 'added' : 'changed';
  let lost: Outcome | undefined;
  const edited = await file.edit((text) => {
    // Another edit may have come since.
    const now = parseDropList('', text, hosts).drops.find((one) => one.id === wantedId);
    lost = overtakenBy(now);
    if (lost !== undefined) return { fault: lost.detail };
    // One with mistakes is replaced as a whole.
    const others = before === undefined ? (removeFromList(text, wantedId) ?? text) : text;
    const base = now === undefined ? withRoom(others, spare(), hosts) : others;
    return base === undefined ? { fault: IS_FULL } : setInList(base, wantedId, changes);
  }, isDryRun);
  if (lost !== undefined) return lost;
  if (edited.fault !== undefined) return failed(edited.fault);
  if (isDryRun) return { status: 'done', detail: `${wantedId} would be ${what}` };
  return { status: 'done', detail: `${wantedId} is ${what}`, result: checked.drop };
}

/** What is answered to a change of what is not as its sender has seen it; undefined where it is. */
function overtaking(
  drop: PlannedDrop | undefined,
  changes: Readonly<Record<string, unknown>>,
  seen: Tags,
  hosts: LinkHosts,
): Outcome | undefined {
  const keys = overtakenKeys(drop, seen);
  if (keys.length === 0) return undefined;
  // It came before, and its answer was lost. A new drop is this one where nothing else is in it.
  const isNew = 'id' in seen;
  const wanted = checkPlanned(merge(isNew ? undefined : drop, changes), hosts);
  if (drop !== undefined && 'drop' in wanted && isDeepStrictEqual(wanted.drop, drop)) {
    return { status: 'done', detail: `${drop.id} is ${isNew ? 'added' : 'changed'}`, result: drop };
  }
  const faults = keys.map((path) => ({ path, reason: 'was changed meanwhile' }));
  const detail = `${keys.join(', ')} changed meanwhile: read the drop again`;
  return { status: 'rejected', code: 'CHANGED', detail, faults };
}

function merge(before: PlannedDrop | undefined, changes: Readonly<Record<string, unknown>>) {
  const merged = Object.entries({ ...before, ...changes });
  const isTakenAway = ([key, value]: [string, unknown]) =>
    value === null && PLANNED_KEYS.includes(key);
  return Object.fromEntries(merged.filter((one) => !isTakenAway(one)));
}

async function remove(
  { file, onAir }: DropsCommandDeps,
  wantedId: string,
  isDryRun: boolean,
): Promise<Outcome> {
  if (onAir() === wantedId) return rejected('WRONG_PHASE', `${wantedId} is on air: end it first`);
  await file.refresh();
  const none = unlisted(wantedId, file);
  if (isDryRun) {
    const isKnown = file.list.drops.some((one) => one.id === wantedId);
    if (!isKnown) return none;
    return { status: 'done', detail: `${wantedId} would be removed` };
  }
  const edited = await file.edit((text) => {
    const left = removeFromList(text, wantedId);
    return left === undefined ? { fault: none.detail } : { text: left };
  });
  if (edited.fault === none.detail) return none;
  if (edited.fault !== undefined) return failed(edited.fault);
  return { status: 'done', detail: `${wantedId} is removed` };
}

/** One that was ended by mistake, or had hardly begun, under its id: what it sells is numbered on. */
async function again(
  { file, state, again: holdAgain }: DropsCommandDeps,
  wantedId: string,
  isDryRun: boolean,
): Promise<Outcome> {
  await file.refresh();
  const before = state().list.find(({ id }) => id === wantedId)?.phase;
  if (before === undefined) return unlisted(wantedId, file);
  if (before !== 'held') return rejected('BAD_ARGUMENTS', `${wantedId} has not taken place`);
  switch (await holdAgain(wantedId, isDryRun)) {
    case undefined:
      return rejected('WRONG_PHASE', 'only while idle: end or disarm first');
    case 'missed':
      return rejected(
        'BAD_ARGUMENTS',
        `the time of ${wantedId} is over: give it a later start and end first`,
      );
    default:
      return {
        status: 'done',
        detail: `${wantedId} ${isDryRun ? 'would' : 'will'} run again`,
      };
  }
}

function unlisted(id: string, { list }: ListFile) {
  return rejected('BAD_ARGUMENTS', `the list has no drop ${id}${closestDrop(id, list.drops)}`);
}

function countOf({ list, faults }: PlannedDropsState): string {
  const coming = list.filter(({ phase }) => phase === 'coming' || phase === 'shown').length;
  const wrong = faults.length === 0 ? '' : `, ${faults.length} mistakes in the file`;
  return `${coming} to come${wrong}`;
}

const failed = (detail: string): Outcome => ({ status: 'failed', code: 'NOT_SAVED', detail });

const rejected = (code: RejectCode, detail: string) =>
  ({ status: 'rejected', code, detail }) as const satisfies Outcome;
