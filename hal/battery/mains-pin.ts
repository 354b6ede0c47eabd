import type { InputSpec, LineDriver } from '../gpio/port.ts';
import { messageOf } from '../os/log.ts';
import type { BoardProfile, MainsProfile } from './boards.ts';

/** Level of the mains pin, or why it cannot be told. */
export type PinLevel = { readonly isHigh: boolean } | { readonly reason: string };

export interface MainsPin {
  readonly read: () => PinLevel;
  readonly close: () => void;
}

/**
 * The mains pin of a board that has one, undefined for others. It is claimed when
 * first read, and again after its chip was away.
 *
 * @param lines Undefined where the machine has no GPIO: the pin then says so.
 */
export function openMainsPin(
  { id, mains }: Pick<BoardProfile, 'id' | 'mains'>,
  lines: LineDriver | undefined,
): MainsPin | undefined {
  if (mains.by !== 'line') return undefined;
  const spec = specOf(id, mains);
  let handle: ReturnType<LineDriver['openInputs']> | undefined;
  const close = () => {
    handle?.close();
    handle = undefined;
  };
  const read = (): PinLevel => {
    if (lines === undefined) return { reason: `${mains.line}: this machine has no GPIO lines` };
    try {
      handle ??= lines.openInputs([spec], () => {}, close);
      return { isHigh: handle.read().size > 0 };
    } catch (error) {
      close();
      return { reason: messageOf(error) };
    }
  };
  return { read, close };
}

function specOf(id: string, mains: MainsProfile & { readonly by: 'line' }): InputSpec {
  return {
    name: `${id} mains`,
    line: mains.line,
    isActiveLow: false,
    // Open when the board is off: pulled to where the mains are lost.
    bias: mains.lostWhen === 'high' ? 'pull-up' : 'pull-down',
    debounceMs: 0,
  };
}
