/** Makes room in the text of `drops.yaml` for one more drop. Pure. */
import { removeFromList } from './edit.ts';
import { DROPS_MAX, type LinkHosts, parseDropList } from './parse.ts';

/**
 * Without the oldest of the drops that may go, where the list is full.
 *
 * @param spare Ids, the oldest first.
 * @returns undefined where it stays full.
 */
export function withRoom(
  text: string,
  spare: readonly string[],
  hosts: LinkHosts,
): string | undefined {
  const { drops } = parseDropList('', text, hosts);
  if (drops.length < DROPS_MAX) return text;
  const oldest = spare.find((id) => drops.some((drop) => drop.id === id));
  const left = oldest === undefined ? undefined : removeFromList(text, oldest);
  return left === undefined ? undefined : withRoom(left, spare, hosts);
}
