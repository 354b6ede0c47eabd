/** Lists the formats, sizes and rates of a V4L2 camera. */
import type { FileHandle } from 'node:fs/promises';
import { ioctl } from '../os/libc/ioctl.ts';
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

/** The kernel answers these from the driver's tables: hundreds of them take a few milliseconds. */
export function listModes({ fd }: FileHandle, captureType: number): CameraMode[] {
  const formats = listAll(MAX_FORMATS, (index) => renderFormatQuery(index, captureType), {
    ask: (bytes) => ioctl(fd, ENUM_FMT.request, bytes, 'formats'),
    parse: parseFormat,
  });
  return formats.flatMap(({ code, fourcc: format }) =>
    listSizes(fd, code, captureType).map((size): CameraMode => {
      const rates = listRates(fd, code, size, captureType);
      const fps = Math.max(...rates.map(({ fastest }) => fpsOf(fastest)));
      const most = rates.length === 0 ? {} : { fps: Math.round(fps * 100) / 100 };
      return { format, ...size, ...most, rates };
    }),
  );
}

/** Some analogue grabbers list no sizes: they have the one of their television standard. */
function listSizes(fd: number, code: number, captureType: number): readonly FrameSize[] {
  const sizes = listAll(MAX_SIZES, (index) => renderSizeQuery(index, code), {
    ask: (bytes) => ioctl(fd, ENUM_SIZES.request, bytes, 'sizes'),
    parse: parseSize,
  });
  if (sizes.length > 0) return sizes;
  return listAll(1, () => renderPresentQuery(GET_FMT.bytes, captureType), {
    ask: (bytes) => ioctl(fd, GET_FMT.request, bytes, 'size'),
    parse: parsePresentSize,
  });
}

/** And no rates. */
function listRates(
  fd: number,
  code: number,
  size: FrameSize,
  captureType: number,
): readonly RateRange[] {
  const rates = listAll(MAX_INTERVALS, (index) => renderIntervalQuery(index, code, size), {
    ask: (bytes) => ioctl(fd, ENUM_INTERVALS.request, bytes, 'intervals'),
    parse: parseInterval,
  });
  const present = () =>
    listAll(1, () => renderPresentQuery(GET_PARM.bytes, captureType), {
      ask: (bytes) => ioctl(fd, GET_PARM.request, bytes, 'rate'),
      parse: parsePresentRate,
    });
  return (rates.length > 0 ? rates : present()).filter((rate) => rate !== undefined);
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
