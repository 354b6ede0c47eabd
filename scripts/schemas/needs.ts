/** Renders what each setting needs to take effect, for daemon/settings/README.md. Pure. */
import { settingsOfSchema } from '../../daemon/config/form/form.ts';
import { needOf, partsOf, waits } from '../../daemon/settings/needs.ts';

export const SETTINGS_README = 'daemon/settings/README.md';

const START = '<!-- needs: node --import tsx scripts/schemas.ts -->';
const END = '<!-- end of the needs -->';

/** The text with the list between its markers. */
export function renderNeedsReadme(text: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start)
    throw new Error(`${SETTINGS_README}: the lines ${START} and ${END} are missing`);
  return `${text.slice(0, start)}${START}\n\n${renderNeeds()}\n\n${text.slice(end)}`;
}

/** Every setting of the page, by what it needs. */
function renderNeeds(): string {
  const groups = new Map<string, string[]>();
  for (const { path, field } of settingsOfSchema()) {
    if (field.kind === 'file-only') continue;
    const title = titleOf(path);
    groups.set(title, [...(groups.get(title) ?? []), `\`${path}\``]);
  }
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([title, paths]) => `- **${title}**: ${paths.join(', ')}`)
    .join('\n');
}

function titleOf(path: string): string {
  const change = { path, before: 'one', after: 'another', isEdge: false };
  const [need, parts] = [needOf(change), partsOf(change)];
  const restarted = parts.length === 0 ? '' : `; restarts ${parts.join(', ')}`;
  if (need === 'restart') return 'After a restart of the box';
  return `${waits(need) ? 'At once, and in a drop after its end' : 'At once'}${restarted}`;
}
