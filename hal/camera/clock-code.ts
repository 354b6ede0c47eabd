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
export const TIME_BITS = 24;
export const CHECK_BITS = 8;
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
  return [true, false, ...bits(time, TIME_BITS), ...bits(checkOf(time), CHECK_BITS), false, true];
}

/** Not zero for zero, so that a black picture is no clock. */
export function checkOf(time: number): number {
  return ((time ^ (time >> 8) ^ (time >> 16)) & 0xff) ^ 0xa5;
}
