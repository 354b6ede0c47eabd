/** Draws the table of imports as text, for scripts/structure/README.md. */
import { FOLDERS } from './folders.ts';

const LAYERS = [
  ['daemon', 'the box: decides and reports; may import pipelines and hal'],
  ['pipelines', 'media and links, as child processes; may import hal'],
  ['hal', 'devices and the operating system'],
] as const;

export const STRUCTURE_README = 'scripts/structure/README.md';
const START = '<!-- picture: node --import tsx scripts/structure/write-picture.ts -->';
const END = '<!-- end of the picture -->';

/** Highest layer first, and in each the folders with what they may import of their own layer. */
function renderPicture(): string {
  const width = Math.max(...Object.keys(FOLDERS).map((name) => name.length - name.indexOf('/')));
  const lines = LAYERS.flatMap(([layer, what]) => [
    `${layer}/  ${what}`,
    ...Object.entries(FOLDERS)
      .filter(([name]) => name.startsWith(`${layer}/`))
      .toReversed()
      .map(([name, { may, what }]) => {
        const inner = (path: string) => path.slice(layer.length + 1);
        const imports = may.length > 0 ? ` <- ${may.map(inner).join(' ')}` : '';
        return `  ${inner(name).padEnd(width)}${what}${imports}`;
      }),
    '',
  ]);
  return ['```', ...lines.slice(0, -1), '```'].join('\n');
}

/** The text with the picture between its markers. */
export function insertPicture(text: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start)
    throw new Error(`${STRUCTURE_README}: the lines ${START} and ${END} are missing`);
  return `${text.slice(0, start)}${START}\n\n${renderPicture()}\n\n${text.slice(end)}`;
}
