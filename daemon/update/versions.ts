/**
 * Which version of the program starts: the state that an update leaves, and its steps. Pure.
 *
 * There are always two to choose from: one that has proved itself, and the program as it was
 * installed by a package or by scripts/install.sh, which no update touches. A new version is on trial
 * until it has proved itself; each start of it is counted before it begins, so that one that
 * dies, hangs or loses its power is given up after a few.
 */
import * as v from 'valibot';
import { parseAs } from '../../hal/os/files/json.ts';

/** The program as it was installed, in the place of a version's id. */
export const INSTALLED = 'installed';

/** Of a new version: a power cut or two in its first minute are not its fault. */
export const STARTS_MAX = 3;

/** `VERSION-` and twelve characters of its list's hash; the name of its folder. */
const ID = /^[0-9A-Za-z][0-9A-Za-z.+~_-]{0,60}$/;
const id = v.pipe(v.string(), v.regex(ID));

const expectation = v.object({
  /** Guests' page and operator's page answered before. */
  pages: v.pipe(v.array(v.picklist(['guests', 'operator'])), v.maxLength(2)),
  /** The camera brought a picture before. */
  picture: v.boolean(),
  /** The settings that were saved last did not hold before. An older launcher keeps it not. */
  settings: v.optional(v.literal(false)),
});

const versionsSchema = v.object({
  v: v.literal(1),
  /** The installed program that this was written over: with another one all of it is void. */
  over: v.pipe(v.string(), v.maxLength(100)),
  /** It has proved itself. */
  good: id,
  /** It had before: the one to go back to. */
  previous: v.nullable(id),
  trial: v.nullable(v.object({ id, starts: v.pipe(v.number(), v.integer()), expectation })),
  /** The last one that was given up. */
  failed: v.nullable(
    v.object({ id, reason: v.pipe(v.string(), v.maxLength(500)), atMs: v.number() }),
  ),
});

export type Versions = v.InferOutput<typeof versionsSchema>;
/** What worked before an update, and so has to work after it. */
export type Expectation = v.InferOutput<typeof expectation>;

export function installedOnly(over: string): Versions {
  return { v: 1, over, good: INSTALLED, previous: null, trial: null, failed: null };
}

/** What a file says; the installed program alone where it is damaged, or was written over another one. */
export function parseVersions(text: string, over: string): Versions {
  const saved = parseAs(versionsSchema, text);
  return saved?.over === over ? saved : installedOnly(over);
}

/** The tag of the installed program that a file was written over; undefined where it is damaged. */
export const writtenOver = (text: string): string | undefined =>
  parseAs(versionsSchema, text)?.over;

export const renderVersions = (versions: Versions): string => `${JSON.stringify(versions)}\n`;

export interface NextStart {
  readonly start: string;
  readonly isTrial: boolean;
  /** To be on the disk before it starts. */
  readonly next: Versions;
}

/**
 * @param isLive A drop was live when the box ended: it is resumed by what has proved itself.
 */
export function nextStart(versions: Versions, isLive: boolean, nowMs: number): NextStart {
  const { trial, good } = versions;
  if (trial === null || isLive) return { start: good, isTrial: false, next: versions };
  if (trial.starts >= STARTS_MAX) {
    const reason = `it ended ${STARTS_MAX} times before it had run for a minute`;
    return nextStart(gaveUp(versions, reason, nowMs), isLive, nowMs);
  }
  const next = { ...versions, trial: { ...trial, starts: trial.starts + 1 } };
  return { start: trial.id, isTrial: true, next };
}

export interface StartFacts {
  readonly isLive: boolean;
  readonly nowMs: number;
  /** What is wrong with the files of a version; undefined where they are as they were signed. */
  readonly faultOf: (id: string) => Promise<string | undefined>;
}

/** The first, in the order of the state, whose files are right. The installed program always is. */
export async function pickStart(versions: Versions, facts: StartFacts): Promise<NextStart> {
  const chosen = nextStart(versions, facts.isLive, facts.nowMs);
  if (chosen.start === INSTALLED) return chosen;
  const fault = await facts.faultOf(chosen.start);
  if (fault === undefined) return chosen;
  return await pickStart(damaged(chosen.next, chosen.start, fault, facts.nowMs), facts);
}

/** A version begins its trial with the next start. */
export function onTrial(versions: Versions, id: string, expectation: Expectation): Versions {
  return { ...versions, trial: { id, starts: 0, expectation }, failed: null };
}

/** The version on trial has proved itself. */
export function proved(versions: Versions, id: string): Versions {
  if (versions.trial?.id !== id) return versions;
  const previous = versions.good === id ? versions.previous : versions.good;
  return { ...versions, good: id, previous, trial: null };
}

/** The version on trial is no good: the next start is that of the one before. */
export function gaveUp(versions: Versions, reason: string, atMs: number): Versions {
  if (versions.trial === null) return versions;
  const failed = { id: versions.trial.id, reason: reason.slice(0, 500), atMs };
  return { ...versions, trial: null, failed };
}

/** Files of a version are gone, changed or not signed by this box's key. */
export function damaged(versions: Versions, id: string, reason: string, atMs: number): Versions {
  if (versions.trial?.id === id) return gaveUp(versions, reason, atMs);
  const previous = versions.previous === id ? null : versions.previous;
  const good = versions.good === id ? (previous ?? INSTALLED) : versions.good;
  const failed = { id, reason: reason.slice(0, 500), atMs };
  return { ...versions, good, previous: good === previous ? null : previous, failed };
}

/** Room for another version: what has not proved itself, and the one to go back to, go. */
export function withoutSpare(versions: Versions): Versions {
  return { ...versions, previous: null, trial: null };
}

/** Folders that are named; all others may go. */
export function namedIn({ good, previous, trial }: Versions): ReadonlySet<string> {
  return new Set([good, ...(previous === null ? [] : [previous]), ...(trial ? [trial.id] : [])]);
}

/** The version of an id. */
export const versionOf = (id: string): string => id.replace(/-[0-9a-f]{12}$/, '');
