/** What a command's result says of the checks before a drop. Pure. */

export interface Check {
  readonly name: string;
  readonly verdict: 'pass' | 'warn' | 'fail';
  /** What was seen. */
  readonly evidence: string;
  /** What a person can do; empty where nothing is wrong. */
  readonly advice: string;
}

/** The checks in a result, what failed first; none where it holds none. */
export function checksOf(result: unknown): readonly Check[] {
  const { checks } = (result ?? {}) as { readonly checks?: unknown };
  const known = Array.isArray(checks) ? checks.filter(isCheck) : [];
  return known.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}

const RANK = { fail: 0, warn: 1, pass: 2 } as const;

function isCheck(value: unknown): value is Check {
  if (typeof value !== 'object' || value === null) return false;
  const { name, verdict, evidence, advice } = value as Readonly<Record<string, unknown>>;
  const isText = [name, evidence, advice].every((text) => typeof text === 'string');
  return isText && typeof verdict === 'string' && Object.hasOwn(RANK, verdict);
}
