/** A YAML text: its document, what is wrong with it, and the lines of its keys. */
import { isIP } from 'node:net';
import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Path } from '../../../hal/os/files/known-keys.ts';
import { messageOf } from '../../../hal/os/log.ts';

export interface YamlText {
  readonly document: Document;
  /** What is no YAML, with its line in the text. */
  readonly broken: readonly { readonly line: number; readonly text: string }[];
  /** Its values; an alias to an anchor that is not there is found only now. */
  read(): { readonly read: unknown } | { readonly fault: string };
  /** The line of the key, or of the nearest key above it that stands in the text. */
  lineOf(path: Path): number | undefined;
}

/** yaml compares each key with each other: a list of 20,000 took half a minute. */
const LINEAR = { uniqueKeys: false };
/** Its warnings quote the file on stderr. */
export const SILENT = { logLevel: 'error' } as const;

/** @throws RangeError where it is nested too deeply. */
export function openYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document: Document = parseDocument(quoteIpv6(text), {
    ...LINEAR,
    ...SILENT,
    lineCounter: lines,
    prettyErrors: false,
  });
  const broken = [
    ...document.errors.map(({ message, pos }) => [pos[0], withoutContent(message)] as const),
    ...repeatedKeys(document).map((at) => [at, 'Map keys must be unique'] as const),
  ];
  return {
    document,
    broken: broken.map(([at, message]) => ({
      line: lines.linePos(at).line,
      text: `invalid YAML: ${message}`,
    })),
    read: () => readValues(document),
    lineOf: (path) => lineOf(document, lines, path),
  };
}

/** Where in the text a key stands that its map has already. */
function repeatedKeys(document: Document): readonly number[] {
  const repeated: number[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) repeated.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return repeated;
}

/** A value, an item of a list, or one of `[…]` or `{…}`, to its end. */
const ENDS_IN_COLONS =
  /((?<![\w-])(?:[\w-]+:|-)[ \t]+|(?:(?<!\/)\[|,)[ \t]*)([\da-f:]*::)(?=[ \t]*(?:[#,\]}]|\r?$))/gim;

/** YAML takes `host: ::` for a mapping inside a mapping; a person means an address. */
function quoteIpv6(yaml: string): string {
  return yaml.replace(ENDS_IN_COLONS, (found, before: string, address: string) =>
    isIP(address) === 6 ? `${before}"${address}"` : found,
  );
}

function readValues(document: Document): ReturnType<YamlText['read']> {
  try {
    return { read: document.toJS() ?? {} };
  } catch (error) {
    return { fault: withoutContent(messageOf(error)) };
  }
}

function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

/** yaml quotes what it stumbles over, and the file may be another one than was meant. */
function withoutContent(message: string): string {
  return (message.split(/(?<=\S): |\n/)[0] ?? message).replace(/"[^"]*"|'[^']*'/g, '…');
}
