/** Settings and state of a recording target, and the messages of its process. */
import type { ReplayEvent } from './replay.ts';

/** One place that recordings go to. */
export interface TargetSettings {
  /** Stable, for status and logs, for example `sd` or `usb`. */
  readonly id: string;
  readonly folder: string;
  /** Stays free on the volume; the larger of the two counts. */
  readonly reserveBytes: number;
  readonly reservePct: number;
  /** At the reserve: delete the oldest recordings, or stop. */
  readonly policy: 'oldest-first' | 'stop';
  /**
   * The folder lies on a disk of its own: while that is not mounted, nothing is
   * written, as it would fill the system's disk instead.
   */
  readonly isOwnVolume: boolean;
}

/** Why a target does not record. */
export type TargetFailure =
  /** No more than the reserve is free, or the disk is full. */
  | 'full'
  /** It would be, but for recordings of another box: those stay. */
  | 'others'
  | 'read-only'
  /** Pulled, unmounted or deleted. */
  | 'gone'
  /** Writes take too long. */
  | 'slow'
  /** Read or write errors. */
  | 'broken';

/** A target's state, sent once a second and on each change. */
export interface TargetState {
  readonly id: string;
  readonly folder: string;
  readonly phase: 'off' | 'recording' | 'failed';
  readonly failure?: TargetFailure;
  /** One line for a person. */
  readonly reason?: string;
  /** The recording that is being written, without an ending. */
  readonly name?: string;
  /** What it lies on, `sda`; two targets with one in common are lost together. */
  readonly disks?: readonly string[];
  readonly freeBytes?: number;
  /** What recordings may still take: without the reserve, with what the policy may delete. */
  readonly usableBytes?: number;
  /** For how long the present recording still fits. */
  readonly remainingS?: number;
  /** Mean of the last seconds. */
  readonly writtenBps: number;
  /** From a part's publication to the sync of its bytes. */
  readonly lagMs?: number;
  /** Times that recording was interrupted on this target since it was started. */
  readonly failuresTotal: number;
  /** Media lost here, though it was published, in ms. */
  readonly lostMs: number;
}

/** What a recorder process needs. */
export interface RecorderSettings {
  readonly target: TargetSettings;
  /** Tracks to record, the leading one first. */
  readonly trackIds: readonly string[];
  /** Unix socket that the parts come through. */
  readonly socketPath: string;
}

export type FromRecorder =
  | { readonly type: 'state'; readonly state: TargetState }
  /** All up to this media segment is on the disk. */
  | { readonly type: 'synced'; readonly msn: number; readonly untilUs: number }
  /** For the replay: what of its recordings can be played. */
  | { readonly type: 'replay'; readonly event: ReplayEvent }
  | {
      readonly type: 'log';
      readonly text: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
