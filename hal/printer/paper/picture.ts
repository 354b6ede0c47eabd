/** Dots on paper: one byte a dot, 1 is black, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly dots: Uint8Array;
}

export function blankPicture(width: number, height: number): Picture {
  return { width, height, dots: new Uint8Array(width * height) };
}

/** Blackens the dots of `source` at a place of `target`; what lies outside is cut off. */
export function drawPicture(target: Picture, source: Picture, left: number, top: number): void {
  for (let y = 0; y < source.height; y += 1) {
    for (let x = 0; x < source.width; x += 1) {
      if (source.dots[y * source.width + x] === 1) drawDot(target, left + x, top + y);
    }
  }
}

export function drawDot({ width, height, dots }: Picture, x: number, y: number): void {
  if (x >= 0 && x < width && y >= 0 && y < height) dots[y * width + x] = 1;
}

/** Packs rows into bytes, left dot in the highest bit, as `GS v 0` wants them. */
export function packRows({ width, height, dots }: Picture): Buffer {
  const rowBytes = Math.ceil(width / 8);
  const bytes = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (dots[y * width + x] === 0) continue;
      const at = y * rowBytes + (x >> 3);
      bytes[at] = (bytes[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return bytes;
}

export function unpackRows(bytes: Uint8Array, rowBytes: number, height: number): Picture {
  const picture = blankPicture(rowBytes * 8, height);
  for (let index = 0; index < rowBytes * 8 * height; index += 1) {
    const byte = bytes[index >> 3] ?? 0;
    picture.dots[index] = (byte >> (7 - (index & 7))) & 1;
  }
  return picture;
}

/** A grey picture, one byte a pixel, 0 is black. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Floyd and Steinberg's error diffusion. Cut to `maxWidth` dots, never scaled. */
export function dither(grey: GreyPicture, maxWidth: number): Picture {
  const width = Math.min(grey.width, maxWidth);
  const picture = blankPicture(width, grey.height);
  // Errors of this row and the next, with a column to spare on either side.
  let here = new Float32Array(width + 2);
  let below = new Float32Array(width + 2);
  for (let y = 0; y < grey.height; y += 1) {
    below.fill(0);
    for (let x = 0; x < width; x += 1) {
      const value = (grey.pixels[y * grey.width + x] ?? 255) + (here[x + 1] ?? 0);
      const isBlack = value < 128;
      if (isBlack) picture.dots[y * width + x] = 1;
      const error = (isBlack ? value : value - 255) / 16;
      here[x + 2] = (here[x + 2] ?? 0) + error * 7;
      below[x] = (below[x] ?? 0) + error * 3;
      below[x + 1] = (below[x + 1] ?? 0) + error * 5;
      below[x + 2] = (below[x + 2] ?? 0) + error;
    }
    [here, below] = [below, here];
  }
  return picture;
}
