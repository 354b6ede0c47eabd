/** Versions of the program, as far as others show them. */
import * as v from 'valibot';

/** What the box knows of its own update. */
export interface UpdateState {
  /** It runs this one. */
  readonly version: string;
  /** Why it takes none, one sentence; left out where it does. */
  readonly unsupported?: string;
  /** Newest that it was offered; left out where it was offered none. */
  readonly latest?: string;
  /** That one is newer than the one that runs. */
  readonly isNewer?: boolean;
  /** Why it is not known what is offered. */
  readonly offerFault?: string;
  readonly step?: { readonly what: 'installing' | 'restarting'; readonly ratio: number };
  /** The version that runs is new, and has not proved itself. */
  readonly isOnTrial?: boolean;
  /** The last update went back by itself. */
  readonly failed?: { readonly version: string; readonly reason: string; readonly atMs: number };
  /** To go back to. */
  readonly previous?: string;
}

/** Of a snapshot. */
export interface UpdateSnapshot {
  /** Why the box runs without picture and guests, after it has crashed too often. */
  readonly safeMode?: string | undefined;
  readonly update?: UpdateState;
}

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

/** What is published of it. An unknown value is null. */
export const updateFields = {
  /** Version that runs. */
  installed: text(64),
  /** Newest that was offered. */
  latest: v.nullable(text(64)),
  step: v.picklist(['none', 'installing', 'restarting', 'trial']),
  /** Of an installation, 0 to 1. */
  progress_ratio: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** To go back to. */
  previous: v.nullable(text(64)),
  /** The last update went back by itself. */
  failed: v.nullable(
    v.strictObject({
      version: text(64),
      reason: text(512),
      at: v.pipe(v.string(), v.isoTimestamp()),
    }),
  ),
  /** Why the box takes no updates, or does not know what is offered. */
  reason: v.nullable(text(512)),
};
