/** What is drawn over each frame: opaque grey rectangles, so that a frame costs some row copies. */

/** Where something lies in the camera's picture, in pixels. */
export interface Area {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A grey picture and its place; `leftPx` and `topPx` are even, as I420's chroma is halved. */
export interface Sprite extends Area {
  /** One byte a pixel, video range (16 to 235), in base64: messages between processes are JSON. */
  readonly luma: string;
}

/** Video range of ITU-R BT.601/709. */
export const BLACK = 16;
export const WHITE = 235;
export const GREY = 128;

/** A row of one plane, and what belongs there. */
interface Row {
  readonly at: number;
  readonly bytes: Buffer;
}

/** The sprites over the frames of one size. */
export class SpriteLayer {
  readonly #widthPx: number;
  readonly #heightPx: number;
  #rows: readonly Row[] = [];

  constructor({ widthPx, heightPx }: Pick<Area, 'widthPx' | 'heightPx'>) {
    this.#widthPx = widthPx;
    this.#heightPx = heightPx;
  }

  /** From the next frame on; what does not fit into the picture is left out. */
  set(sprites: readonly Sprite[]): void {
    this.#rows = sprites.flatMap((sprite) => (this.#fits(sprite) ? this.#rowsOf(sprite) : []));
  }

  /**
   * Calls `use` while the sprites are in the I420 frame. The frame is as before afterwards:
   * it may be shown again without them, or be another's too.
   */
  over(frame: Buffer, use: () => void): void {
    const before = this.#rows.map(({ at, bytes }) => {
      const saved = Buffer.from(frame.subarray(at, at + bytes.length));
      bytes.copy(frame, at);
      return { at, saved };
    });
    try {
      use();
    } finally {
      // The last one first: where two overlap, it has saved the other's pixels.
      for (const { at, saved } of before.reverse()) saved.copy(frame, at);
    }
  }

  #fits({ leftPx, topPx, widthPx, heightPx, luma }: Sprite): boolean {
    const isInside =
      Math.min(leftPx, topPx) >= 0 &&
      leftPx + widthPx <= this.#widthPx &&
      topPx + heightPx <= this.#heightPx;
    const isEven = leftPx % 2 === 0 && topPx % 2 === 0;
    return isInside && isEven && Buffer.byteLength(luma, 'base64') === widthPx * heightPx;
  }

  #rowsOf({ leftPx, topPx, widthPx, heightPx, luma }: Sprite): readonly Row[] {
    const pixels = Buffer.from(luma, 'base64');
    const rows: Row[] = [];
    for (let y = 0; y < heightPx; y += 1) {
      const bytes = pixels.subarray(y * widthPx, (y + 1) * widthPx);
      rows.push({ at: (topPx + y) * this.#widthPx + leftPx, bytes });
    }
    const lumaBytes = this.#widthPx * this.#heightPx;
    const chromaWidthPx = this.#widthPx / 2;
    const grey = Buffer.alloc(Math.ceil(widthPx / 2), GREY);
    for (const plane of [0, 1]) {
      const start = lumaBytes + (plane * lumaBytes) / 4;
      for (let y = 0; y < Math.ceil(heightPx / 2); y += 1) {
        const at = start + (topPx / 2 + y) * chromaWidthPx + leftPx / 2;
        rows.push({ at, bytes: grey });
      }
    }
    return rows;
  }
}
