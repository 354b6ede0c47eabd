/** Runs the panel: presses become commands, lamps follow the box. */
import { GESTURE_TIMES, type Gesture, type GestureTimes } from '../../hal/gpio/gestures.ts';
import type { Inputs, Lamp, Rhythm } from '../../hal/gpio/port.ts';
import { watchPresses } from '../../hal/gpio/presses.ts';
import { RHYTHMS, type RhythmName } from '../../hal/gpio/rhythm.ts';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { HalError } from '../../hal/os/errors.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { Command, Commander } from '../model/commands.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { HeartsLamp } from './hearts.ts';
import { LAMPS, type LampName, lampsOf } from './lamps.ts';
import { commandOf } from './presses.ts';

export interface PanelDeps extends ClockAndLog {
  readonly inputs: Inputs;
  readonly lamps: Readonly<Record<LampName, Lamp>>;
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  readonly times?: GestureTimes;
  /** Shows that guests send hearts. */
  readonly heartsLamp?: () => LampName | 'none';
  /** A part of the panel does not answer, and why; undefined: it does again. */
  readonly onAway?: (part: PanelPart, reason: string | undefined) => void;
  /** Buttons that are down without being pressed: stuck, or wired the other way round. */
  readonly onStuck?: (buttons: readonly string[]) => void;
  /** MARK is held. */
  readonly onMarkHeld?: () => void;
}

export type PanelPart = 'buttons' | LampName;

/** A lamp follows within a quarter of a second, which people take for at once. */
const LAMPS_EVERY_MS = 250;
/** A lamp that is away is tried again this often. */
const RETRY_MS = 2_000;
/** How long a refused press shows. */
const REFUSED_MS = 800;
/** How long the lamp shows that sign-in is open. */
const MARK_HELD_MS = 1_000;
/** Presses that wait for their commands; a panicking hand gives no more. */
const MAX_COMMANDS = 4;

/** With two cameras MARK waits this long for a second press, which switches them. */
const DOUBLE_PRESS_MS = 400;
const SWITCH_CAMERA: Command = { verb: 'camera', args: {}, by: 'button' };

/** Whether a press is the second of two. */
class DoublePress {
  #isWaiting = false;

  /** True for the second one; the first one waits. */
  isSecond(): boolean {
    const isSecond = this.#isWaiting;
    this.#isWaiting = !isSecond;
    return isSecond;
  }

  /** The wait is over. True where no second press came. */
  end(): boolean {
    const wasAlone = this.#isWaiting;
    this.#isWaiting = false;
    return wasAlone;
  }
}

/** What the on-air lamp shows during a press, in place of its state. */
interface Answer {
  readonly rhythm: RhythmName;
  readonly untilMs: number;
}

/** Presses to commands, and the box to lamps, until `signal` aborts. Never fails. */
export async function runPanel(deps: PanelDeps, signal: AbortSignal): Promise<void> {
  let answer: Answer | undefined;
  const hearts = new HeartsLamp(deps.heartsLamp ?? (() => 'none'));
  const setAnswer = (next: Answer | undefined) => {
    answer = next;
  };
  const shown = () => {
    const snapshot = deps.snapshot();
    const total = snapshot.media?.viewers.heartsTotal ?? 0;
    const lamps = hearts.over(lampsOf(snapshot), total, deps.clock.monotonicMs());
    const isAnswering = answer !== undefined && deps.clock.monotonicMs() < answer.untilMs;
    return isAnswering && answer ? { ...lamps, 'on-air': answer.rhythm } : lamps;
  };
  await runAll(
    [
      (both) => followPresses(deps, setAnswer, both),
      ...LAMPS.map((name) => (both: AbortSignal) => driveLamp(name, deps, shown, both)),
    ],
    signal,
  );
  // What the lamps showed last is no longer true.
  await Promise.all(LAMPS.map((name) => show(deps.lamps[name], RHYTHMS.off)));
}

