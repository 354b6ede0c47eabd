/** The GPIO lines of a UPS board: mains present, and cut the power. */

import type { InputHandle, InputSpec, LineDriver, OutputHandle } from '../gpio/port.ts';
import type { Clock } from '../os/clock.ts';
import { messageOf } from '../os/log.ts';
import type { BoardProfile, MainsProfile } from './boards.ts';

/** The levels of a board's lines now. */
export interface LinesReading {
  readonly isMainsPinHigh?: boolean;
  /** Which line could not be had, and why. */
  readonly fault?: string;
}

/** The GPIO lines between a board and the machine. */
export interface BoardLines {
  /** Claims each line that is not held yet, and again after its chip was away. */
  readonly read: () => LinesReading;
  /** Asks the board to cut the power seconds from now. Rejects with `HalError`. */
  readonly cutPower?: (signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

/** After its button the board reads the line that shows whether the machine still runs. */
const AFTER_BUTTON_MS = 500;

type LinesProfile = Pick<BoardProfile, 'id' | 'mains' | 'powerOff' | 'bootedLine'>;

/**
 * The lines of a board, undefined where it has none.
 *
 * @param lines Undefined where the machine has no GPIO: reading then reports so.
 */
export function openBoardLines(
  profile: LinesProfile,
  lines: LineDriver | undefined,
  clock: Clock,
): BoardLines | undefined {
  const { id, mains, bootedLine, powerOff } = profile;
  if (mains.by !== 'line' && bootedLine === undefined) return undefined;
  if (lines === undefined) {
    return { read: () => ({ fault: 'this machine has no GPIO lines' }), close: () => {} };
  }
  const pin = mains.by === 'line' ? mainsPin(id, mains, lines) : undefined;
  const booted = bootedLine === undefined ? undefined : bootedOutput(id, bootedLine, lines);
  const read = (): LinesReading => {
    const level = withFault(() => pin?.read() ?? {});
    const held = withFault(() => booted?.hold() ?? {});
    const faults = [level.fault, held.fault].filter((one) => one !== undefined);
    return { ...level, ...(faults.length === 0 ? {} : { fault: faults.join('; ') }) };
  };
  const close = () => {
    pin?.close();
    booted?.close();
  };
  if (powerOff?.by !== 'button') return { read, close };
  const cutPower = async (signal: AbortSignal) => {
    booted?.hold();
    const spec = { name: `${id} button`, line: powerOff.line, isActiveLow: false };
    const button = lines.openOutput(spec, true);
    try {
      await clock.sleep(powerOff.pulseMs, signal);
      button.set(false);
      await clock.sleep(AFTER_BUTTON_MS, signal);
    } finally {
      button.close();
    }
    booted?.release();
  };
  return { read, close, cutPower };
}

function withFault(work: () => LinesReading): LinesReading {
  try {
    return work();
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

function mainsPin(id: string, mains: MainsProfile & { readonly by: 'line' }, lines: LineDriver) {
  const spec: InputSpec = {
    name: `${id} mains`,
    line: mains.line,
    isActiveLow: false,
    // Open when the board is off: pulled to where the mains are lost.
    bias: mains.lostWhen === 'high' ? 'pull-up' : 'pull-down',
    debounceMs: 0,
  };
  let handle: InputHandle | undefined;
  const close = () => {
    handle?.close();
    handle = undefined;
  };
  const read = (): LinesReading => {
    try {
      handle ??= lines.openInputs([spec], () => {}, close);
      return { isMainsPinHigh: handle.read().size > 0 };
    } catch (error) {
      close();
      throw error;
    }
  };
  return { read, close };
}

/** High while this process runs; the board watches it once its button was pressed. */
function bootedOutput(id: string, line: string, lines: LineDriver) {
  const spec = { name: `${id} booted`, line, isActiveLow: false };
  let handle: OutputHandle | undefined;
  const hold = (): LinesReading => {
    handle ??= lines.openOutput(spec, true);
    return {};
  };
  const close = () => {
    handle?.close();
    handle = undefined;
  };
  return { hold, release: () => handle?.set(false), close };
}
