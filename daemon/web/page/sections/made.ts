/** The page of the clip that a command made, for whoever shares it; undefined where it made none. Pure. */
export function clipUrlOf(result: unknown): string | undefined {
  const { clip } = (result ?? {}) as { readonly clip?: { readonly url?: unknown } };
  const url = clip?.url;
  return typeof url === 'string' && /^https?:\/\//.test(url) ? url : undefined;
}
