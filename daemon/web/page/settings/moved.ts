/** Where this page is after a change of its server. Pure. */
import type { Difference } from '../../../settings/change.ts';

interface Known {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Undefined where it stays.
 *
 * @param settings Of before.
 * @param host The name under which it is open.
 */
export function movedTo(
  differences: readonly Pick<Difference, 'path' | 'after' | 'need'>[],
  settings: readonly Known[],
  host: string,
): string | undefined {
  if (!differences.some(({ need }) => need === 'page')) return undefined;
  const valueAfter = (path: string) => {
    const changed = differences.find((one) => one.path === path);
    if (changed !== undefined) return changed.after;
    return settings.find((one) => one.path === path)?.value;
  };
  const isTls = (valueAfter('operator.tls') ?? undefined) !== undefined;
  return `${isTls ? 'https' : 'http'}://${host}:${String(valueAfter('operator.port'))}/`;
}
