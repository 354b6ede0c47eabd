import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { BoxSnapshot, DropFaults, DropState } from '../model/snapshot.ts';
import { type CheckResult, failuresOf, runChecks } from './checks.ts';
import { readSavedDrop, savedDropOf, startDrop } from './saved-drop.ts';
import { openDropSaver } from './saver.ts';
import { type Drop, type DropEvent, dropIdAt, type Effect, type Step, stateOf } from './state.ts';
import { step } from './step.ts';
import { ClockUncertainty } from './uncertainty.ts';

/** What the machine asks of the rest of the box. Failures are told and end nothing. */
export interface DropEffects {
  /** Camera and encoder run from the checks to the end of the drop. */
  setCapturing(isWanted: boolean): void;
  /** Recordings and uplink begin; viewers see it. */
  beginDrop(dropId: string, isResumed: boolean): Promise<void>;
  /** Resolves when what was recorded is closed. */
  endDrop(dropId: string): Promise<void>;
  /** Resolves with what is known of the clip to come. */
  mark(mark: Extract<Effect, { kind: 'mark' }>): Promise<unknown>;
  /** Asks for the end of the machine; this process is then ended by it. */
  powerOff(): Promise<void>;
}

export interface DropOptions {
  /** Survives power failures, for example `/var/lib/venuebox/drop.json`. */
  readonly stateFile: string;
  readonly start: 'idle' | 'live';
  readonly resumeWithinS: number;
  readonly effects: DropEffects;
  /** The box now; asked twice a second while it matters. */
  readonly snapshot: () => BoxSnapshot;
  readonly onEvent: (event: BoxEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** The state of the evening, and the one way to change it. */
export interface DropMachine {
  state(): DropState;
  /** The drop that `start: 'live'` began is on: no one before, and none that went on. */
  isFirst(): boolean;
  /** What it could not do, for health to tell. */
  faults(): DropFaults;
  /** Resolves when the machine was last asked for its end: why it goes on, or undefined. */
  poweredOff(): Promise<string | undefined>;
  /** The newest results; empty until the checks ran once. */
  checks(): readonly CheckResult[];
  /** What `event` would do. */
  preview(event: DropEvent): Step;
  /** Does it; the promises settle as the effects do, and never reject. */
  apply(event: DropEvent): { readonly step: Step; readonly performed: Promise<Performed[]> };
  /** Resolves at the next change of the phase, or when the checks were looked at. */
  changed(signal: AbortSignal): Promise<void>;
  /** Begins what the first state asks for, then follows time, checks and frames. */
  run(signal: AbortSignal): Promise<void>;
}

export type Performed =
  | { readonly kind: Effect['kind']; readonly result: unknown }
  | { readonly kind: Effect['kind']; readonly failure: string };

const TICK_MS = 500;

/** Reads what was kept and does what follows from it. Never rejects for a bad file. */
export async function openDrop(options: DropOptions): Promise<DropMachine> {
  const { clock, log, stateFile } = options;
  const now = () => ({ wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() });
  const read = await readSavedDrop(stateFile);
  if ('reason' in read) log.warn('kept state not readable', { stateFile, reason: read.reason });
  const resumeWithinMs = options.resumeWithinS * 1000;
  const first = startDrop(
    read.kept,
    options.start,
    resumeWithinMs,
    dropIdAt(clock.wallMs()),
    now(),
  );
  let drop: Drop = first.drop;
  const isBegun = first.effects.some((one) => one.kind === 'begin-drop' && !one.isResumed);
  const firstId = isBegun ? first.drop.dropId : undefined;
  const isResumed = first.drop.phase === 'live' && !isBegun;
  // A demo would begin another one.
  const doubt = new ClockUncertainty(
    isResumed && options.start === 'idle' ? read.kept : undefined,
    clock,
  );
  let results: readonly CheckResult[] = [];
  const waiting = new Set<() => void>();
  let troubles: DropFaults = {};
  const setTrouble = (name: keyof DropFaults, reason: string | undefined) => {
    troubles = { ...troubles, [name]: reason };
  };
  const onFault = (reason: string | undefined) => setTrouble('notSaved', reason);
  const keeper = openDropSaver(stateFile, { clock, log, onFault });
  let poweredOff: Promise<string | undefined> = Promise.resolve(undefined);

  const wake = () => {
    const woken = [...waiting];
    waiting.clear();
    for (const resume of woken) resume();
  };
  const powerOff = async (): Promise<string | undefined> => {
    try {
      await options.effects.powerOff();
      return undefined;
    } catch (error) {
      const reason = messageOf(error);
      // It is asked again and again while the battery wants it.
      if (troubles.notPoweredOff !== reason) options.onEvent(notOff(reason, clock.wallMs()));
      setTrouble('notPoweredOff', reason);
      return reason;
    }
  };
  const perform = async (effect: Effect): Promise<Performed> => {
    const { kind } = effect;
    if (kind === 'power-off') {
      poweredOff = powerOff();
      const failure = await poweredOff;
      if (failure !== undefined) log.error('not done', { what: kind, reason: failure });
      return failure === undefined ? { kind, result: undefined } : { kind, failure };
    }
    try {
      const result = await carryOut(effect, options);
      if (kind === 'end-drop') apply({ kind: 'ended' });
      return { kind, result };
    } catch (error) {
      const failure = messageOf(error);
      log.error('not done', { what: kind, reason: failure });
      if (kind === 'begin-drop') apply({ kind: 'begin-failed', reason: failure });
      if (kind === 'end-drop') apply({ kind: 'ended', reason: failure });
      return { kind, failure };
    }
  };
  const enter = (done: Step): Promise<Performed[]> => {
    const before = drop;
    drop = done.drop;
    if (before.phase !== drop.phase) {
      const { phase, dropId, reason } = stateOf(drop);
      log.info('drop', { from: before.phase, to: phase, dropId, reason });
      // The box is used again, or its end is asked for anew.
      setTrouble('notPoweredOff', undefined);
    }
    // On the disk some ms later: a live drop does not wait for a slow card.
    keeper.save({ ...savedDropOf(drop, clock.wallMs()), ...doubt.lastAlive(options.snapshot()) });
    const performed = Promise.all(done.effects.map(perform));
    if (before.phase !== drop.phase) wake();
    return performed;
  };
  const preview = (event: DropEvent) => step(drop, event, now());
  const apply = (event: DropEvent) => {
    if (event.kind === 'power' && event.phase !== 'shut-down')
      setTrouble('notPoweredOff', undefined);
    const done = preview(event);
    if (event.kind === 'command' && done.refusal === undefined) doubt.settle();
    return { step: done, performed: enter(done) };
  };
  const look = (): void => {
    const box = options.snapshot();
    const dropId = doubt.overdueDrop(box, resumeWithinMs);
    if (dropId !== undefined) {
      log.warn('a drop went on by itself that was cut off too long ago', { dropId });
      apply({ kind: 'too-late', dropId });
    }
    if (drop.phase === 'preflight' || drop.phase === 'armed') {
      results = runChecks(box);
      apply({ kind: 'checks', failures: failuresOf(results) });
      wake();
    }
    apply({ kind: 'frames', isFlowing: isFlowing(box) });
    apply({ kind: 'tick' });
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    // Performs never reject; what they do is told by events.
    void enter({ ...first, drop });
    while (!signal.aborted) {
      look();
      keeper.refresh(doubt.lastAlive(options.snapshot()));
      await pause(clock, TICK_MS, signal);
    }
    await keeper.settled();
  };
  const changed = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onChange = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        waiting.delete(onChange);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.add(onChange);
    });

  return {
    state: () => stateOf(drop),
    // A drop's begin is in its id: no later one has the same.
    isFirst: () => drop.phase === 'live' && drop.dropId === firstId,
    faults: () => troubles,
    poweredOff: () => poweredOff,
    checks: () => results,
    preview,
    apply,
    changed,
    run,
  };
}

function notOff(reason: string, atMs: number): BoxEvent {
  return { type: 'machine.power-off-failed', severity: 'critical', atMs, data: { reason } };
}

/** A media process that is away has no frames, whatever it said last. */
function isFlowing({ media, children }: BoxSnapshot): boolean {
  return media?.isFlowing === true && children['media']?.phase === 'running';
}

async function carryOut(
  effect: Exclude<Effect, { kind: 'power-off' }>,
  { effects, onEvent }: Pick<DropOptions, 'effects' | 'onEvent'>,
): Promise<unknown> {
  switch (effect.kind) {
    case 'capture':
      return effects.setCapturing(effect.isWanted);
    case 'begin-drop':
      return effects.beginDrop(effect.dropId, effect.isResumed);
    case 'end-drop':
      return effects.endDrop(effect.dropId);
    case 'mark':
      return effects.mark(effect);
    case 'event':
      return onEvent(effect.event);
  }
}
