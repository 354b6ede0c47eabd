/** Chooses the mode in which a camera gives its picture: the nearest to what is asked for. Pure. */
import { type CameraMode, type FrameRate, fpsOf, type RateRange } from './found.ts';
import type { CameraConfig } from './port.ts';

export interface ChosenMode {
  readonly format: 'raw' | 'mjpeg';
  readonly width: number;
  readonly height: number;
  /** Left out where the driver does not know it. */
  readonly rate?: FrameRate;
}

/** What GStreamer takes as video/x-raw, by the kernel's four characters. */
const RAW: ReadonlySet<string> = new Set(
  'YUYV YVYU UYVY VYUY NV12 NV21 NV16 NV61 NV24 NM12 NM21 YU12 YV12 YM12 422P 411P RGB3 BGR3 RGBP XR24 BX24 XB24 RGB4 BGR4 GREY'.split(
    ' ',
  ),
);
const JPEG: ReadonlySet<string> = new Set(['MJPG', 'JPEG']);

/*
 * Costs are natural logarithms of how far a mode is from what is asked for. What is missing
 * cannot be had again, and counts more than what is thrown away.
 */
const MISSING = 3;
/** A size has two sides: the work with what is thrown away goes by its pixels. */
const PIXELS = 2;
/** Bars beside the picture are worse than a picture less sharp. */
const BARS = 4;
/** A decoder's work, or what a format that was not asked for loses: a quarter more or less. */
const OTHER_FORMAT = 0.25;

type Wanted = Pick<CameraConfig, 'format' | 'width' | 'height' | 'fps'>;

/** Undefined where no mode has a format that can be used. */
export function chooseMode(modes: readonly CameraMode[], wanted: Wanted): ChosenMode | undefined {
  const possible = modes.flatMap((mode) => {
    const format = formatOf(mode);
    if (format === undefined) return [];
    const size = sizeInRange(mode, wanted);
    const rate = nearestRate(mode.rates ?? [], wanted.fps);
    const cost =
      sizeCost(size, wanted) +
      (rate === undefined ? 0 : rateCost(fpsOf(rate), wanted.fps)) +
      (format === wanted.format ? 0 : OTHER_FORMAT);
    return [{ cost, chosen: { format, ...size, ...(rate && { rate }) } }];
  });
  return possible.toSorted((a, b) => a.cost - b.cost)[0]?.chosen;
}

function formatOf({ format }: CameraMode): ChosenMode['format'] | undefined {
  if (RAW.has(format)) return 'raw';
  return JPEG.has(format) ? 'mjpeg' : undefined;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of a range, what is asked for where it has that. */
export function sizeInRange(
  { width, height, range }: Pick<CameraMode, 'width' | 'height' | 'range'>,
  wanted: Size,
): Size {
  if (range === undefined) return { width, height };
  const { minWidth, minHeight, widthStep, heightStep } = range;
  return {
    width: inSteps(wanted.width, minWidth, width, widthStep),
    height: inSteps(wanted.height, minHeight, height, heightStep),
  };
}

function inSteps(wanted: number, min: number, max: number, step: number): number {
  const inside = Math.min(max, Math.max(min, wanted));
  return min + Math.floor((inside - min) / step) * step;
}

function sizeCost({ width, height }: Size, wanted: Wanted): number {
  const scale = Math.min(wanted.width / width, wanted.height / height);
  const filled = (width * height * scale ** 2) / (wanted.width * wanted.height);
  const cost = scale > 1 ? MISSING * Math.log(scale) : -PIXELS * Math.log(scale);
  return cost - BARS * Math.log(filled);
}

function rateCost(fps: number, wanted: number): number {
  return fps < wanted ? MISSING * Math.log(wanted / fps) : Math.log(fps / wanted);
}

function nearestRate(rates: readonly RateRange[], wanted: number): FrameRate | undefined {
  const nearest = rates.map(({ fastest, slowest }): FrameRate => {
    if (fpsOf(fastest) <= wanted) return fastest;
    return fpsOf(slowest) >= wanted ? slowest : { numerator: wanted, denominator: 1 };
  });
  return nearest.toSorted((a, b) => rateCost(fpsOf(a), wanted) - rateCost(fpsOf(b), wanted))[0];
}
