/** Parses JSON that may be damaged: from a disk, a network or another program. */

/** @returns undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
