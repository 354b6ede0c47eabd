/** Which board it is: by its name in the config, or by what answers on the bus. */
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { BOARDS, type BoardProfile } from './boards.ts';
import type { I2cBus } from './registers.ts';

/** Addresses that many different chips and boards share: what answers there is never guessed. */
function isSharedAddress(address: number): boolean {
  return address === 0x36 || (address >= 0x40 && address <= 0x4f);
}

export type BoardChoice =
  | { readonly kind: 'board'; readonly board: BoardProfile }
  | { readonly kind: 'none' }
  /** The config must name one of these. */
  | {
      readonly kind: 'ambiguous';
      readonly address: number;
      readonly candidates: readonly string[];
    };

/**
 * The board by its configured id, or by the addresses at which one answers, but only where
 * one board alone can be meant.
 */
export function chooseBoard(configured: string, answering: readonly number[]): BoardChoice {
  if (configured !== 'auto') {
    const board = BOARDS.find(({ id }) => id === configured);
    return board === undefined ? { kind: 'none' } : { kind: 'board', board };
  }
  const fits = BOARDS.filter(({ address }) => answering.includes(address));
  const [first] = fits;
  if (first === undefined) return { kind: 'none' };
  if (fits.length === 1 && !isSharedAddress(first.address)) return { kind: 'board', board: first };
  return { kind: 'ambiguous', address: first.address, candidates: fits.map(({ id }) => id) };
}

/** Controllers are busy now and then, and a moment's fault at the start would last to the next one. */
const TRIES = 3;
const BETWEEN_MS = 100;

/**
 * Addresses at which a known board answers, or a chip that may be one. Only those are touched, and
 * again where none was found.
 *
 * @throws HalError TIMEOUT when the bus hangs: who is on it is then not known.
 */
export async function listAnswering(
  bus: I2cBus,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const found = await listNow(bus, signal);
  for (let tries = 1; tries < TRIES && found.length === 0; tries += 1) {
    await clock.sleep(BETWEEN_MS, signal);
    found.push(...(await listNow(bus, signal)));
  }
  return found;
}

async function listNow(bus: I2cBus, signal: AbortSignal): Promise<number[]> {
  const addresses = [...new Set(BOARDS.map(({ address }) => address))];
  const found: number[] = [];
  for (const address of addresses) {
    try {
      const chip = bus.at(address, signal);
      await chip.readByte(0x02);
      const isOne = BOARDS.find((board) => board.address === address)?.isOne;
      if ((await isOne?.(chip)) !== false) found.push(address);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HalError && error.code === 'TIMEOUT') throw error;
    }
  }
  return found;
}
