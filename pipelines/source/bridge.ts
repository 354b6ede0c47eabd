/** What viewers see while the camera brings nothing. Pure but for its buffers. */

/** From the camera, or what stands in its place. */
export type BridgePhase = 'live' | 'held' | 'dimmed' | 'title';

/** The last picture stands so long as it is, */
const DIM_AFTER_US = 2_000_000;
/** then darkened with a text, and then the title picture takes its place. */
const TITLE_AFTER_US = 10_000_000;
/** A camera that was asked to start has no picture for so long, and nothing is wrong. */
const HELD_AFTER_US = 400_000;

/** @param sinceUs Since the camera's last frame; undefined before its first. */
export function bridgePhase(sinceUs: number | undefined): BridgePhase {
  if (sinceUs === undefined || sinceUs >= TITLE_AFTER_US) return 'title';
  if (sinceUs >= DIM_AFTER_US) return 'dimmed';
  return sinceUs >= HELD_AFTER_US ? 'held' : 'live';
}

/** Video range of ITU-R BT.601/709. */
const BLACK = 16;
const WHITE = 235;
const GREY = 128;
/** What is left of the light. */
const DIMMED = 0.35;

/**
 * An I420 picture darkened, with a text over it.
 *
 * @param mask Coverage of the text, one byte a pixel of luma; empty for no text.
 */
export function dim(frame: Buffer, { widthPx, heightPx, mask }: Canvas): Buffer {
  const lumaBytes = widthPx * heightPx;
  const out = Buffer.allocUnsafe(frame.length);
  for (let i = 0; i < lumaBytes; i += 1) {
    const dark = BLACK + ((frame[i] ?? BLACK) - BLACK) * DIMMED;
    const cover = (mask[i] ?? 0) / 255;
    out[i] = dark + (WHITE - dark) * cover;
  }
  for (let i = lumaBytes; i < frame.length; i += 1) {
    out[i] = GREY + ((frame[i] ?? GREY) - GREY) * DIMMED;
  }
  return out;
}

export interface Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly mask: Uint8Array;
}

/** A black I420 picture. */
export function black(widthPx: number, heightPx: number): Buffer {
  const lumaBytes = widthPx * heightPx;
  return Buffer.alloc((lumaBytes * 3) / 2, GREY).fill(BLACK, 0, lumaBytes);
}
