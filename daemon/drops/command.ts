/** The command `drops`: lists the coming drops, adds or changes one, removes one. */
import * as v from 'valibot';
import { removeFromList, setInList } from '../config/drop-list/edit.ts';
import {
  checkPlanned,
  closestDrop,
  type LinkHosts,
  PLANNED_KEYS,
  type PlannedDrop,
} from '../config/drop-list/parse.ts';
import type { Command, Outcome, RejectCode } from '../model/commands.ts';
import type { PlannedDropsState } from '../model/planned-drops.ts';
import type { ListFile } from './list-file.ts';

export interface DropsCommandDeps {
  readonly file: ListFile;
  readonly hosts: LinkHosts;
  /** What is wrong with the file of a drop's look. */
  readonly lookFault: (drop: PlannedDrop) => Promise<string | undefined>;
  readonly state: () => PlannedDropsState;
  /** The drop that is on air, where it is of the list. */
  readonly onAir: () => string | undefined;
}

const id = v.pipe(v.string('must be text'), v.minLength(1, 'must not be empty'));

const schema = v.variant(
  'do',
  [
    v.strictObject({ do: v.literal('list') }),
    v.strictObject({ do: v.literal('remove'), id }),
    v.looseObject({ do: v.literal('set'), id }),
  ],
  'must be list, set or remove',
);

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
      case 'remove':
        return remove(deps, wanted.id, isDryRun);
      case 'set': {
        const { do: _, ...changes } = wanted;
        return set(deps, wanted.id, changes, isDryRun);
      }
    }
  };
}

async function set(
  { file, hosts, lookFault }: DropsCommandDeps,
  wantedId: string,
  changes: Readonly<Record<string, unknown>>,
  isDryRun: boolean,
): Promise<Outcome> {
  await file.refresh();
  const before = file.list.drops.find((one) => one.id === wantedId);
  const checked = checkPlanned(merge(before, changes), hosts);
  if ('faults' in checked) {
    return rejected('BAD_ARGUMENTS', checked.faults.map(({ text }) => text).join('; '));
  }
  const fault = changes['look'] === undefined ? undefined : await lookFault(checked.drop);
  if (fault !== undefined) return rejected('BAD_ARGUMENTS', fault);
  const what = before === undefined ? 'added' : 'changed';
  if (isDryRun) return { status: 'done', detail: `${wantedId} would be ${what}` };
  const edited = await file.edit((text) => {
    // One with mistakes is replaced as a whole.
    const base = before === undefined ? (removeFromList(text, wantedId) ?? text) : text;
    return setInList(base, wantedId, changes);
  });
  if (edited.fault !== undefined) return failed(edited.fault);
  return { status: 'done', detail: `${wantedId} is ${what}`, result: checked.drop };
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
  const none = `the list has no drop ${wantedId}${closestDrop(wantedId, file.list.drops)}`;
  if (isDryRun) {
    const isKnown = file.list.drops.some((one) => one.id === wantedId);
    if (!isKnown) return rejected('BAD_ARGUMENTS', none);
    return { status: 'done', detail: `${wantedId} would be removed` };
  }
  const edited = await file.edit((text) => {
    const left = removeFromList(text, wantedId);
    return left === undefined ? { fault: none } : { text: left };
  });
  if (edited.fault === none) return rejected('BAD_ARGUMENTS', none);
  if (edited.fault !== undefined) return failed(edited.fault);
  return { status: 'done', detail: `${wantedId} is removed` };
}

function countOf({ list, faults }: PlannedDropsState): string {
  const coming = list.filter(({ phase }) => phase === 'coming' || phase === 'shown').length;
  const wrong = faults.length === 0 ? '' : `, ${faults.length} mistakes in the file`;
  return `${coming} to come${wrong}`;
}

const failed = (detail: string): Outcome => ({ status: 'failed', code: 'NOT_SAVED', detail });

const rejected = (code: RejectCode, detail: string): Outcome => ({
  status: 'rejected',
  code,
  detail,
});
