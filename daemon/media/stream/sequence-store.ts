/** Saves how far media sequence numbers have come, so that they never fall. */
import { join } from 'node:path';
import * as v from 'valibot';
import { withTimeout } from '../../../hal/os/async.ts';
import { type ClockAndLog, messageOf } from '../../../hal/os/log.ts';
import { openSaved } from '../../../hal/os/state/saved.ts';

/**
 * Numbers are reserved ahead: what the disk has is above all that a stream has used, after
 * a power cut too, whatever the clock says. They count all segments that the box ever
 * made, and some hundred for each start; hls.js 1.7 fails on numbers like Unix time.
 */
export interface SequenceStore {
  /** The first number of a stream that begins now. Never fails. */
  begin(signal: AbortSignal): Promise<number>;
  /** The stream has come to this one. */
  note(msn: number): void;
}

const AHEAD = 1_024;
/** Versions that saved none counted from midnight, up to four a second. */
const FIRST = 4 * 86_400;
/** A damaged file may say anything. */
const MAX = 1e9;
/** A disk that hangs keeps no stream from starting. */
const SAVE_MAX_MS = 2_000;

const savedSchema = v.object({
  nextMsn: v.pipe(v.number(), v.safeInteger(), v.minValue(FIRST), v.maxValue(MAX)),
});

export function openSequenceStore(folder: string, { clock, log }: ClockAndLog): SequenceStore {
  const path = join(folder, 'sequence.json');
  const saved = openSaved(path, savedSchema, { what: 'media sequence number', log });
  const next = () => saved.value?.nextMsn ?? FIRST;
  const reserve = (nextMsn: number) => saved.save({ nextMsn });
  return {
    begin: async (signal) => {
      const first = next();
      const limit = { timeoutMs: SAVE_MAX_MS, timeoutError: () => new Error('the disk is slow') };
      try {
        await withTimeout(() => reserve(first + AHEAD), { ...limit, clock, signal });
      } catch (error) {
        signal.throwIfAborted();
        log.warn('media sequence number not saved yet', { path, reason: messageOf(error) });
      }
      return first;
    },
    note: (msn) => {
      if (msn > next() - AHEAD / 2) void reserve(msn + AHEAD);
    },
  };
}
