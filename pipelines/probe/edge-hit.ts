/** Whether a cache in front of the box answered. Pure. */

/**
 * Caches name themselves in `Cache-Status`, the one nearest to the viewer last (RFC 9211 §2);
 * the box is the first. Older ones say it in headers of their own.
 */
export function edgeOf(header: (name: string) => string | null): 'none' | 'hit' | 'miss' {
  const [, ...caches] = members(header('cache-status') ?? '');
  if (caches.length > 0) return caches.some((one) => /;\s*hit\b/i.test(one)) ? 'hit' : 'miss';
  const words = [header('cf-cache-status'), header('x-cache')].flatMap((value) => value ?? []);
  if (words.length > 0) return words.some((word) => /\bhit\b/i.test(word)) ? 'hit' : 'miss';
  const age = header('age');
  if (age !== null) return Number(age) > 0 ? 'hit' : 'miss';
  return 'none';
}

/** Members of a list whose strings may contain commas. */
function members(text: string): readonly string[] {
  return text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
}
