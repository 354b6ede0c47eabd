/** Carries out the commands of buttons, page, MQTT and command line. */
import { unlessAborted } from '../../hal/os/async.ts';
import type {
  Command,
  Commander,
  DropsCommand,
  OrderCommand,
  Outcome,
  OverlayCommand,
  PrintCommand,
  Progress,
  SwitchCamera,
  UpdateCommand,
} from '../model/commands.ts';
import { summaryOf } from '../model/readiness.ts';
import type { BoxSnapshot, DropPhase, NotSaved } from '../model/snapshot.ts';
import { type CommandArguments, parseArguments } from './arguments.ts';
import { type CheckResult, runChecks } from './checks.ts';
import type { Performed } from './effects.ts';
import type { DropMachine } from './machine.ts';
import type { DropEvent, DropVerb, Effect } from './state.ts';

export interface CommanderDeps {
  readonly drop: DropMachine;
  /** It shows another box's stream: drops begin and end there. */
  readonly isEdge?: boolean;
  readonly snapshot: () => BoxSnapshot;
  /** Prints a document by its name; UNSUPPORTED where there is none of that name. */
  readonly print: PrintCommand;
  readonly switchCamera: SwitchCamera;
  readonly overlay: OverlayCommand;
  readonly order: OrderCommand;
  readonly drops: DropsCommand;
  readonly update: UpdateCommand;
}

/** Phases in which a command is still under way, and where it is to end. */
const GOALS: Readonly<
  Partial<Record<DropVerb, { readonly via: readonly DropPhase[]; readonly goal: DropPhase }>>
> = {
  arm: { via: ['preflight'], goal: 'armed' },
  'go-live': { via: ['preflight'], goal: 'live' },
  end: { via: ['ending'], goal: 'idle' },
  preflight: { via: ['preflight'], goal: 'idle' },
};

const IS_EDGE =
  'this box shows the stream of another one (edge.upstream): send the command to that box';

const SAFE = 'this box is in safe mode, without a picture: restart it to leave that';

export function openCommander(deps: CommanderDeps): Commander {
  return {
    run: async (command, onProgress, signal) => {
      signal.throwIfAborted();
      const args = parseArguments(command.verb, command.args);
      if (typeof args === 'string') return rejected('BAD_ARGUMENTS', args);
      const { phase } = deps.drop.state();
      if (command.expect !== undefined && command.expect !== phase) {
        return rejected('WRONG_PHASE', `it is ${phase}, not ${command.expect}`);
      }
      if (command.verb === 'print') {
        return deps.print(command.args, command.isDryRun === true, signal);
      }
      if (command.verb === 'update') {
        return unlessAborted(deps.update(command, onProgress), signal);
      }
      if (command.verb === 'camera') {
        return deps.switchCamera(args.camera, command.isDryRun === true);
      }
      if (command.verb === 'end' && deps.drop.kept() !== undefined)
        return await giveUpKept(deps.drop, command.isDryRun === true);
      if (deps.isEdge === true && command.verb !== 'shut-down')
        return rejected('UNSUPPORTED', deps.snapshot().safeMode === undefined ? IS_EDGE : SAFE);
      if (command.verb === 'overlay') {
        return deps.overlay(command.args, command.isDryRun === true);
      }
      if (command.verb === 'order') return unlessAborted(deps.order(command), signal);
      if (command.verb === 'drops') return unlessAborted(deps.drops(command), signal);
      if (command.verb === 'rehearse' || command.verb === 'survey') {
        // daemon/ready takes these before they come here.
        return rejected('UNSUPPORTED', 'this box prepares no drops');
      }
      return runDropVerb(deps, command, command.verb, args, onProgress, signal);
    },
  };
}

async function runDropVerb(
  { drop, snapshot }: CommanderDeps,
  { isDryRun }: Command,
  verb: DropVerb,
  { isForced, label }: CommandArguments,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const named = label === undefined ? {} : { label };
  const event: DropEvent = { kind: 'command', verb, isForced, ...named };
  const { phase } = drop.state();
  const { refusal, effects, drop: next } = drop.preview(event);
  if (refusal !== undefined) return rejected(refusal.code, refusal.detail);
  if (isDryRun === true) return done(`would ${describe(effects, phase, next.phase)}`);
  if (verb === 'preflight' && next.phase !== 'preflight') {
    return summarise(runChecks(snapshot()));
  }
  const { performed } = drop.apply(event);
  if (verb === 'shut-down') return shutDown(drop, onProgress, signal);
  const goal = GOALS[verb];
  if (goal === undefined) return outcomeOf(verb, await unlessAborted(performed, signal));
  await follow(drop, goal.via, onProgress, signal);
  if (verb === 'preflight') return summarise(drop.checks());
  const notSaved = await unlessAborted(drop.saved(), signal);
  if (verb === 'end' && notSaved?.goesLive === true) {
    return failed('NOT_SAVED', resumesBy(notSaved));
  }
  const state = drop.state();
  if (state.phase === goal.goal) {
    // At the end of a drop its checks are old.
    const checks = goal.via.includes('preflight') ? { checks: briefly(drop.checks()) } : {};
    const result = { phase: state.phase, dropId: state.dropId, ...checks };
    const reason = state.reason === undefined ? '' : `: ${state.reason}`;
    const unsaved = notSaved !== undefined && state.phase === 'live' ? notResumed(notSaved) : '';
    return done(`it is ${state.phase}${reason}${unsaved}`, result);
  }
  if (state.phase === 'fault') return failed('FAULT', state.reason ?? 'a check failed');
  return failed('OVERTAKEN', `it is ${state.phase}: another command came in between`);
}

