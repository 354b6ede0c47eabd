/** Reads back the clock that is burned into a picture. */
import { CHECK_BITS, CLOCK_CELLS, checkOf, TIME_BITS } from '../../hal/camera/clock-code.ts';

/**
 * Reads the time back.
 *
 * @param lumaAt Brightness of the picture, 0-255, at a position in cells.
 * @returns ms modulo 2^24, or undefined where no sound clock is seen.
 */
export function parseClock(lumaAt: (cellX: number, cellY: number) => number): number | undefined {
  const white = lumaAt(0.5, 0.5);
  const black = lumaAt(1.5, 0.5);
  if (white - black < 60) return undefined;
  const middle = (white + black) / 2;
  const bit = (i: number) => (lumaAt(i + 0.5, 0.5) > middle ? 1 : 0);
  let time = 0;
  for (let i = 0; i < TIME_BITS; i += 1) time = time * 2 + bit(2 + i);
  let sum = 0;
  for (let i = 0; i < CHECK_BITS; i += 1) sum = sum * 2 + bit(2 + TIME_BITS + i);
  const isFramed = bit(CLOCK_CELLS - 2) === 0 && bit(CLOCK_CELLS - 1) === 1;
  return isFramed && sum === checkOf(time) ? time : undefined;
}