async function followPresses(
  deps: PanelDeps,
  setAnswer: (answer: Answer | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, snapshot } = deps;
  const running = new Set<Promise<void>>();
  const refuse = () => setAnswer({ rhythm: 'triple', untilMs: clock.monotonicMs() + REFUSED_MS });
  const doublePress = new DoublePress();
  const press = (gesture: Extract<Gesture, { kind: 'press' }>) => {
    setAnswer(undefined);
    const command = commandOf(gesture, snapshot().drop.phase);
    log.info('button pressed', {
      buttons: gesture.buttons,
      length: gesture.length,
      verb: command?.verb,
    });
    if (isHeldMark(gesture)) return;
    const hasSecond = snapshot().sources?.camera.second !== undefined;
    if (command?.verb !== 'mark' || !hasSecond) return start(command);
    if (doublePress.isSecond()) return start(SWITCH_CAMERA);
    void pause(clock, DOUBLE_PRESS_MS, signal).then((isOver) => {
      if (doublePress.end() && isOver) start(command);
    });
  };
  const start = (command: Command | undefined) => {
    if (command === undefined || running.size >= MAX_COMMANDS) return refuse();
    const work = carryOut(command, deps, refuse, signal).finally(() => running.delete(work));
    running.add(work);
  };
  for await (const change of watchPresses(deps.inputs, clock, signal, deps.times)) {
    if (change.kind === 'hold-reached') {
      setAnswer(holdAnswer(change, clock, deps.times));
      if (isMark(change.buttons)) {
        log.info('sign-in opened by MARK');
        deps.onMarkHeld?.();
      }
    }
    if (change.kind === 'press') press(change);
    if (change.kind === 'held') deps.onStuck?.(change.buttons);
    // The driver of the inputs has logged it.
    if (change.kind === 'gone') deps.onAway?.('buttons', change.reason);
    if (change.kind === 'levels') deps.onAway?.('buttons', undefined);
  }
  await Promise.all(running);
}

/** The hold is reached: letting go now does it. Ends by itself, should the release be lost. */
function holdAnswer(
  { buttons }: Gesture,
  clock: Clock,
  { veryLongMs } = GESTURE_TIMES,
): Answer | undefined {
  if (isMark(buttons)) return { rhythm: 'flicker', untilMs: clock.monotonicMs() + MARK_HELD_MS };
  const isDrop = buttons.length === 1 && buttons[0] === 'drop';
  return isDrop ? { rhythm: 'flicker', untilMs: clock.monotonicMs() + veryLongMs } : undefined;
}

function isMark(buttons: readonly string[]): boolean {
  return buttons.length === 1 && buttons[0] === 'mark';
}

/** It was done when the hold was reached. */
function isHeldMark({ buttons, length }: Extract<Gesture, { kind: 'press' }>): boolean {
  return isMark(buttons) && length !== 'short';
}

async function carryOut(
  command: Command,
  { commander, log }: PanelDeps,
  refuse: () => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const outcome = await commander.run(command, () => undefined, signal);
    if (outcome.status === 'done') return;
    log.warn('button command not carried out', { verb: command.verb, why: outcome.detail });
    // A later press replaced it: that is the current request.
    if (outcome.status === 'rejected' || outcome.code !== 'OVERTAKEN') refuse();
  } catch (error) {
    if (signal.aborted) return;
    log.error('button command failed', { verb: command.verb, why: messageOf(error) });
    refuse();
  }
}

async function driveLamp(
  name: LampName,
  { lamps, clock, log, onAway }: PanelDeps,
  shown: () => Readonly<Record<LampName, RhythmName>>,
  signal: AbortSignal,
): Promise<void> {
  let now: RhythmName | undefined;
  let lastReason: string | undefined;
  while (!signal.aborted) {
    const wanted = shown()[name];
    const lamp = lamps[name];
    const reason = wanted === now ? lamp.fault() : await show(lamp, RHYTHMS[wanted]);
    now = reason === undefined ? wanted : undefined;
    if (reason !== lastReason) {
      if (reason === undefined) log.info('lamp back', { lamp: name });
      else log.warn('lamp away', { lamp: name, reason });
      onAway?.(name, reason);
    }
    lastReason = reason;
    await pause(clock, reason === undefined ? LAMPS_EVERY_MS : RETRY_MS, signal);
  }
}

/** Why the lamp could not show it, or undefined. */
async function show(lamp: Lamp, rhythm: Rhythm): Promise<string | undefined> {
  try {
    await lamp.show(rhythm);
    return undefined;
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return error.message;
  }
}
