/**
 * The text of `drops.yaml`, cut into its drops by their lines: a mistake in one of them, also one
 * of YAML, cannot be taken for a part of the next, and edits leave all other lines as they are. Pure.
 */

/** The text of one drop, with the comments before it. */
export interface Chunk {
  readonly text: string;
  /** The first line of the text in the file, from 1. */
  readonly line: number;
  /** The line in which the drop begins, below its comments. */
  readonly dropLine: number;
}

export type Split =
  | {
      /** What comes before the first drop. */
      readonly head: string;
      /** Before each drop. */
      readonly indent: string;
      readonly chunks: readonly Chunk[];
    }
  | { readonly fault: string; readonly line: number };

const NO_CONTENT = /^\s*(?:#.*)?$/;
const EMPTY_LIST = /^\s*\[\s*\]\s*(?:#.*)?$/;

export function splitList(text: string): Split {
  const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
  const isContent = (line: string) => !NO_CONTENT.test(line.replace(/\r?\n$/, ''));
  const content = lines.filter((line) => isContent(line) && !/^---\s*$/.test(line));
  const [first = ''] = content;
  if (first === '' || (content.length === 1 && EMPTY_LIST.test(first.trim()))) {
    return { head: lines.filter((line) => !isContent(line)).join(''), indent: '', chunks: [] };
  }
  const dash = /^( *)-(?=\s)/.exec(first);
  if (dash === null) {
    const fault = 'must be a list: each drop begins with “- id:”';
    return { fault, line: lines.indexOf(first) + 1 };
  }
  const indent = dash[1] ?? '';
  const begins = new RegExp(`^${indent}-\\s`);
  const starts = lines.flatMap((line, i) => (begins.test(line) ? [i] : []));
  const withComments = starts.map((start, i) => commentsBefore(lines, start, starts[i - 1]));
  const chunks = withComments.map((start, i) => ({
    text: lines.slice(start, withComments[i + 1]).join(''),
    line: start + 1,
    dropLine: (starts[i] ?? start) + 1,
  }));
  return { head: lines.slice(0, withComments[0]).join(''), indent, chunks };
}

/** The first of the comment lines directly above a drop; those above the first one are the file's. */
function commentsBefore(
  lines: readonly string[],
  start: number,
  before: number | undefined,
): number {
  if (before === undefined) return start;
  let from = start;
  while (from - 1 > before && lines[from - 1]?.startsWith('#')) from -= 1;
  return from;
}
