/** A look as one table over all colours of a video frame, so that a frame costs one load a pixel. Pure. */
import type { LookUp } from './apply.ts';

/** How R'G'B' makes Y'CbCr: BT.601 up to 576 lines, BT.709 above, as GStreamer takes it. */
export type Matrix = 'bt601' | 'bt709';

export function matrixOf(heightPx: number): Matrix {
  return heightPx > 576 ? 'bt709' : 'bt601';
}

/** Of red and blue in the luma: ITU-R BT.601-7 §2.5.1, BT.709-6 item 3.2. */
const WEIGHTS = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722] } as const;

/** Video range: luma 16 to 235, chroma 16 to 240. */
const CHROMA_MIN = 16;
const CHROMA_STEPS = 225;
const LUMA_STEPS = 256;

/**
 * For each Cb, Cr and Y, in this order, what is shown: Y in the lowest byte, Cb and Cr above.
 * Cb has four bits more than it needs, so that four entries can be added at once.
 */
export type LookTable = Uint32Array;

const CB_BIT = 8;
const CR_BIT = 20;
const SUM_MASK = 0xfff;

const ENTRIES = CHROMA_STEPS * CHROMA_STEPS * LUMA_STEPS;
/** 52 MB. */
export const TABLE_BYTES = ENTRIES * Uint32Array.BYTES_PER_ELEMENT;

/** Takes about a second: call it where nothing waits. */
export function buildTable(look: LookUp, matrix: Matrix): LookTable {
  const table = new Uint32Array(ENTRIES);
  const [kr, kb] = WEIGHTS[matrix];
  const kg = 1 - kr - kb;
  const out = new Float32Array(3);
  let at = 0;
  for (let cb = 0; cb < CHROMA_STEPS; cb += 1) {
    const b = ((cb - 112) / 112) * (1 - kb);
    for (let cr = 0; cr < CHROMA_STEPS; cr += 1) {
      const r = ((cr - 112) / 112) * (1 - kr);
      const g = -(kr * r + kb * b) / kg;
      for (let luma = 0; luma < LUMA_STEPS; luma += 1) {
        const y = (luma - 16) / 219;
        look(unit(y + r), unit(y + g), unit(y + b), out);
        const [red, green, blue] = [unit(out[0]), unit(out[1]), unit(out[2])];
        const light = kr * red + kg * green + kb * blue;
        const shownCb = Math.round(128 + (112 * (blue - light)) / (1 - kb));
        const shownCr = Math.round(128 + (112 * (red - light)) / (1 - kr));
        table[at] = Math.round(16 + 219 * light) | (shownCb << CB_BIT) | (shownCr << CR_BIT);
        at += 1;
      }
    }
  }
  return table;
}

/** @throws Error where the bytes are not those of a table. */
export function tableOf(bytes: Buffer): LookTable {
  if (bytes.length !== TABLE_BYTES) throw new Error('is no table of a look');
  return new Uint32Array(bytes.buffer, bytes.byteOffset, ENTRIES);
}

/** Draws an I420 frame through a table into `out`, of the same size. */
export function applyTable(
  frame: Uint8Array,
  out: Uint8Array,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  table: LookTable,
): void {
  const lumaBytes = widthPx * heightPx;
  const chromaBytes = lumaBytes / 4;
  const chromaWidthPx = widthPx / 2;
  for (let row = 0; row < heightPx / 2; row += 1) {
    let chroma = lumaBytes + row * chromaWidthPx;
    let luma = row * 2 * widthPx;
    const end = luma + widthPx;
    for (; luma < end; luma += 2, chroma += 1) {
      const cb = clampChroma(frame[chroma] as number);
      const cr = clampChroma(frame[chroma + chromaBytes] as number);
      const base = (cb * CHROMA_STEPS + cr) << 8;
      const below = luma + widthPx;
      const a = table[base + (frame[luma] as number)] as number;
      const b = table[base + (frame[luma + 1] as number)] as number;
      const c = table[base + (frame[below] as number)] as number;
      const d = table[base + (frame[below + 1] as number)] as number;
      out[luma] = a;
      out[luma + 1] = b;
      out[below] = c;
      out[below + 1] = d;
      // The four pixels share their chroma: the mean of what each would have.
      const sum = (a >>> CB_BIT) + (b >>> CB_BIT) + (c >>> CB_BIT) + (d >>> CB_BIT);
      out[chroma] = ((sum & SUM_MASK) + 2) >> 2;
      out[chroma + chromaBytes] = ((sum >>> (CR_BIT - CB_BIT)) + 2) >> 2;
    }
  }
}

function clampChroma(value: number): number {
  const step = value - CHROMA_MIN;
  return step < 0 ? 0 : step >= CHROMA_STEPS ? CHROMA_STEPS - 1 : step;
}

function unit(value = 0): number {
  return Math.min(1, Math.max(0, value));
}
