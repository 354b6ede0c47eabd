/** Which of a camera's modes is taken. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseMode } from '../../../hal/camera/choose-mode.ts';
import type { CameraMode } from '../../../hal/camera/found.ts';
import { type Ask, modesOf as modesOfDriver } from '../../../hal/camera/v4l2-modes.ts';
import {
  ENUM_FMT,
  ENUM_INTERVALS,
  ENUM_SIZES,
  GET_FMT,
  GET_PARM,
} from '../../../hal/camera/v4l2-uapi.ts';

const test = suite('camera modes');

const HD = { format: 'raw', width: 1280, height: 720, fps: 30 } as const;

/** `YUYV 640x480 30 15`, a mode with its rates; `30000/1001` is a rate, too. */
function modesOf(lines: readonly string[]): readonly CameraMode[] {
  return lines.map((line) => {
    const [format = '', size = '', ...fps] = line.split(' ');
    const [width = 0, height = 0] = size.split('x').map(Number);
    const rates = fps.map((text) => {
      const [numerator = 0, denominator = 1] = text.split('/').map(Number);
      return { fastest: { numerator, denominator }, slowest: { numerator, denominator } };
    });
    return { format, width, height, rates };
  });
}

/** As `format width height rate`. */
function chosen(modes: readonly CameraMode[], wanted: Parameters<typeof chooseMode>[1] = HD) {
  const mode = chooseMode(modes, wanted);
  if (mode === undefined) return 'none';
  const { format, width, height, rate } = mode;
  const fps = rate === undefined ? 'any' : `${rate.numerator}/${rate.denominator}`;
  return `${format} ${width}x${height} ${fps}`;
}

/** As `v4l2-ctl --list-formats-ext` lists them. */
const CAMERAS: readonly (readonly [string, readonly string[], string])[] = [
  [
    'a USB 2 webcam is slow in raw 720p: it sends JPEG',
    ['YUYV 640x480 30 15', 'YUYV 1280x720 10 5', 'MJPG 640x480 30', 'MJPG 1280x720 30 15'],
    'mjpeg 1280x720 30/1',
  ],
  [
    'a webcam without JPEG: motion counts more than sharpness',
    ['YUYV 640x480 30', 'YUYV 640x360 30', 'YUYV 1280x720 10'],
    'raw 640x360 30/1',
  ],
  [
    'and more than bars beside the picture',
    ['YUYV 640x480 30', 'YUYV 1280x720 10'],
    'raw 640x480 30/1',
  ],
  [
    'a webcam with all of it in raw',
    ['MJPG 1280x720 60 30', 'NV12 1280x720 60 30'],
    'raw 1280x720 30/1',
  ],
  [
    'a webcam that sends JPEG only',
    ['MJPG 1920x1080 30', 'MJPG 1280x720 30'],
    'mjpeg 1280x720 30/1',
  ],
  ['a PAL grabber', ['UYVY 720x576 25'], 'raw 720x576 25/1'],
  ['an NTSC grabber', ['YUYV 720x480 30000/1001'], 'raw 720x480 30000/1001'],
  ['a grabber whose driver lists no rates', ['YUYV 720x576'], 'raw 720x576 any'],
  [
    'an HDMI grabber on USB 2',
    ['MJPG 1920x1080 60 30', 'MJPG 1280x720 60 50 30', 'YUYV 1920x1080 5', 'YUYV 1280x720 10'],
    'mjpeg 1280x720 30/1',
  ],
  [
    'one that sends what comes in',
    ['YUYV 1920x1080 25', 'NV12 1920x1080 25'],
    'raw 1920x1080 25/1',
  ],
  ['one at 59.94', ['NV12 1280x720 60000/1001'], 'raw 1280x720 60000/1001'],
  ['a sensor with an H.264 encoder', ['H264 1280x720 30', 'YUYV 640x360 30'], 'raw 640x360 30/1'],
  [
    'more rate is thrown away before four times the pixels, and more',
    ['YUYV 3840x2160 30', 'YUYV 1920x1080 60'],
    'raw 1920x1080 60/1',
  ],
  [
    'rather too many pixels than too few',
    ['YUYV 1920x1080 30', 'YUYV 960x540 30'],
    'raw 1920x1080 30/1',
  ],
  ['nothing that can be read', ['H264 1280x720 30', 'pBAA 1280x720 30'], 'none'],
];

