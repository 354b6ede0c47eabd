/** The state of the drop: takes events, carries out what follows, and saves it. */
import { Condition } from '../../hal/os/async.ts';
import type { BootClock } from '../../hal/os/clock.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Disk } from '../../hal/os/save-file.ts';
import type { BoxEvent } from '../model/commands.ts';
import { framesFlow } from '../model/freshness.ts';
import type { BoxSnapshot, DropFaults, DropState, NotSaved } from '../model/snapshot.ts';
import { bootTimeOf, nowOf, pauseOrSet, watchClock } from './boot-time.ts';
import { type CheckResult, failuresOf, runChecks } from './checks.ts';
import { type DropEffects, type EffectRunner, openEffects, type Performed } from './effects.ts';
import {
  type Alive,
  isSameBoot,
  readSavedDrop,
  type SavedDrop,
  savedDropOf,
  startDrop,
} from './saved-drop.ts';
import { type DropSaver, openDropSaver } from './saver.ts';
import { type Drop, type DropEvent, nextDropId, type Step, stateOf } from './state.ts';
import { step } from './step.ts';
import { afterClockSet, lastedMs } from './transitions.ts';
import { ClockUncertainty, nowIn } from './uncertainty.ts';

export interface DropOptions extends ClockAndLog {
  /** Survives power failures, for example `/var/lib/venuebox/drop.json`. */
  readonly stateFile: string;
  readonly start: 'idle' | 'live';
  readonly resumeWithinS: number;
  readonly effects: DropEffects;
  /** The box now; read twice a second. */
  readonly snapshot: () => BoxSnapshot;
  readonly onEvent: (event: BoxEvent) => void;
  /** Left out: every start counts as one of the machine. */
  readonly boot?: BootClock;
  readonly disk?: Disk;
  /** In safe mode: a live drop stays on the disk, for the start that leaves it. */
  readonly isKeeping?: boolean;
}

/** The state of the drop, and the one way to change it. */
export interface DropMachine {
  state(): DropState;
  /** The drop that `start: 'live'` began is on: neither an earlier nor a resumed one. */
  isFirst(): boolean;
  /** The drop on the disk that another start goes on with; undefined where there is none, or it is on. */
  kept(): string | undefined;
  /** That drop is over, as a person says. */
  giveUp(): void;
  /** What it could not do, for health. */
  faults(): DropFaults;
  /** Resolves when the last power-off was requested: why it failed, or undefined. */
  poweredOff(): Promise<string | undefined>;
  /** The newest results; empty until the checks ran once. */
  checks(): readonly CheckResult[];
  /** What `event` would do. */
  preview(event: DropEvent): Step;
  /** Does it; the promises settle as the effects do, and never reject. */
  apply(event: DropEvent): { readonly step: Step; readonly performed: Promise<Performed[]> };
  /** Resolves at the next change of the phase, or when the checks ran again. */
  changed(signal: AbortSignal): Promise<void>;
  /** Waits until the newest state is on the disk: why it is not, or undefined. */
  saved(): Promise<NotSaved | undefined>;
  /** Does what the first state asks for, then follows time, checks and frames. */
  run(signal: AbortSignal): Promise<void>;
}

const POLL_MS = 500;

/** Reads the saved state and does what follows from it. Never rejects for a bad file. */
export async function openDrop(options: DropOptions): Promise<DropMachine> {
  const { stateFile, start, resumeWithinS, clock, log } = options;
  const read = await readSavedDrop(stateFile);
  if ('reason' in read) log.warn('saved state not readable', { stateFile, reason: read.reason });
  const now = nowOf(clock, options.boot);
  const newId = nextDropId(read.saved?.lastDropId ?? undefined, now);
  const boot = bootTimeOf(options.boot);
  const first = startDrop(read.saved, start, resumeWithinS * 1000, newId, now, boot);
  const machine = new Machine(first, read.saved, options);
  return {
    state: () => stateOf(machine.drop),
    isFirst: () => machine.isFirst(),
    kept: () => machine.kept,
    giveUp: () => machine.giveUp(),
    faults: () => ({ ...machine.faults, notResumed: machine.kept }),
    poweredOff: () => machine.effects.poweredOff(),
    checks: () => machine.checks,
    preview: (event) => machine.preview(event),
    apply: (event) => machine.apply(event),
    changed: (signal) => machine.changed(signal),
    saved: () => machine.saved(),
    run: (signal) => machine.run(signal),
  };
}

class Machine {
  drop: Drop;
  checks: readonly CheckResult[] = [];
  faults: DropFaults = {};
  kept: string | undefined;
  readonly effects: EffectRunner;
  readonly #options: DropOptions;
  readonly #first: Step;
  /** Of the drop that this process began by itself. */
  readonly #firstId: string | undefined;
  readonly #uncertainty: ClockUncertainty;
  readonly #saver: DropSaver;
  readonly #change = new Condition();

