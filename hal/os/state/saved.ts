/** A small state of the box as JSON on the disk: read at its start, saved when it changes. */
import * as v from 'valibot';
import { errnoOf } from '../errors.ts';
import { knownOf } from '../files/known-keys.ts';
import { readRegular } from '../files/read-regular.ts';
import { type Log, messageOf } from '../log.ts';
import { putAside, saveFile } from '../save-file.ts';

const BYTES_MAX = 1024 * 1024;

export interface Saved<T> {
  /** What was saved last, here or by the box before; undefined for none, and where that was damaged. */
  readonly value: T | undefined;
  /** Tries once more, where the disk failed at the start and nothing was saved since. */
  readAgain(): void;
  /** One write after the other, the newest value only. Resolves when it was tried; never rejects. */
  save(value: T): Promise<void>;
  /** Resolves when nothing waits to be written. */
  settled(): Promise<void>;
}

/**
 * Keys that only a newer version knows are left out.
 *
 * A damaged file is put aside, for a person to look at; one that cannot be read now is so before
 * another replaces it, and may be read again before that, or at the next start. A disk that gives or
 * takes nothing is logged once for each reason, and costs no more than what was to be saved.
 *
 * @param what For the log, which has `… not saved`, `… not read` and `… damaged`.
 */
export function openSaved<T>(
  path: string,
  schema: v.GenericSchema<unknown, T>,
  { what, log }: { readonly what: string; readonly log: Log },
): Saved<T> {
  let value: T | undefined;
  let onDisk: string | undefined;
  let failure: string | undefined;
  let isWaiting = false;
  let unread: string | undefined; // why it cannot be read now
  let saving = Promise.resolve();
  const read = (): void => {
    try {
      const text = readRegular(path, BYTES_MAX).toString();
      value = v.parse(schema, knownOf(schema, JSON.parse(text)));
      onDisk = text;
      unread = undefined;
    } catch (error) {
      const reason = messageOf(error);
      const fault = faultOf(error);
      if (fault === 'unread' && reason !== unread) log.warn(`${what} not read`, { path, reason });
      unread = fault === 'unread' ? reason : undefined;
      if (fault !== 'damaged') return;
      saving = putAside(path)
        .catch(() => undefined)
        .then((aside) => log.warn(`${what} damaged`, { path, aside, reason }));
    }
  };
  read();
  const write = async (): Promise<void> => {
    isWaiting = false;
    const text = JSON.stringify(value);
    if (text === onDisk) return;
    if (unread !== undefined) await putAside(path).catch(() => undefined);
    unread = undefined;
    try {
      onDisk = undefined;
      await saveFile(path, text);
      onDisk = text;
      failure = undefined;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== failure) log.warn(`${what} not saved`, { path, reason });
      failure = reason;
    }
  };
  return {
    get value() {
      return value;
    },
    readAgain: () => (unread !== undefined && value === undefined ? read() : undefined),
    save: (next) => {
      value = next;
      if (!isWaiting) saving = saving.then(write);
      isWaiting = true;
      return saving;
    },
    settled: () => saving,
  };
}

function faultOf(error: unknown): 'missing' | 'unread' | 'damaged' {
  const errno = errnoOf(error);
  if (errno === undefined) return 'damaged';
  return ['ENOENT', 'ENOTDIR'].includes(errno) ? 'missing' : 'unread';
}
