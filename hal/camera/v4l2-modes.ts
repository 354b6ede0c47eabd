/** Lists the formats, sizes and rates of a V4L2 camera. */
import type { FileHandle } from 'node:fs/promises';
import { ioctl } from '../os/libc/ioctl.ts';
import { type Size, sizeInRange } from './choose-mode.ts';
import { type CameraMode, fpsOf, type RateRange } from './found.ts';
import {
  ENUM_FMT,
  ENUM_INTERVALS,
  ENUM_SIZES,
  type FrameSize,
  GET_FMT,
  GET_PARM,
  parseFormat,
  parseInterval,
  parsePresentRate,
  parsePresentSize,
  parseSize,
  renderFormatQuery,
  renderIntervalQuery,
  renderPresentQuery,
  renderSizeQuery,
} from './v4l2-uapi.ts';

/** A driver that goes on listing for ever is not believed for longer. */
const MAX_FORMATS = 32;
const MAX_SIZES = 64;
const MAX_INTERVALS = 32;

/** Asks the driver to fill in a structure; throws where it refuses. */
export type Ask = (request: bigint, bytes: Buffer, what: string) => void;

/**
 * The kernel answers these from the driver's tables: hundreds of them take a few milliseconds.
 *
 * @param wanted Of a range that the driver lists, the size that is nearest to it is a mode of its
 * own, with the rates at that size; without it the largest.
 */
export function listModes(
  { fd }: FileHandle,
  captureType: number,
  wanted?: Size,
): readonly CameraMode[] {
  return modesOf((request, bytes, what) => ioctl(fd, request, bytes, what), captureType, wanted);
}

/** As {@link listModes}, of whatever answers. */
export function modesOf(ask: Ask, captureType: number, wanted?: Size): readonly CameraMode[] {
  const formats = listAll(MAX_FORMATS, (index) => renderFormatQuery(index, captureType), {
    ask: (bytes) => ask(ENUM_FMT.request, bytes, 'formats'),
    parse: parseFormat,
  });
  return formats.flatMap(({ code, fourcc: format }) => {
    const modeOf = (size: FrameSize, rates: readonly RateRange[]): CameraMode => {
      const fps = Math.max(...rates.map(({ fastest }) => fpsOf(fastest)));
      const most = rates.length === 0 ? {} : { fps: Math.round(fps * 100) / 100 };
      return { format, ...size, ...most, rates };
    };
    const listed = listSizes(ask, code).map((size) =>
      size.range === undefined || wanted === undefined ? size : sizeInRange(size, wanted),
    );
    if (listed.length > 0) return listed.map((size) => modeOf(size, listRates(ask, code, size)));
    return presentSize(ask, captureType).map((size) => {
      const rates = listRates(ask, code, size);
      return modeOf(size, rates.length > 0 ? rates : presentRate(ask, captureType));
    });
  });
}

function listSizes(ask: Ask, code: number): readonly FrameSize[] {
  return listAll(MAX_SIZES, (index) => renderSizeQuery(index, code), {
    ask: (bytes) => ask(ENUM_SIZES.request, bytes, 'sizes'),
    parse: parseSize,
  });
}

function listRates(ask: Ask, code: number, size: FrameSize): readonly RateRange[] {
  return listAll(MAX_INTERVALS, (index) => renderIntervalQuery(index, code, size), {
    ask: (bytes) => ask(ENUM_INTERVALS.request, bytes, 'intervals'),
    parse: parseInterval,
  }).filter((rate) => rate !== undefined);
}

/** Some analogue grabbers list no sizes: they have the one of their television standard, */
function presentSize(ask: Ask, captureType: number): readonly FrameSize[] {
  return listAll(1, () => renderPresentQuery(GET_FMT.bytes, captureType), {
    ask: (bytes) => ask(GET_FMT.request, bytes, 'size'),
    parse: parsePresentSize,
  });
}

/** and its rate, which says nothing of other sizes. */
function presentRate(ask: Ask, captureType: number): readonly RateRange[] {
  return listAll(1, () => renderPresentQuery(GET_PARM.bytes, captureType), {
    ask: (bytes) => ask(GET_PARM.request, bytes, 'rate'),
    parse: parsePresentRate,
  }).filter((rate) => rate !== undefined);
}

/** Asks for index after index until one is refused. */
function listAll<T>(
  max: number,
  render: (index: number) => Buffer,
  { ask, parse }: { readonly ask: (bytes: Buffer) => void; readonly parse: (bytes: Buffer) => T },
): T[] {
  const all: T[] = [];
  while (all.length < max) {
    const bytes = render(all.length);
    try {
      ask(bytes);
    } catch {
      break;
    }
    all.push(parse(bytes));
  }
  return all;
}
