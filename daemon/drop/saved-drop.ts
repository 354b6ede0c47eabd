import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { onAir, resumableOf } from './moves.ts';
import type { Drop, Now, Step } from './state.ts';

/** What outlives a power failure: whether a drop was live, and which. */
const savedDropSchema = v.object({
  v: v.literal(1),
  /** The drop that is to go on, or null. */
  live: v.nullable(v.object({ dropId: v.pipe(v.string(), v.maxLength(64)), sinceMs: v.number() })),
  lastDropId: v.nullable(v.pipe(v.string(), v.maxLength(64))),
  /** Unix time at which this was last known to be so. */
  aliveMs: v.number(),
  /** Somebody had set the clock then: that time can be compared with another. */
  isClockSet: v.optional(v.boolean(), false),
});

export type SavedDrop = v.InferOutput<typeof savedDropSchema>;

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
 * A drop that was live goes on, unless the box was away for longer than
 * `resumeWithinMs`: a camera must not go on air by itself the next morning. A
 * clock that stands before the kept time is a Pi's without a battery, which says
 * nothing of how long it was: the drop goes on, and {@link isTooLate} is asked again
 * when somebody has set the clock.
 *
 * @param start What to do where no drop goes on.
 */
export function startDrop(
  kept: SavedDrop | undefined,
  start: 'idle' | 'live',
  resumeWithinMs: number,
  dropId: string,
  now: Now,
): Step {
  const live = kept?.live ?? undefined;
  // 0 is never, also where the clock has gone back since.
  const isRecent = resumeWithinMs > 0 && now.wallMs - (kept?.aliveMs ?? 0) <= resumeWithinMs;
  if (live !== undefined && isRecent) {
    return onAir(live.dropId, true, true, now, live.sinceMs);
  }
  if (start === 'live') return onAir(dropId, true, false, now, now.wallMs);
  const lastDropId = kept?.lastDropId ?? undefined;
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

/**
 * A drop went on that had been cut off for too long.
 *
 * @param startedMs When the box was started, by a clock that somebody has set since.
 */
export function isTooLate(kept: SavedDrop, startedMs: number, resumeWithinMs: number): boolean {
  return kept.isClockSet && startedMs - kept.aliveMs > resumeWithinMs;
}

export type SavedDropFile =
  | { readonly kept: SavedDrop | undefined }
  /** There is a file, and it is none of ours. */
  | { readonly kept: undefined; readonly reason: string };

/** Never rejects: a file that is not there or not readable is the same as a new box. */
export async function readSavedDrop(path: string): Promise<SavedDropFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isNew = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isNew ? { kept: undefined } : { kept: undefined, reason: messageOf(error) };
  }
  return parseSavedDrop(text);
}

export function parseSavedDrop(text: string): SavedDropFile {
  try {
    const parsed = v.safeParse(savedDropSchema, JSON.parse(text));
    if (parsed.success) return { kept: parsed.output };
    return { kept: undefined, reason: parsed.issues[0].message };
  } catch (error) {
    return { kept: undefined, reason: messageOf(error) };
  }
}

/** A power cut at any moment leaves the old or the new state. */
export async function writeSavedDrop(path: string, kept: SavedDrop): Promise<void> {
  await saveFile(path, `${JSON.stringify(kept)}\n`);
}
