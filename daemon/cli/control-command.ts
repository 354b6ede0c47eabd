/** `venuebox status`, `venuebox cmd` and `venuebox update`, for the box that runs on this machine. */
import { stat } from 'node:fs/promises';
import { closest } from '../config/yaml/closest.ts';
import { VERBS, type Verb } from '../model/commands.ts';
import type { DropPhase } from '../model/snapshot.ts';
import { ask, ControlError } from './control/client.ts';
import { renderAddress, renderOutcome, renderProgress, renderStatus } from './control/render.ts';
import { serveFile } from './control/serve-file.ts';
import { UsageError } from './usage.ts';

export interface StatusArguments {
  readonly isJson: boolean;
  readonly isWatching: boolean;
}

export interface CmdArguments {
  readonly name: Verb;
  readonly args: Readonly<Record<string, unknown>>;
  readonly expect?: DropPhase;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
}

export interface UpdateArguments {
  /** A file or an address; undefined for update.url of the config. */
  readonly from?: string;
  readonly isBack: boolean;
  /** Of one that is being installed. */
  readonly isStop: boolean;
  readonly isOlderWelcome: boolean;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
}

export interface ControlCommandDeps {
  /** Where a box may be listening. */
  readonly paths: readonly string[];
  readonly print: (text: string) => void;
  readonly nowMs: () => number;
  /** A terminal is cleared before each state. */
  readonly isTerminal: boolean;
}

const CLEAR = '\x1b[H\x1b[2J';

/** @throws ControlError when no box answers. */
export async function runStatusCommand(
  { isJson, isWatching }: StatusArguments,
  { paths, print, nowMs, isTerminal }: ControlCommandDeps,
  signal: AbortSignal,
): Promise<void> {
  const request = isWatching ? ({ ask: 'watch' } as const) : ({ ask: 'status' } as const);
  for await (const answer of ask(paths, request, signal)) {
    if (answer.type === 'error') throw new ControlError(answer.message);
    if (answer.type !== 'snapshot') continue;
    const before = isWatching && isTerminal && !isJson ? CLEAR : '';
    const { snapshot } = answer;
    print(before + (isJson ? `${JSON.stringify(snapshot)}\n` : renderStatus(snapshot, nowMs())));
    if (!isWatching) return;
  }
  if (!signal.aborted) throw new ControlError('the box has stopped');
}

/**
 * Resolves with whether it was done.
 *
 * @throws ControlError when no box answers.
 */
export async function runCmdCommand(
  { name: verb, args, expect, isDryRun, isJson }: CmdArguments,
  deps: ControlCommandDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const { paths, print } = deps;
  const request = { ask: 'cmd', verb, args, isDryRun } as const;
  const expecting = expect === undefined ? request : { ...request, expect };
  for await (const answer of ask(paths, expecting, signal)) {
    if (answer.type === 'error') throw new ControlError(answer.message);
    if (answer.type === 'progress' && !isJson) print(renderProgress(answer.progress));
    if (answer.type !== 'outcome') continue;
    const { outcome } = answer;
    print(isJson ? `${JSON.stringify(outcome)}\n` : renderOutcome(outcome));
    const isDone = outcome.status === 'done';
    if (isDone && verb === 'go-live' && !isDryRun && !isJson) await printAddress(deps, signal);
    return isDone;
  }
  throw new ControlError('the box stopped before it answered; check it with: venuebox status');
}

/**
 * Resolves with whether it was done.
 *
 * Rejects with UsageError, or ControlError when no box answers.
 */
export async function runUpdateCommand(
  { from, isBack, isStop, isOlderWelcome, isDryRun, isJson }: UpdateArguments,
  deps: ControlCommandDeps,
  signal: AbortSignal,
): Promise<boolean> {
  if (isBack && from !== undefined) {
    throw new UsageError('--back takes no file: it goes to the version before', 'update');
  }
  if (isStop && (isBack || from !== undefined)) {
    throw new UsageError('--stop stops an update, and starts none', 'update');
  }
  const isFile = from !== undefined && !/^https?:\/\//.test(from);
  if (isFile && (await stat(from).catch(() => undefined))?.isFile() !== true) {
    throw new UsageError(`${from} is no file that can be read`, 'update');
  }
  await using served = isFile ? await serveFile(from) : undefined;
  const url = served?.url ?? from;
  const args = {
    ...(url === undefined ? {} : { from: url }),
    ...(isBack ? { back: true } : {}),
    ...(isStop ? { stop: true } : {}),
    ...(isOlderWelcome ? { older: true } : {}),
  };
  return await runCmdCommand({ name: 'update', args, isDryRun, isJson }, deps, signal);
}

async function printAddress({ paths, print }: ControlCommandDeps, signal: AbortSignal) {
  for await (const answer of ask(paths, { ask: 'status' }, signal)) {
    if (answer.type !== 'snapshot') continue;
    print(renderAddress(answer.snapshot));
    return;
  }
}

/**
 * Reads `VERB key=value…`. A value that reads as JSON is that, any other is text.
 *
 * @throws UsageError
 */
export function parseVerb(words: readonly string[]): Pick<CmdArguments, 'name' | 'args'> {
  const [name, ...pairs] = words;
  const verb = VERBS.find((one) => one === name);
  if (verb === undefined) {
    const what =
      name === undefined ? 'cmd needs a command' : `unknown command ${name}${closest(name, VERBS)}`;
    throw new UsageError(`${what}; there are: ${VERBS.join(', ')}`, 'cmd');
  }
  return { name: verb, args: Object.fromEntries(pairs.map(parsePair)) };
}

function parsePair(pair: string): readonly [string, unknown] {
  const [, key = '', value = ''] = /^([a-z][\w-]*)=(.*)$/is.exec(pair) ?? [];
  if (key === '') throw new UsageError(`${pair} must be like key=value`, 'cmd');
  try {
    return [key, JSON.parse(value)];
  } catch {
    return [key, value];
  }
}
