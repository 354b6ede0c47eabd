/** The state of the drop on the disk, and what the box does with it at its start. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { messageOf } from '../../hal/os/log.ts';
import {
  type Disk,
  overwriteFile,
  removeFile,
  saveFile,
  systemDisk,
} from '../../hal/os/save-file.ts';
import { type BootTime, UNKNOWN_BOOT } from './boot-time.ts';
import type { Drop, Now, Step } from './state.ts';
import { onAir, resumableOf } from './transitions.ts';

/** Whether a drop was live, and which. */
const savedDropSchema = v.object({
  v: v.literal(1),
  /** The drop to resume, or null. */
  live: v.nullable(v.object({ dropId: v.pipe(v.string(), v.maxLength(64)), sinceMs: v.number() })),
  lastDropId: v.nullable(v.pipe(v.string(), v.maxLength(64))),
  /** Unix time at which this was last known to be so. */
  aliveMs: v.number(),
  /** The clock was set then: that time can be compared with another. */
  isClockSet: v.optional(v.boolean(), false),
  /** How long the drop had been on then, by a clock that does not step. */
  onMs: v.optional(v.number()),
  /** The run of the machine, and its age then: within one run they say how long the box was off, whatever the clock was set to. */
  bootId: v.optional(v.pipe(v.string(), v.maxLength(64))),
  sinceBootMs: v.optional(v.number()),
});

export type SavedDrop = v.InferOutput<typeof savedDropSchema>;

/** When a state was known to be so. */
export type Alive = Pick<SavedDrop, 'aliveMs' | 'isClockSet' | 'onMs' | 'bootId' | 'sinceBootMs'>;

export function savedDropOf(drop: Drop, wallMs: number): SavedDrop {
  const sinceMs = resumableOf(drop);
  const { dropId } = drop;
  return {
    v: 1,
    live: sinceMs !== undefined && dropId !== undefined ? { dropId, sinceMs } : null,
    lastDropId: dropId ?? null,
    aliveMs: wallMs,
    isClockSet: false,
  };
}

/**
 * The first state of a box.
 *
 * A drop that was live is resumed, unless the box was off for longer than
 * `resumeWithinMs`: a camera must not go on air by itself the next morning. A
 * clock before the saved time is a Pi's without a battery, which does not say how
 * long it was off: the drop is resumed, and {@link isTooLate} is checked when the
 * clock has been set.
 *
 * @param start What to do where no drop is resumed.
 */
export function startDrop(
  saved: SavedDrop | undefined,
  start: 'idle' | 'live',
  resumeWithinMs: number,
  dropId: string,
  now: Now,
  boot: BootTime = UNKNOWN_BOOT,
): Step {
  const live = saved?.live ?? undefined;
  // 0 is never, also where the clock has gone back since.
  const isRecent = resumeWithinMs > 0 && offMsOf(saved, now, boot) <= resumeWithinMs;
  if (saved !== undefined && live !== undefined && isRecent) {
    return onAir(live.dropId, true, true, now, begunMs(saved, live.sinceMs, now, boot));
  }
  if (start === 'live') return onAir(dropId, true, false, now, now.wallMs);
  const lastDropId = saved?.lastDropId ?? undefined;
  return {
    drop: {
      phase: 'idle',
      sinceMs: now.wallMs,
      enteredMs: now.monotonicMs,
      ...(lastDropId === undefined ? {} : { dropId: lastDropId }),
    },
    effects: [],
  };
}

/** The program was started again, and not the machine: how long it was off is known exactly. */
export function isSameBoot(saved: SavedDrop | undefined, now: BootTime): boolean {
  return now.bootId !== '' && saved?.bootId === now.bootId && saved.sinceBootMs !== undefined;
}

/** By the machine's own time where that is known: its clock may have been set by days meanwhile. */
function offMsOf(saved: SavedDrop | undefined, now: Now, boot: BootTime): number {
  if (isSameBoot(saved, boot)) return boot.sinceBootMs - (saved?.sinceBootMs ?? 0);
  return now.wallMs - (saved?.aliveMs ?? 0);
}

/** When it would have begun by the clock as it is now, which may be another than it began by. */
function begunMs(saved: SavedDrop, sinceMs: number, now: Now, boot: BootTime): number {
  if (saved.onMs === undefined) return sinceMs;
  return now.wallMs - saved.onMs - Math.max(0, offMsOf(saved, now, boot));
}

/**
 * A drop was resumed after the box had been off for too long.
 *
 * @param startedMs When the box was started, by a clock that has been set since.
 */
export function isTooLate(saved: SavedDrop, startedMs: number, resumeWithinMs: number): boolean {
  return saved.isClockSet && startedMs - saved.aliveMs > resumeWithinMs;
}

export type SavedDropFile =
  | { readonly saved: SavedDrop | undefined }
  /** There is a file, and it is not readable. */
  | { readonly saved: undefined; readonly reason: string };

/** Never rejects: a file that is not there or not readable is the same as a new box. */
export async function readSavedDrop(path: string): Promise<SavedDropFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isNew = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isNew ? { saved: undefined } : { saved: undefined, reason: messageOf(error) };
  }
  return parseSavedDrop(text);
}

export function parseSavedDrop(text: string): SavedDropFile {
  try {
    const parsed = v.safeParse(savedDropSchema, JSON.parse(text));
    if (parsed.success) return { saved: parsed.output };
    return { saved: undefined, reason: parsed.issues[0].message };
  } catch (error) {
    return { saved: undefined, reason: messageOf(error) };
  }
}

/** What a restart may find in the file: one state, or several after a failed write. */
export type OnDisk = readonly (SavedDrop | undefined)[];

/** A restart that finds it resumes a drop that is over. */
export function isMisleading(found: SavedDrop | undefined, now: SavedDrop): boolean {
  const dropId = found?.live?.dropId;
  return dropId !== undefined && dropId !== now.live?.dropId;
}

export interface Written {
  readonly onDisk: OnDisk;
  /** Why it is not saved as usual. */
  readonly reason?: string;
}

/**
 * Saves a state. Where that fails and the file may still say that an ended drop is live, it
 * is overwritten in place or removed: such a file must not be believed. Never rejects.
 */
export async function writeSavedDrop(
  path: string,
  saved: SavedDrop,
  before: OnDisk,
  disk: Disk = systemDisk,
): Promise<Written> {
  const text = `${JSON.stringify(saved)}\n`;
  const failed = await failureOf(saveFile(path, text, disk));
  if (failed === undefined) return { onDisk: [saved] };
  // It may have failed after the rename.
  const onDisk = [...before, saved];
  if (!onDisk.some((one) => isMisleading(one, saved))) return { onDisk, reason: failed };
  if ((await failureOf(overwriteFile(path, text, disk))) === undefined) {
    return { onDisk: [saved], reason: failed };
  }
  const isGone = (await failureOf(removeFile(path, disk))) === undefined;
  return { onDisk: isGone ? [undefined] : onDisk, reason: failed };
}

const failureOf = (work: Promise<void>) => work.then(() => undefined, messageOf);
