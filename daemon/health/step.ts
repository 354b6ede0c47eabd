/** The engine of the alerts: which findings are shown, for how long, and which explain others. */
import type { Alert } from '../model/snapshot.ts';
import type { Facts } from './facts.ts';

/**
 * What may be wrong with a box. A rule finds nothing, one thing, or one for each
 * of several links or disks. Texts hold no moving figures: the text of an alert is that of
 * its newest cause, and each change of it is published.
 */
export interface Rule {
  /** Stable; a `*` stands for the finding's id: `*-down` is `capture-down`. */
  readonly key: string;
  /** `warning` where it is absent. */
  readonly severity?: Alert['severity'];
  /** It is shown when it has been found for this long, at once where it is absent; a blip is not shown. */
  readonly afterMs?: number;
  /** It is cleared when it has not been found for this long; a flapping link is one alert. */
  readonly holdMs?: number;
  /** What a host can do, in everyday words. */
  readonly advice: string;
  /**
   * Keys of what explains it: while one of them is found, this is a consequence and is not
   * shown. A `*` is the same id, or any where this has none. (As Tailscale's health warnings.)
   */
  readonly dependsOn?: readonly string[];
  readonly find: (facts: Facts) => string | undefined | Finding | readonly Finding[];
}

export interface Finding {
  /** Which of several, for example a link's id. */
  readonly id?: string;
  /** What is wrong, in everyday words. */
  readonly text: string;
  /** The technical reason. */
  readonly detail?: string | undefined;
  /** Where it is another than the rule's. */
  readonly severity?: Alert['severity'];
  readonly advice?: string;
}

interface Entry {
  readonly warning: Alert;
  /** When its text was last changed. */
  readonly wordedMs: number;
  readonly afterMs: number;
  readonly holdMs: number;
  /** Keys, or patterns of keys, of what explains it. */
  readonly causes: readonly string[];
  readonly firstMs: number;
  readonly lastMs: number;
  readonly isShown: boolean;
  /** It was found once, and waits whether what may explain it lasts long enough to be shown. */
  readonly isHeldBack: boolean;
}

export type Health = ReadonlyMap<string, Entry>;

/** One that is over, or the consequence of another one. */
export interface Cleared {
  readonly warning: Alert;
  /** Key of the alert that explains it. */
  readonly cause?: string;
}

export interface HealthStep {
  readonly health: Health;
  readonly raised: readonly Alert[];
  /** What is shown already has another cause now. */
  readonly changed: readonly Alert[];
  readonly cleared: readonly Cleared[];
}

export const NO_ALERTS: Health = new Map();

/** Causes that take turns change the text of an alert this often at most: MQTT may be on mobile data. */
const REWORD_EVERY_MS = 10_000;

/** More than this at once is one fault with many names. */
const MAX_ENTRIES = 64;

/** Checks all rules once. `nowMs` never steps; `wallMs` is when a new alert began. */
export function stepHealth(
  rules: readonly Rule[],
  before: Health,
  facts: Facts,
  nowMs: number,
  wallMs: number,
): HealthStep {
  const found = findAll(rules, before, facts, nowMs, wallMs);
  const shownKeys = new Set(
    [...found.values()].filter(({ isShown }) => isShown).map(({ warning }) => warning.key),
  );
  const after = new Map<string, Entry>();
  const raised: Alert[] = [];
  const changed: Alert[] = [];
  const cleared: Cleared[] = [];
  for (const [key, entry] of found) {
    const wasShown = before.get(key)?.isShown === true;
    const isOver = entry.lastMs !== nowMs && nowMs - entry.lastMs >= entry.holdMs;
    const cause = shownCauseOf(entry, found, shownKeys);
    if (wasShown && (isOver || cause !== undefined)) {
      cleared.push({ warning: entry.warning, ...(cause === undefined ? {} : { cause }) });
    } else if (isOver) {
      // It was held back for too long to be reported as new.
    } else if (wasShown || causesOf(entry, found).length === 0) {
      after.set(key, { ...entry, isHeldBack: false });
      if (entry.isShown && !wasShown) raised.push(entry.warning);
      else if (wasShown && entry.wordedMs === nowMs) changed.push(entry.warning);
    } else if (entry.afterMs === 0 && cause === undefined) {
      after.set(key, { ...entry, isShown: false, isHeldBack: true });
    }
  }
  return { health: after, raised, changed, cleared };
}