/** In safe mode no drop is on; the one that waits for the start that leaves it can be ended. */
async function giveUpKept(drop: DropMachine, isDryRun: boolean): Promise<Outcome> {
  const kept = drop.kept();
  if (isDryRun) return done(`would give up the drop ${kept}, which waits for a restart`);
  drop.giveUp();
  const notSaved = await drop.saved();
  return notSaved?.goesLive === true
    ? failed('NOT_SAVED', resumesBy(notSaved))
    : done(`the drop ${kept} is over: a restart does not go on with it`);
}

/** A drop is ended first. Done when the machine is about to end this process. */
async function shutDown(
  drop: DropMachine,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  if (drop.state().phase === 'ending') onProgress({ detail: 'the drop is being ended' });
  await follow(drop, ['ending'], onProgress, signal);
  const failure = await unlessAborted(drop.poweredOff(), signal);
  const notSaved = await unlessAborted(drop.saved(), signal);
  if (notSaved?.goesLive === true) return failed('NOT_SAVED', resumesBy(notSaved));
  return failure === undefined
    ? done('the machine shuts down')
    : failed('NOT_DONE', `power-off: ${failure}`);
}

/** Waits while the machine is busy, and reports each check whose verdict changed. */
async function follow(
  drop: DropMachine,
  via: readonly DropPhase[],
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const reported = new Map<string, string>();
  while (via.includes(drop.state().phase)) {
    await drop.changed(signal);
    const checks = via.includes('preflight') ? drop.checks() : [];
    for (const { name, verdict, evidence } of checks) {
      if (reported.get(name) === verdict) continue;
      reported.set(name, verdict);
      const passed = checks.filter((check) => check.verdict !== 'fail').length;
      onProgress({ detail: `${name}: ${verdict}, ${evidence}`, ratio: passed / checks.length });
    }
  }
}

/** The drop is over, and the disk does not know it. */
function resumesBy({ reason }: NotSaved): string {
  return `the drop has ended, but that cannot be saved (${reason}): a restart would go live again`;
}

function notResumed({ reason }: NotSaved): string {
  return `; not saved (${reason}): it would not resume after a power failure`;
}

function summarise(checks: readonly CheckResult[]): Outcome {
  return done(summaryOf({ lines: checks }), { checks });
}

function briefly(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter(({ verdict }) => verdict !== 'pass');
}

function outcomeOf(verb: DropVerb, performed: readonly Performed[]): Outcome {
  const broken = performed.find((one) => 'failure' in one);
  if (broken !== undefined && 'failure' in broken) {
    return failed('NOT_DONE', `${broken.kind}: ${broken.failure}`);
  }
  const result = performed.find(({ kind }) => kind === 'mark');
  const detail = DETAILS[verb] ?? 'done';
  return done(detail, result !== undefined && 'result' in result ? result.result : undefined);
}

const DETAILS: Readonly<Partial<Record<DropVerb, string>>> = {
  disarm: 'it is idle',
  mark: 'marked',
};

const WORDS: Readonly<Partial<Record<Effect['kind'], string>>> = {
  'begin-drop': 'begin a drop',
  'end-drop': 'end the drop',
  mark: 'mark this moment',
  'power-off': 'shut the machine down',
};

function describe(effects: readonly Effect[], from: DropPhase, to: DropPhase): string {
  const actions = effects.flatMap(({ kind }) => WORDS[kind] ?? []);
  const change = from === to ? [] : [`go from ${from} to ${to}`];
  const words = [...change, ...actions];
  return words.length === 0 ? 'run the checks' : words.join(', ');
}

function done(detail: string, result?: unknown): Outcome {
  return { status: 'done', detail, ...(result === undefined ? {} : { result }) };
}

function failed(code: string, detail: string): Outcome {
  return { status: 'failed', code, detail };
}

function rejected(code: Extract<Outcome, { status: 'rejected' }>['code'], detail: string): Outcome {
  return { status: 'rejected', code, detail };
}
