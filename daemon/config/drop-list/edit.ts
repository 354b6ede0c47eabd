/** Changes one drop in the text of `drops.yaml`, and leaves all other lines as they are. Pure. */
import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import { openYaml, SILENT } from '../yaml/yaml-text.ts';
import { type Chunk, splitList } from './chunks.ts';

/** What is to change; `null` takes a key away. */
export type Changes = Readonly<Record<string, unknown>>;

export type Edited = { readonly text: string } | { readonly fault: string };

/** Changes the drop of that id, or adds one at the end. */
export function setInList(text: string, id: string, changes: Changes): Edited {
  const split = splitList(text);
  if ('fault' in split) return { fault: split.fault };
  const { head, indent, chunks } = split;
  const index = chunks.findIndex((chunk) => idOf(chunk) === id);
  const before = chunks[index];
  if (before === undefined) {
    const added = Object.fromEntries(Object.entries(changes).filter(([, one]) => one !== null));
    return {
      text: join(head, [...chunks.map((one) => one.text), indented(stringify([added]), indent)]),
    };
  }
  const changed = indented(changeChunk(before.text, changes), indent);
  return { text: join(head, chunks.toSpliced(index, 1, { ...before, text: changed }).map(textOf)) };
}

/** Undefined where the list has no such drop. */
export function removeFromList(text: string, id: string): string | undefined {
  const split = splitList(text);
  if ('fault' in split) return undefined;
  const left = split.chunks.filter((chunk) => idOf(chunk) !== id);
  return left.length === split.chunks.length ? undefined : join(split.head, left.map(textOf));
}

const textOf = ({ text }: Chunk) => text;

function join(head: string, chunks: readonly string[]): string {
  const text = head + chunks.map((one) => (one.endsWith('\n') ? one : `${one}\n`)).join('');
  return chunks.length === 0 && head.trim() === '' ? '' : text;
}

/** Comments inside of it stay. */
function changeChunk(text: string, changes: Changes): string {
  const document = parseDocument(text, SILENT);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) document.deleteIn([0, key]);
    else document.setIn([0, key], document.createNode(value));
  }
  return document.toString();
}

const indented = (text: string, indent: string) => text.replace(/^(?=.)/gm, indent);

/** Also of a drop that has faults, where its id can be read. */
export function idOf({ text }: Chunk): string | undefined {
  const { document } = openYaml(text);
  const drop = isSeq(document.contents) ? document.contents.items[0] : undefined;
  const id = isMap(drop) ? drop.get('id') : undefined;
  return typeof id === 'string' ? id : undefined;
}
