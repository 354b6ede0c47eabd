import type { Warning } from '../model/snapshot.ts';
import type { Facts } from './facts.ts';

/**
 * What may be wrong with a box. A rule finds nothing, one thing, or one for each
 * of several links or disks. Texts hold no moving figures: a warning stays as it
 * was raised until it is cleared.
 */
export interface Rule {
  /** Stable; a `*` stands for the finding's id: `*-down` is `capture-down`. */
  readonly key: string;
  readonly severity: Warning['severity'];
  /** It is shown when it has been so for this long; a blip stays quiet. */
  readonly afterMs: number;
  /** It is cleared when it has not been so for this long; a flapping link is one warning. */
  readonly holdMs: number;
  readonly advice: string;
  readonly find: (facts: Facts) => string | undefined | readonly Finding[];
}

export interface Finding {
  /** Which of several, for example a link's id. */
  readonly id: string;
  readonly text: string;
}

interface Entry {
  readonly warning: Warning;
  readonly holdMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly isShown: boolean;
}

export type Health = ReadonlyMap<string, Entry>;

export interface HealthStep {
  readonly health: Health;
  readonly raised: readonly Warning[];
  readonly cleared: readonly Warning[];
}

export const NO_WARNINGS: Health = new Map();

/** More than this at once is one trouble with many names. */
const MOST_ENTRIES = 64;

/** Looks once; `nowMs` never steps, `wallMs` is told as a warning's begin. */
export function stepHealth(
  rules: readonly Rule[],
  before: Health,
  facts: Facts,
  nowMs: number,
  wallMs: number,
): HealthStep {
  const after = new Map<string, Entry>();
  const raised: Warning[] = [];
  for (const rule of rules) {
    for (const { id, text } of findingsOf(rule, facts)) {
      const key = keyOf(rule.key, id);
      if (after.size >= MOST_ENTRIES || after.has(key)) continue;
      const known = before.get(key);
      const entry = known ?? firstSeen(rule, key, text, nowMs, wallMs);
      const isShown = entry.isShown || nowMs - entry.firstMs >= rule.afterMs;
      if (isShown && known?.isShown !== true) raised.push(entry.warning);
      after.set(key, { ...entry, lastMs: nowMs, isShown });
    }
  }
  const cleared: Warning[] = [];
  for (const [key, entry] of before) {
    if (after.has(key) || !entry.isShown) continue;
    if (nowMs - entry.lastMs >= entry.holdMs) cleared.push(entry.warning);
    else after.set(key, entry);
  }
  return { health: after, raised, cleared };
}

const ORDER: Readonly<Record<Warning['severity'], number>> = { critical: 0, warning: 1, info: 2 };

/** What is shown, the worst and the oldest first. */
export function warningsOf(health: Health): readonly Warning[] {
  return [...health.values()]
    .filter(({ isShown }) => isShown)
    .map(({ warning }) => warning)
    .toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity] || a.sinceMs - b.sinceMs);
}

function findingsOf(rule: Rule, facts: Facts): readonly Finding[] {
  const found = rule.find(facts);
  if (found === undefined) return [];
  return typeof found === 'string' ? [{ id: '', text: found }] : found;
}

function firstSeen(rule: Rule, key: string, text: string, nowMs: number, wallMs: number): Entry {
  const { severity, advice, holdMs } = rule;
  const warning = { key, severity, sinceMs: wallMs, text, advice };
  return { warning, holdMs, firstMs: nowMs, lastMs: nowMs, isShown: false };
}

/** A key is a topic too, whatever a device is called. */
function keyOf(key: string, id: string): string {
  const safe = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return key.replace('*', safe.slice(0, 40) || 'x');
}
