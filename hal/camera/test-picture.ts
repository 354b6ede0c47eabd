/** Draws the test picture: colour bars, the time, and a clock that tests read. */

import type { TestPicture } from '../gst/launch.ts';
import { CLOCK_CELLS, cellPx, renderClock } from './clock-code.ts';

/** Y, U, V of the bars: white, yellow, cyan, green, magenta, red, blue at 75 % (BT.601). */
const BARS = [
  [180, 128, 128],
  [162, 44, 142],
  [131, 156, 44],
  [112, 72, 58],
  [84, 184, 198],
  [65, 100, 212],
  [35, 212, 114],
] as const;

const LUMA_WHITE = 235;
const LUMA_BLACK = 16;

/**
 * Draws the test picture: bars, a square that sweeps across once in two
 * seconds, and the time burned in for programs.
 *
 * @returns a function that draws the frame for a Unix time into one I420
 *   buffer, which it uses again for the next frame.
 */
export function openTestPicture({ widthPx, heightPx }: TestPicture): (timeMs: number) => Buffer {
  const lumaBytes = widthPx * heightPx;
  const frame = drawBars(widthPx, heightPx);
  const bars = Buffer.from(frame.subarray(0, lumaBytes));
  const cell = cellPx(widthPx);
  const side = Math.round(heightPx / 6);
  const top = Math.round(heightPx / 2);

  return (timeMs) => {
    const sweptRows = [top * widthPx, (top + side) * widthPx] as const;
    bars.copy(frame, sweptRows[0], ...sweptRows);
    const left = Math.round(((timeMs % 2000) / 2000) * (widthPx - side));
    fill(frame, widthPx, { left, top, right: left + side, bottom: top + side }, LUMA_WHITE);
    for (const [i, isWhite] of renderClock(timeMs).entries()) {
      const right = Math.round((i + 1) * cell);
      const area = { left: Math.round(i * cell), top: 0, right, bottom: Math.round(cell) };
      fill(frame, widthPx, area, isWhite ? LUMA_WHITE : LUMA_BLACK);
    }
    return frame;
  };
}

/** The clock's row ends where {@link CLOCK_CELLS} end; bars start below it. */
function drawBars(widthPx: number, heightPx: number): Buffer {
  const lumaBytes = widthPx * heightPx;
  const chromaWidth = widthPx / 2;
  const chromaBytes = lumaBytes / 4;
  const frame = Buffer.alloc(lumaBytes + 2 * chromaBytes);
  const bar = (x: number, width: number) =>
    BARS[Math.min(BARS.length - 1, Math.floor((x * BARS.length) / width))] ?? BARS[0];
  for (let x = 0; x < widthPx; x += 1) frame[x] = bar(x, widthPx)[0];
  for (let y = 1; y < heightPx; y += 1) frame.copy(frame, y * widthPx, 0, widthPx);
  for (const [plane, component] of [1, 2].entries()) {
    const start = lumaBytes + plane * chromaBytes;
    for (let x = 0; x < chromaWidth; x += 1) {
      frame[start + x] = bar(x, chromaWidth)[component as 1 | 2];
    }
    for (let y = 1; y < heightPx / 2; y += 1) {
      frame.copy(frame, start + y * chromaWidth, start, start + chromaWidth);
    }
  }
  clearChroma(frame, lumaBytes, chromaWidth, Math.ceil(cellPx(widthPx) / 2), CLOCK_CELLS / 40);
  return frame;
}

/** The clock's cells are grey, whatever bar they stand on. */
function clearChroma(
  frame: Buffer,
  lumaBytes: number,
  chromaWidth: number,
  rows: number,
  share: number,
): void {
  const chromaBytes = lumaBytes / 4;
  for (const start of [lumaBytes, lumaBytes + chromaBytes]) {
    for (let y = 0; y < rows; y += 1) {
      const row = start + y * chromaWidth;
      frame.fill(128, row, row + Math.ceil(chromaWidth * share));
    }
  }
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function fill(frame: Buffer, widthPx: number, { left, top, right, bottom }: Area, luma: number) {
  for (let y = top; y < bottom; y += 1) frame.fill(luma, y * widthPx + left, y * widthPx + right);
}
