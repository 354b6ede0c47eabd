/** Burns the time into a picture, so that a rehearsal reads on the far side when it was captured. */
import { cellPx, renderClock } from '../../hal/camera/clock-code.ts';
import { BLACK, GREY, WHITE } from '../overlay/sprite.ts';

/** A copy of an I420 picture with the clock of `clock-code.ts` in its top left corner. */
export function stampClock(
  frame: Buffer,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  timeMs: number,
): Buffer {
  const stamped = Buffer.from(frame);
  const cells = renderClock(timeMs);
  const cell = cellPx(widthPx);
  const rows = Math.round(cell);
  for (const [i, isWhite] of cells.entries()) {
    const [left, right] = [Math.round(i * cell), Math.round((i + 1) * cell)];
    const luma = isWhite ? WHITE : BLACK;
    for (let y = 0; y < rows; y += 1) stamped.fill(luma, y * widthPx + left, y * widthPx + right);
  }
  const lumaBytes = widthPx * heightPx;
  const chromaWidth = widthPx / 2;
  const grey = Math.ceil((cells.length * cell) / 2);
  for (const plane of [lumaBytes, lumaBytes + lumaBytes / 4]) {
    for (let y = 0; y < Math.ceil(rows / 2); y += 1) {
      const row = plane + y * chromaWidth;
      stamped.fill(GREY, row, row + grey);
    }
  }
  return stamped;
}
