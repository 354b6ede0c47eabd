/** Saves how far media sequence numbers have come, so that they never fall. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { parseAs } from '../../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { saveFile } from '../../../hal/os/save-file.ts';

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

const Saved = v.object({
  nextMsn: v.pipe(v.number(), v.safeInteger(), v.minValue(FIRST), v.maxValue(MAX)),
});

export async function openSequenceStore(
  folder: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<SequenceStore> {
  const path = join(folder, 'sequence.json');
  const text = await readFile(path, 'utf8').catch(() => '');
  let next = parseAs(Saved, text)?.nextMsn ?? FIRST;
  let failure: string | undefined;
  let saving = Promise.resolve();
  const save = async (): Promise<void> => {
    try {
      await saveFile(path, JSON.stringify({ nextMsn: next }));
      failure = undefined;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== failure) log.warn('media sequence number not saved', { path, reason });
      failure = reason;
    }
  };
  const reserve = (to: number): Promise<void> => {
    next = to;
    saving = saving.then(save);
    return saving;
  };
  return {
    begin: async (signal) => {
      const first = next;
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
      if (msn > next - AHEAD / 2) void reserve(msn + AHEAD);
    },
  };
}
