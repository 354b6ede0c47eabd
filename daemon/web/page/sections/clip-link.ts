/** Finds the address of a clip in a command's result. Pure. */

/** The clip's page, to be shared; undefined where the command made no clip. */
export function clipUrlOf(result: unknown): string | undefined {
  const { clip } = (result ?? {}) as { readonly clip?: { readonly url?: unknown } };
  const url = clip?.url;
  return typeof url === 'string' && /^https?:\/\//.test(url) ? url : undefined;
}
