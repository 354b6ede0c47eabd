/**
 * The structures of V4L2 that the box asks with, little-endian as on every machine
 * it runs on. From include/uapi/linux/videodev2.h:
 *
 *   v4l2_capability (104)   0 driver[16]  16 card[32]  48 bus_info[32]  80 u32 version
 *                          84 u32 capabilities  88 u32 device_caps
 *   v4l2_fmtdesc (64)       0 u32 index  4 u32 type  8 u32 flags  12 description[32]
 *                          44 u32 pixelformat
 *   v4l2_frmsizeenum (44)   0 u32 index  4 u32 pixel_format  8 u32 type
 *                          12 discrete: u32 width, height
 *                             stepwise: u32 min, max, step of the width, then of the height
 *   v4l2_frmivalenum (52)   0 u32 index  4 u32 pixel_format  8 u32 width  12 u32 height
 *                          16 u32 type  20 fraction u32/u32, the shortest of a range
 *                          28 the longest of a range
 *   v4l2_format (208)       0 u32 type  8 u32 width, height
 *   v4l2_streamparm (204)   0 u32 type  12 fraction u32/u32
 *   v4l2_queryctrl (68)     0 u32 id  4 u32 type  8 name[32]  40 s32 min  44 s32 max
 *                          48 s32 step  52 s32 default  56 u32 flags
 *   v4l2_control (8)        0 u32 id  4 s32 value
 */
import type { FrameRate, RateRange, SizeRange } from './found.ts';

export const QUERY_CAP = { request: 0x80685600n, bytes: 104 };
export const ENUM_FMT = { request: 0xc0405602n, bytes: 64 };
export const ENUM_SIZES = { request: 0xc02c564an, bytes: 44 };
export const ENUM_INTERVALS = { request: 0xc034564bn, bytes: 52 };
export const GET_FMT = { request: 0xc0d05604n, bytes: 208 };
export const GET_PARM = { request: 0xc0cc5615n, bytes: 204 };
export const QUERY_CTRL = { request: 0xc0445624n, bytes: 68 };
export const GET_CTRL = { request: 0xc008561bn, bytes: 8 };
export const SET_CTRL = { request: 0xc008561cn, bytes: 8 };

const CAP_CAPTURE = 0x1;
const CAP_CAPTURE_MPLANE = 0x1000;
const CAP_STREAMING = 0x0400_0000;
const CAP_DEVICE_CAPS = 0x8000_0000;
const BUF_TYPE_CAPTURE = 1;
const BUF_TYPE_CAPTURE_MPLANE = 9;

export interface V4l2Caps {
  readonly driver: string;
  /** What its maker calls it. */
  readonly card: string;
  /** Where it is plugged in: `usb-0000:01:00.0-1.4`. */
  readonly busInfo: string;
  /** The buffer type it captures with; undefined for codecs, outputs and metadata. */
  readonly captureType: number | undefined;
}

export function parseCaps(bytes: Buffer): V4l2Caps {
  const all = bytes.readUInt32LE(84);
  // The node's own capabilities, where the driver reports them beside the device's.
  const caps = (all & CAP_DEVICE_CAPS) !== 0 ? bytes.readUInt32LE(88) : all;
  return {
    driver: parseText(bytes, 0, 16),
    card: parseText(bytes, 16, 32),
    busInfo: parseText(bytes, 48, 32),
    captureType: captureTypeOf(caps),
  };
}

function captureTypeOf(caps: number): number | undefined {
  if ((caps & CAP_STREAMING) === 0) return undefined;
  if ((caps & CAP_CAPTURE) !== 0) return BUF_TYPE_CAPTURE;
  return (caps & CAP_CAPTURE_MPLANE) !== 0 ? BUF_TYPE_CAPTURE_MPLANE : undefined;
}

export function renderFormatQuery(index: number, captureType: number): Buffer {
  return words(ENUM_FMT.bytes, [index, captureType]);
}

/** The format's four characters as a number, and as text: `YUYV`, `MJPG`. */
export function parseFormat(bytes: Buffer): { readonly code: number; readonly fourcc: string } {
  const fourcc = bytes.toString('latin1', 44, 48).replace(/[^ -~]/g, '?');
  return { code: bytes.readUInt32LE(44), fourcc: fourcc.trim() };
}

export function renderSizeQuery(index: number, code: number): Buffer {
  return words(ENUM_SIZES.bytes, [index, code]);
}

export interface FrameSize {
  readonly width: number;
  readonly height: number;
  /** Of a range, of which the driver lists no single sizes; the size is its largest. */
  readonly range?: SizeRange;
}

export function parseSize(bytes: Buffer): FrameSize {
  const at = (offset: number) => bytes.readUInt32LE(offset);
  if (at(8) === 1) return { width: at(12), height: at(16) };
  const range = {
    minWidth: at(12),
    minHeight: at(24),
    // 0 in a range without steps.
    widthStep: Math.max(1, at(20)),
    heightStep: Math.max(1, at(32)),
  };
  return { width: at(16), height: at(28), range };
}

export function renderIntervalQuery(
  index: number,
  code: number,
  { width, height }: FrameSize,
): Buffer {
  return words(ENUM_INTERVALS.bytes, [index, code, width, height]);
}

/** A single rate as the fastest and the slowest; undefined for 0/0. */
export function parseInterval(bytes: Buffer): RateRange | undefined {
  const fastest = rateAt(bytes, 20);
  if (fastest === undefined) return undefined;
  const slowest = bytes.readUInt32LE(16) > 1 ? rateAt(bytes, 28) : undefined;
  return { fastest, slowest: slowest ?? fastest };
}

/** Asks for the present size, or with {@link GET_PARM} for the present rate. */
export function renderPresentQuery(bytes: number, captureType: number): Buffer {
  return words(bytes, [captureType]);
}

export function parsePresentSize(bytes: Buffer): FrameSize {
  return { width: bytes.readUInt32LE(8), height: bytes.readUInt32LE(12) };
}

export function parsePresentRate(bytes: Buffer): RateRange | undefined {
  const rate = rateAt(bytes, 12);
  return rate && { fastest: rate, slowest: rate };
}

/** V4L2 has the time between two frames: the rate is its inverse. */
function rateAt(bytes: Buffer, at: number): FrameRate | undefined {
  const [denominator, numerator] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
  return numerator === 0 || denominator === 0 ? undefined : { numerator, denominator };
}

export function renderControlQuery(id: number): Buffer {
  return words(QUERY_CTRL.bytes, [id]);
}

const CTRL_DISABLED = 0x1;
const CTRL_READ_ONLY = 0x4;

/** Whether a control that was found can be set. */
export function isSettable(bytes: Buffer): boolean {
  return (bytes.readUInt32LE(56) & (CTRL_DISABLED | CTRL_READ_ONLY)) === 0;
}

export function renderControl(id: number, value = 0): Buffer {
  const bytes = words(GET_CTRL.bytes, [id]);
  bytes.writeInt32LE(value, 4);
  return bytes;
}

export function parseControl(bytes: Buffer): number {
  return bytes.readInt32LE(4);
}

function words(length: number, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

function parseText(bytes: Buffer, at: number, length: number): string {
  const text = bytes.toString('utf8', at, at + length);
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}