  constructor(first: Step, saved: SavedDrop | undefined, options: DropOptions) {
    const { stateFile, start, clock, log } = options;
    this.drop = first.drop;
    this.#first = first;
    this.#options = options;
    this.kept = options.isKeeping === true ? saved?.live?.dropId : undefined;
    const isBegun = first.effects.some((one) => one.kind === 'begin-drop' && !one.isResumed);
    this.#firstId = isBegun ? first.drop.dropId : undefined;
    const isResumed = first.drop.phase === 'live' && !isBegun;
    // With `live` an overdue drop would only be followed by another one.
    const isKnown = isSameBoot(saved, bootTimeOf(options.boot));
    const uncertain = isResumed && start === 'idle' && !isKnown ? saved : undefined;
    this.#uncertainty = new ClockUncertainty(uncertain, clock);
    this.#saver = openDropSaver(stateFile, {
      ...{ clock, log, read: saved, disk: options.disk },
      onFault: (notSaved) => this.#setFault({ notSaved }),
    });
    this.effects = openEffects({
      ...options,
      effects: { ...options.effects, powerOff: () => this.#powerOff() },
      apply: (event) => this.apply(event),
      onPowerOffFault: (notPoweredOff) => this.#setFault({ notPoweredOff }),
    });
  }

  isFirst(): boolean {
    // A drop's begin is in its id: no later one has the same.
    return this.drop.phase === 'live' && this.drop.dropId === this.#firstId;
  }

  preview(event: DropEvent): Step {
    return step(this.drop, event, nowIn(this.#options));
  }

  apply(event: DropEvent): ReturnType<DropMachine['apply']> {
    if (event.kind === 'power' && event.phase !== 'shut-down') this.#clearPowerOffFault();
    const done = this.preview(event);
    if (event.kind === 'command' && done.refusal === undefined) {
      this.#uncertainty.settle();
      this.kept = undefined;
    }
    return { step: done, performed: this.#enter(done) };
  }

  giveUp(): void {
    this.kept = undefined;
    this.#save();
  }

  saved(): Promise<NotSaved | undefined> {
    return this.#saver.saved();
  }

  async changed(signal: AbortSignal): Promise<void> {
    await this.#change.wait(signal);
    signal.throwIfAborted();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, snapshot } = this.#options;
    // Effects never reject; what they do comes back as events.
    void this.#enter({ ...this.#first, drop: this.drop });
    const isClockSet = watchClock(clock);
    for (let wasSet = false; !signal.aborted; ) {
      this.#poll(snapshot());
      const isChange = this.#uncertainty.takeSettled() || wasSet;
      this.#saver.refresh(this.#lastAlive(snapshot()), isChange);
      wasSet = await pauseOrSet(clock, POLL_MS, isClockSet, signal);
      if (wasSet) this.drop = afterClockSet(this.drop, nowOf(clock));
    }
    await this.#saver.settled();
  }

  #poll(box: BoxSnapshot): void {
    const { resumeWithinS, log } = this.#options;
    const dropId = this.#uncertainty.overdueDrop(box, resumeWithinS * 1000);
    if (dropId !== undefined) {
      log.warn('drop ended: it was resumed too late', { dropId });
      this.apply({ kind: 'too-late', dropId });
    }
    if (this.drop.phase === 'preflight' || this.drop.phase === 'armed') {
      this.checks = runChecks(box);
      this.apply({ kind: 'checks', failures: failuresOf(this.checks) });
      this.#change.notifyAll();
    }
    this.apply({ kind: 'frames', isFlowing: framesFlow(box) });
    this.apply({ kind: 'tick' });
  }

  #enter(done: Step): Promise<Performed[]> {
    const { log } = this.#options;
    const before = this.drop;
    this.drop = done.drop;
    const hasChanged = before.phase !== done.drop.phase;
    if (hasChanged) {
      const { phase, dropId, reason } = stateOf(done.drop);
      log.info('drop phase changed', { from: before.phase, to: phase, dropId, reason });
      // The box is used again, or its power-off is requested again.
      this.#clearPowerOffFault();
    }
    // A live drop does not wait for a slow card; the answer to a command does, see `saved`.
    this.#save();
    const performed = Promise.all(done.effects.map((effect) => this.effects.perform(effect)));
    if (hasChanged) this.#change.notifyAll();
    return performed;
  }

  #save(): void {
    if (this.kept !== undefined) return;
    const { clock, snapshot } = this.#options;
    const alive = this.#lastAlive(snapshot());
    this.#saver.save({ ...savedDropOf(this.drop, clock.wallMs()), ...alive });
  }

  /** The power goes once the disk knows of the drop's end. */
  async #powerOff(): Promise<void> {
    await this.saved();
    await this.#options.effects.powerOff();
  }

  #lastAlive(box: BoxSnapshot): Alive {
    const { boot, clock } = this.#options;
    const lasted = Math.round(lastedMs(this.drop, clock.monotonicMs()));
    const onMs = this.drop.phase === 'live' ? lasted : undefined;
    return this.#uncertainty.lastAlive(box, { onMs, ...bootTimeOf(boot) });
  }

  #setFault(fault: DropFaults): void {
    this.faults = { ...this.faults, ...fault };
  }

  #clearPowerOffFault(): void {
    this.#setFault({ notPoweredOff: undefined });
    this.effects.forgetPowerOffFault();
  }
}
