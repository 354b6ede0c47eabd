/**
 * Reads boxes of ISO/IEC 14496-12 in memory. The bytes may come from a disk that has
 * lost its power: readers return for any bytes.
 */

export interface Box {
  readonly type: string;
  /** Offset of its size field in the buffer. */
  readonly start: number;
  /** Offset of what follows size and type. */
  readonly content: number;
  readonly end: number;
}

/** The boxes of one level in `bytes`, up to the first incomplete one. */
export function boxesIn(bytes: Buffer, from = 0, to: number = bytes.length): readonly Box[] {
  const boxes: Box[] = [];
  let at = from;
  while (at + 8 <= to) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > to) break;
    boxes.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      start: at,
      content: at + 8,
      end: at + size,
    });
    at += size;
  }
  return boxes;
}

/** Follows a path of types, taking the first box of each: `moov`, `trak`, `tkhd`. */
export function findBox(bytes: Buffer, ...path: readonly string[]): Box | undefined {
  let found: Box | undefined;
  for (const type of path) {
    const inside = boxesIn(bytes, found?.content ?? 0, found?.end ?? bytes.length);
    found = inside.find((box) => box.type === type);
    if (found === undefined) return undefined;
  }
  return found;
}