for (const [name, lines, expected] of CAMERAS) {
  test(`for 720p at 30: ${name}`, () => {
    assert.is(chosen(modesOf(lines)), expected);
  });
}

test('the preferred format is taken where the camera has both', () => {
  const both = modesOf(['YUYV 1280x720 30', 'MJPG 1280x720 30']);
  assert.is(chosen(both), 'raw 1280x720 30/1');
  assert.is(chosen(both, { ...HD, format: 'mjpeg' }), 'mjpeg 1280x720 30/1');
  assert.is(chosen(modesOf(['YUYV 1280x720 30']), { ...HD, format: 'mjpeg' }), 'raw 1280x720 30/1');
});

test('the rate nearest to what is asked for, rather a little too few than twice as many', () => {
  const camera = modesOf(['YUYV 1280x720 60 50 30 25 24 15']);
  for (const fps of [60, 50, 30, 25, 24, 15]) {
    assert.is(chosen(camera, { ...HD, fps }), `raw 1280x720 ${fps}/1`);
  }
  assert.is(chosen(modesOf(['YUYV 1280x720 60 25'])), 'raw 1280x720 25/1');
  assert.is(chosen(modesOf(['YUYV 1280x720 60 10'])), 'raw 1280x720 60/1');
});

test('of ranges, what is asked for, in their steps and within their ends', () => {
  const rates = [
    { fastest: { numerator: 60, denominator: 1 }, slowest: { numerator: 5, denominator: 1 } },
  ];
  const range = { minWidth: 48, minHeight: 32, widthStep: 16, heightStep: 2 };
  const camera = [{ format: 'UYVY', width: 720, height: 576, range, rates }];
  assert.is(chosen(camera), 'raw 720x576 30/1');
  assert.is(chosen(camera, { ...HD, width: 650, height: 361, fps: 25 }), 'raw 640x360 25/1');
  assert.is(chosen(camera, { ...HD, fps: 75 }), 'raw 720x576 60/1');
});

/** A driver with one range of sizes, or none: up to 720p at 30, larger ones at 15. */
function driverOf(hasSizes: boolean, hasRates = true): Ask {
  const write = (bytes: Buffer, at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, at + 4 * i);
  };
  return (request, bytes) => {
    const isFirst = bytes.readUInt32LE(0) === 0;
    if (request === ENUM_FMT.request && isFirst) bytes.write('YUYV', 44, 'latin1');
    else if (request === ENUM_SIZES.request && isFirst && hasSizes)
      write(bytes, 8, [3, 320, 1920, 16, 180, 1080, 2]);
    else if (request === ENUM_INTERVALS.request && isFirst && hasRates)
      write(bytes, 16, [1, 1, bytes.readUInt32LE(8) > 1280 ? 15 : 30]);
    else if (request === GET_FMT.request) write(bytes, 8, [720, 576]);
    else if (request === GET_PARM.request) write(bytes, 12, [1, 25]);
    else throw new Error('EINVAL');
  };
}

test('of a range the rates are those of the size that is taken', () => {
  assert.is(chosen(modesOfDriver(driverOf(true), 1, HD)), 'raw 1280x720 30/1');
  const full = { ...HD, width: 1920, height: 1080 };
  assert.is(chosen(modesOfDriver(driverOf(true), 1, full), full), 'raw 1920x1080 15/1');
  const [listed] = modesOfDriver(driverOf(true), 1);
  assert.is(`${listed?.width}x${listed?.height} ${listed?.fps}`, '1920x1080 15');
});

test('the present rate is one of the present size only', () => {
  assert.is(chosen(modesOfDriver(driverOf(false, false), 1, HD)), 'raw 720x576 25/1');
  assert.is(chosen(modesOfDriver(driverOf(true, false), 1, HD)), 'raw 1280x720 any');
});

test.run();
