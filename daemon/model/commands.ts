/** Commands, their outcomes, and events. */
import type { DropPhase } from './snapshot.ts';

/**
 * What can be asked of the box. A button, the operator's page, MQTT and the
 * command line all ask the same.
 *
 * - `arm`: run the checks, then wait for `go-live`. `disarm` goes back to idle.
 * - `go-live`: on air; from idle the checks run first. `end` ends the drop.
 * - `mark`: this moment is worth a clip.
 * - `preflight`: run the checks and the checklist and report, without arming.
 * - `rehearse`: a hidden run of some minutes. `survey`: how the place is, for minutes or hours.
 * - `camera`: put the other camera on air, or the one that is named.
 * - `overlay`: change code, title and lower third in the picture.
 * - `print`: print a document that the box knows by name.
 * - `order`: reserve, confirm or cancel an order of the drop's catalogue.
 * - `drops`: list the coming drops, add or change one, remove one.
 * - `update`: install another version of the program, or go back to the one before.
 * - `shut-down`: end everything, then the machine.
 */
export const VERBS = [
  'arm',
  'disarm',
  'go-live',
  'end',
  'mark',
  'preflight',
  'rehearse',
  'survey',
  'camera',
  'overlay',
  'print',
  'order',
  'drops',
  'update',
  'shut-down',
] as const;

export type Verb = (typeof VERBS)[number];

/** Ends a drop, or what leads to one; twice does no harm. Nothing may delay it. */
export const isEnding = (verb: Verb): boolean => verb === 'end' || verb === 'disarm';

/** Must not wait for what others have asked for. */
export const isUrgent = (verb: Verb): boolean =>
  isEnding(verb) || verb === 'go-live' || verb === 'mark';

export interface Command {
  readonly verb: Verb;
  /** What the verb takes; checked by the verb itself. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Who asks, for the journal. */
  readonly by: 'button' | 'page' | 'mqtt' | 'cli';
  /** Do it only in this phase. */
  readonly expect?: DropPhase;
  /** Say what would happen, and do nothing. */
  readonly isDryRun?: boolean;
}

export type Outcome =
  | { readonly status: 'done'; readonly detail: string; readonly result?: unknown }
  /** It cannot be done now: the box is in the wrong phase, or the arguments are wrong. */
  | {
      readonly status: 'rejected';
      readonly code: RejectCode;
      readonly detail: string;
      /** What of the arguments is wrong, for a form; in `detail` as well. */
      readonly faults?: readonly ArgumentFault[];
    }
  | { readonly status: 'failed'; readonly code: string; readonly detail: string };

export interface ArgumentFault {
  /** With dots: `catalogue.0.price`. */
  readonly path: string;
  readonly reason: string;
}

/**
 * `SAVING_POWER`: what it needs is suspended until the mains are back. `REFUSED`: an order gets
 * nothing. `CHANGED`: somebody else was faster.
 */
export type RejectCode =
  | 'WRONG_PHASE'
  | 'BAD_ARGUMENTS'
  | 'UNSUPPORTED'
  | 'BUSY'
  | 'SAVING_POWER'
  | 'REFUSED'
  | 'CHANGED';

/** One step of a long command, for example a check of the preflight. */
export interface Progress {
  readonly detail: string;
  /** 0 to 1. */
  readonly ratio?: number;
}

/** The one place that carries commands out. */
export interface Commander {
  /** Never rejects but with the reason of an aborted `signal`. */
  run(
    command: Command,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Outcome>;
}

/** Everything that is published when it happens. */
export const EVENT_TYPES = [
  'drop.armed',
  'drop.live',
  'drop.first-frame',
  'drop.marked',
  'drop.ended',
  'drop.disarmed',
  'drop.fault',
  'drop.resumed-too-late',
  'preflight.passed',
  'rehearsal.passed',
  'rehearsal.failed',
  'rehearsal.ended',
  'survey.done',
  'alert.raised',
  'alert.cleared',
  'link.switched',
  'camera.switched',
  'overlay.changed',
  'power.phase',
  'clip.made',
  'media.restarted',
  'modem.reset',
  'machine.power-off-failed',
  'settings.test',
  'update.done',
  'update.went-back',
  'order.pending',
  'order.confirmed',
  'order.void',
  'order.refused',
  'order.unmatched',
] as const;

/** Something happened that is to be published exactly once. */
export interface BoxEvent {
  readonly type: (typeof EVENT_TYPES)[number];
  readonly severity: 'info' | 'warning' | 'critical';
  /** Unix time in ms. */
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Prints a document by its name; UNSUPPORTED where there is none of that name. */
export type PrintCommand = (
  args: Readonly<Record<string, unknown>>,
  isDryRun: boolean,
  signal: AbortSignal,
) => Promise<Outcome>;

/** Takes an order; resolves when its outcome is on the disk. */
export type OrderCommand = (command: Command) => Promise<Outcome>;

/** Lists, changes or removes coming drops; resolves when the list is on the disk. */
export type DropsCommand = (command: Command) => Promise<Outcome>;

/** Installs a version; resolves when it is in place, and the box is about to start again with it. */
export type UpdateCommand = (
  command: Command,
  onProgress: (progress: Progress) => void,
) => Promise<Outcome>;

/** Puts a camera on air: 1 or 2, or the one that is not. */
export type SwitchCamera = (camera: 1 | 2 | undefined, isDryRun: boolean) => Outcome;

/** Changes what is drawn over the picture. */
export type OverlayCommand = (
  args: Readonly<Record<string, unknown>>,
  isDryRun: boolean,
) => Outcome;
