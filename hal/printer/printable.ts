/** What of a guest's or host's text may reach a printer. */

/** Embeddings, overrides and isolates (Unicode TR9): one text would turn round what stands beside it. */
const BIDI_CONTROLS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

/**
 * One line without control characters, which carry commands: ESC, GS, FS, DLE and the
 * rest of C0 and C1. Lone surrogates, which no encoding has, are taken out too.
 */
export function printable(line: string): string {
  return line
    .replace(/[\t\u2028\u2029]/g, ' ')
    .replace(/\p{Cc}|\p{Cs}/gu, '')
    .replace(BIDI_CONTROLS, '')
    .normalize('NFC');
}
