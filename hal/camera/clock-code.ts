/**
 * A clock burned into a picture, for programs: one row of square cells that
 * survives scaling and low bitrates and is read back off decoded frames.
 *
 * ```
 * | white | black | 24 bits: time in ms mod 2^24, MSB first | 8 bits: check | black | white |
 * ```
 *
 * A cell is a 40th of the picture's width; the row stands at the top left, 36
 * cells long.
 */
export const CLOCK_MODULUS_MS = 2 ** 24;

const CELLS_ACROSS = 40;
const TIME_BITS = 24;
const CHECK_BITS = 8;
export const CLOCK_CELLS = 2 + TIME_BITS + CHECK_BITS + 2;

/** Side of a cell in pixels of a picture this wide. */
export function cellPx(widthPx: number): number {
  return widthPx / CELLS_ACROSS;
}

/** The cells of a time, true for white. */
export function renderClock(timeMs: number): readonly boolean[] {
  const time = Math.floor(timeMs) % CLOCK_MODULUS_MS;
  const bits = (value: number, count: number) =>
    Array.from({ length: count }, (_, i) => ((value >> (count - 1 - i)) & 1) === 1);
  return [true, false, ...bits(time, TIME_BITS), ...bits(check(time), CHECK_BITS), false, true];
}

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
  return isFramed && sum === check(time) ? time : undefined;
}

/** Not zero for zero, so that a black picture is no clock. */
function check(time: number): number {
  return ((time ^ (time >> 8) ^ (time >> 16)) & 0xff) ^ 0xa5;
}
