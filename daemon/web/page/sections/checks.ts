/** Results of the checks before a drop, as a command returns them. Pure. */

export interface Check {
  readonly name: string;
  readonly verdict: 'pass' | 'warn' | 'fail';
  /** What was measured. */
  readonly evidence: string;
  /** What to do; empty where nothing is wrong. */
  readonly advice: string;
}

/** The checks of a command's result, failed ones first; empty where it has none. */
export function checksOf(result: unknown): readonly Check[] {
  const { checks } = (result ?? {}) as { readonly checks?: unknown };
  const known = Array.isArray(checks) ? checks.filter(isCheck) : [];
  return known.sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}

const RANK = { fail: 0, warn: 1, pass: 2 } as const;

function isCheck(value: unknown): value is Check {
  if (typeof value !== 'object' || value === null) return false;
  const { name, verdict, evidence, advice } = value as Readonly<Record<string, unknown>>;
  const isText = [name, evidence, advice].every((text) => typeof text === 'string');
  return isText && typeof verdict === 'string' && Object.hasOwn(RANK, verdict);
}
