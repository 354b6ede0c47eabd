/** Secrets that the box makes itself: each in a file that its user alone can read. */
import { chmod, stat } from 'node:fs/promises';
import { errnoOf, isMomentary } from '../errors.ts';
import { type Log, messageOf } from '../log.ts';
import { putAside, saveFile } from '../save-file.ts';
import { readRegular, SECRET_BYTES_MAX } from './read-regular.ts';

const OTHERS_MAY_READ = 0o077;

export interface SecretKind<T> {
  /** For the journal: `operator PIN`. */
  readonly what: string;
  /** Undefined, or throws, where the text is none. */
  readonly parse: (text: string) => T | undefined | Promise<T | undefined>;
  /** The text of a new one. */
  readonly make: () => string;
}

export interface OwnSecret<T> {
  readonly secret: T;
  /** The text of one that was just made. */
  readonly made?: string;
  /** The one before is lost (`damaged`), or this one will be, at the next start (`not-saved`). */
  readonly fault?: 'damaged' | 'not-saved';
}

/**
 * Reads the secret, or makes one where there is none. Its file never ends the start: a damaged one
 * is put aside as `.bad`. Where the disk takes none, or does not give the one that it has, it is one
 * for this run.
 */
export async function openOwnSecret<T>(
  file: string,
  kind: SecretKind<T>,
  log: Log,
): Promise<OwnSecret<T>> {
  const { what, parse, make } = kind;
  const read = await readOwn(file, kind, log);
  if (typeof read === 'object') return read;
  const made = make();
  const secret = await parse(made);
  if (secret === undefined) throw new Error(`${what}: the new one is none`);
  if (read === 'unread') return { secret, made, fault: 'not-saved' };
  try {
    await saveFile(file, `${made.trim()}\n`);
    return { secret, made, ...(read === 'damaged' && { fault: read }) };
  } catch (error) {
    log.error(`${what} not saved: the next start makes another`, {
      ...{ file, reason: messageOf(error) },
    });
    return { secret, made, fault: 'not-saved' };
  }
}

async function readOwn<T>(file: string, { what, parse }: SecretKind<T>, log: Log) {
  let reason = 'it holds none';
  try {
    const text = readRegular(file, SECRET_BYTES_MAX).toString().trim();
    const secret = await parse(text);
    if (secret !== undefined) {
      await keepFromOthers(file, what, log);
      return { secret };
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'missing';
    reason = messageOf(error);
    if (isMomentary(error)) {
      log.error(`${what} not read: another one for this run, the file stays`, { file, reason });
      return 'unread';
    }
  }
  const aside = await putAside(file).catch(() => undefined);
  log.warn(`${what} damaged: a new one is made`, { file, aside, reason });
  return 'damaged';
}

/** Of a file that the box made itself. */
export async function keepFromOthers(file: string, what: string, log: Log): Promise<void> {
  if (((await stat(file)).mode & OTHERS_MAY_READ) === 0) return;
  log.warn(`${what} was readable by others`, { file });
  await chmod(file, 0o600).catch(() => undefined);
}
