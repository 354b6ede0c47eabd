/**
 * The structures of the GPIO character device, uAPI v2, little-endian as on every
 * machine the box runs on. From include/uapi/linux/gpio.h:
 *
 *   gpiochip_info (68)         0 name[32]  32 label[32]  64 u32 lines
 *   gpio_v2_line_info (256)    0 name[32]  32 consumer[32]  64 u32 offset
 *                             68 u32 num_attrs  72 u64 flags  80 attrs …
 *   gpio_v2_line_request (592) 0 u32 offsets[64]  256 consumer[32]  288 config (272)
 *                            560 u32 num_lines  564 u32 event_buffer_size
 *                            568 u32 padding[5]  588 s32 fd
 *   gpio_v2_line_config (272)  0 u64 flags  8 u32 num_attrs  12 u32 padding[5]
 *                             32 attrs[10] of 24: u32 id, u32 -, u64 value, u64 line mask
 *   gpio_v2_line_values (16)   0 u64 bits  8 u64 mask
 *   gpio_v2_line_event (48)    0 u64 ns  8 u32 id  12 u32 offset  16 u32 seqno  20 u32 line seqno
 */
export const CHIP_INFO = { request: 0x8044b401n, bytes: 68 };
export const LINE_INFO = { request: 0xc100b405n, bytes: 256 };
export const LINE_REQUEST = { request: 0xc250b407n, bytes: 592 };
export const GET_VALUES = { request: 0xc010b40en, bytes: 16 };
export const SET_VALUES = { request: 0xc010b40fn, bytes: 16 };
export const EVENT_BYTES = 48;

const FLAG = {
  used: 1n << 0n,
  activeLow: 1n << 1n,
  input: 1n << 2n,
  output: 1n << 3n,
  risingEdge: 1n << 4n,
  fallingEdge: 1n << 5n,
  biasUp: 1n << 8n,
  biasDown: 1n << 9n,
  biasNone: 1n << 10n,
};

const ATTR_FLAGS = 1;
const ATTR_VALUES = 2;
const ATTR_DEBOUNCE = 3;

/** Attributes and lines that one request holds. */
const MAX_ATTRS = 10;
const MAX_LINES = 64;

export interface LineConfig {
  readonly offset: number;
  readonly isActiveLow: boolean;
  readonly use:
    | {
        readonly as: 'input';
        readonly bias: 'pull-up' | 'pull-down' | 'none';
        readonly debounceUs: number;
      }
    | { readonly as: 'output'; readonly isActive: boolean };
}

export function parseChipInfo(bytes: Buffer): { label: string; lines: number } {
  return { label: parseName(bytes, 32), lines: bytes.readUInt32LE(64) };
}

export function renderLineInfoQuery(offset: number): Buffer {
  const bytes = Buffer.alloc(LINE_INFO.bytes);
  bytes.writeUInt32LE(offset, 64);
  return bytes;
}

export function parseLineInfo(bytes: Buffer): { name: string; consumer: string; isUsed: boolean } {
  return {
    name: parseName(bytes, 0),
    consumer: parseName(bytes, 32),
    isUsed: (bytes.readBigUInt64LE(72) & FLAG.used) !== 0n,
  };
}

/**
 * A request for several lines of one chip. Lines with the same flags or the same
 * debounce time share an attribute; throws RangeError past {@link MAX_ATTRS} and past
 * 64 lines.
 */
export function renderLineRequest(
  lines: readonly LineConfig[],
  consumer: string,
  eventBuffer: number,
): Buffer {
  if (lines.length > MAX_LINES) throw new RangeError(`more than ${MAX_LINES} lines`);
  const bytes = Buffer.alloc(LINE_REQUEST.bytes);
  for (const [index, line] of lines.entries()) bytes.writeUInt32LE(line.offset, index * 4);
  bytes.write(consumer, 256, 31, 'latin1');
  const attrs = attributes(lines);
  if (attrs.length > MAX_ATTRS) throw new RangeError(`more than ${MAX_ATTRS} kinds of line`);
  bytes.writeUInt32LE(attrs.length, 288 + 8);
  for (const [index, attr] of attrs.entries()) {
    const at = 288 + 32 + index * 24;
    bytes.writeUInt32LE(attr.id, at);
    bytes.writeBigUInt64LE(attr.value, at + 8);
    bytes.writeBigUInt64LE(attr.mask, at + 16);
  }
  bytes.writeUInt32LE(lines.length, 560);
  bytes.writeUInt32LE(eventBuffer, 564);
  return bytes;
}

export function parseRequestedFd(bytes: Buffer): number {
  return bytes.readInt32LE(588);
}

export function renderValues(bits: bigint, mask: bigint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(bits, 0);
  bytes.writeBigUInt64LE(mask, 8);
  return bytes;
}

export function parseValues(bytes: Buffer): bigint {
  return bytes.readBigUInt64LE(0);
}

export interface LineEvent {
  /** CLOCK_MONOTONIC. */
  readonly atNs: bigint;
  readonly offset: number;
  readonly isActive: boolean;
  /** Counts over all lines of the request; a step of more than one is a loss. */
  readonly sequence: number;
}

/** Whole events in `bytes`; a cut one at the end is left out, since the kernel never writes one. */
export function parseEvents(bytes: Buffer): LineEvent[] {
  const events: LineEvent[] = [];
  for (let at = 0; at + EVENT_BYTES <= bytes.length; at += EVENT_BYTES) {
    events.push({
      atNs: bytes.readBigUInt64LE(at),
      // 1 is the rising edge of the logical level: active-low is already applied.
      isActive: bytes.readUInt32LE(at + 8) === 1,
      offset: bytes.readUInt32LE(at + 12),
      sequence: bytes.readUInt32LE(at + 16),
    });
  }
  return events;
}

interface Attribute {
  readonly id: number;
  readonly value: bigint;
  readonly mask: bigint;
}

function attributes(lines: readonly LineConfig[]): Attribute[] {
  const masks = new Map<string, Attribute>();
  const add = (id: number, value: bigint, line: number) => {
    const key = `${id}:${value}`;
    const mask = (masks.get(key)?.mask ?? 0n) | (1n << BigInt(line));
    masks.set(key, { id, value, mask });
  };
  let values: Attribute = { id: ATTR_VALUES, value: 0n, mask: 0n };
  for (const [index, line] of lines.entries()) {
    add(ATTR_FLAGS, flagsOf(line), index);
    if (line.use.as === 'output') {
      const bit = 1n << BigInt(index);
      const value = values.value | (line.use.isActive ? bit : 0n);
      values = { ...values, value, mask: values.mask | bit };
    } else if (line.use.debounceUs > 0) {
      add(ATTR_DEBOUNCE, BigInt(line.use.debounceUs), index);
    }
  }
  return values.mask === 0n ? [...masks.values()] : [...masks.values(), values];
}

function flagsOf({ isActiveLow, use }: LineConfig): bigint {
  const activeLow = isActiveLow ? FLAG.activeLow : 0n;
  if (use.as === 'output') return activeLow | FLAG.output;
  const bias = { 'pull-up': FLAG.biasUp, 'pull-down': FLAG.biasDown, none: FLAG.biasNone }[
    use.bias
  ];
  return activeLow | FLAG.input | FLAG.risingEdge | FLAG.fallingEdge | bias;
}

function parseName(bytes: Buffer, at: number): string {
  const text = bytes.toString('latin1', at, at + 32);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