/** What is found now, and what was shown, or held back, and may come back within its hold time. */
function findAll(
  rules: readonly Rule[],
  before: Health,
  facts: Facts,
  nowMs: number,
  wallMs: number,
): Health {
  const found = new Map<string, Entry>();
  for (const rule of rules) {
    for (const finding of findingsOf(rule, facts)) {
      const key = keyOf(rule.key, finding.id ?? '');
      if (found.size >= MAX_ENTRIES || found.has(key)) continue;
      const known = before.get(key);
      const newest = newEntry(rule, key, finding, nowMs, wallMs);
      const entry = known === undefined ? newest : reworded(known, newest);
      const isShown = entry.isShown || nowMs - entry.firstMs >= entry.afterMs;
      found.set(key, { ...entry, lastMs: nowMs, isShown });
    }
  }
  for (const [key, entry] of before) {
    const isKept = entry.isShown || entry.isHeldBack;
    if (isKept && !found.has(key)) found.set(key, { ...entry, isShown: true });
  }
  return found;
}

/** What is found for longer already, in the words of what is found now. */
function reworded(known: Entry, newest: Entry): Entry {
  const { key, sinceMs, ...before } = known.warning;
  const now = { ...newest.warning, sinceMs };
  const isSame =
    before.text === now.text &&
    before.detail === now.detail &&
    before.advice === now.advice &&
    before.severity === now.severity;
  const mayChange = !known.isShown || newest.wordedMs - known.wordedMs >= REWORD_EVERY_MS;
  return isSame || !mayChange ? known : { ...known, warning: now, wordedMs: newest.wordedMs };
}

const ORDER: Readonly<Record<Alert['severity'], number>> = { critical: 0, warning: 1, info: 2 };

/** What is shown, the most severe and the oldest first. */
export function alertsOf(health: Health): readonly Alert[] {
  return [...health.values()]
    .filter(({ isShown }) => isShown)
    .map(({ warning }) => warning)
    .toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity] || a.sinceMs - b.sinceMs);
}

function causesOf({ causes }: Entry, found: Health): readonly string[] {
  return [...found.keys()].filter((key) => causes.some((cause) => matches(cause, key)));
}

/** The cause that is shown, or the one that explains a cause: a chain has one root. */
function shownCauseOf(
  entry: Entry,
  found: Health,
  shownKeys: ReadonlySet<string>,
): string | undefined {
  for (const key of causesOf(entry, found)) {
    const cause = found.get(key);
    const root = cause && shownCauseOf(cause, found, shownKeys);
    if (root !== undefined) return root;
    if (shownKeys.has(key)) return key;
  }
  return undefined;
}

function matches(pattern: string, key: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined ? key === start : key.startsWith(start) && key.endsWith(end);
}

function findingsOf(rule: Rule, facts: Facts): readonly Finding[] {
  const found = rule.find(facts);
  if (found === undefined) return [];
  if (typeof found === 'string') return [{ text: found }];
  return 'text' in found ? [found] : found;
}

function newEntry(
  rule: Rule,
  key: string,
  { id, text, detail, severity = rule.severity ?? 'warning', advice = rule.advice }: Finding,
  nowMs: number,
  wallMs: number,
): Entry {
  const technical = detail === undefined || detail === '' ? {} : { detail: detail.slice(0, 200) };
  const warning = { key, severity, sinceMs: wallMs, text, advice, ...technical };
  const causes = (rule.dependsOn ?? []).map((cause) =>
    id === undefined ? cause : keyOf(cause, id),
  );
  const { afterMs = 0, holdMs = 0 } = rule;
  const times = { afterMs, holdMs, firstMs: nowMs, lastMs: nowMs };
  return { warning, wordedMs: nowMs, causes, ...times, isShown: false, isHeldBack: false };
}

/** A key is a level of a topic too, whatever a device is called. */
function keyOf(key: string, id: string): string {
  const safe = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return key.replace('*', safe.slice(0, 40) || 'x');
}
