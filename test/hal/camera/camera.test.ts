/** Tests of camera lists, checks and locks. */
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listLibcameras, parseCameraList } from '../../../hal/camera/libcamera.ts';
import { openCamera } from '../../../hal/camera/open.ts';
import type { CameraConfig } from '../../../hal/camera/port.ts';
import { listV4l2Cameras } from '../../../hal/camera/v4l2.ts';
import {
  ENUM_INTERVALS,
  ENUM_SIZES,
  parseCaps,
  parseInterval,
  parseSize,
  QUERY_CAP,
} from '../../../hal/camera/v4l2-uapi.ts';
import { HalError } from '../../../hal/os/errors.ts';

const test = suite('cameras');
const never = new AbortController().signal;

const config: CameraConfig = {
  driver: 'libcamera',
  device: '',
  format: 'raw',
  file: '',
  launch: '',
  width: 1280,
  height: 720,
  fps: 30,
};

/** As rpicam-apps print it (raspberrypi.com/documentation/computers/camera_software.html). */
const TWO_CAMERAS = `Available cameras
-----------------
0 : imx708_wide [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
                             2304x1296 [56.03 fps - (0, 0)/4608x2592 crop]

1 : ov5647 [2592x1944 10-bit GBRG] (/base/axi/pcie@120000/rp1/i2c@80000/ov5647@36)
    Modes: 'SGBRG10_CSI2P' : 640x480 [58.92 fps - (16, 0)/2560x1920 crop]
`;

/** Programs that leave their arguments in a file; on PATH before all others while `work` runs. */
async function withPrograms<T>(
  programs: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bin-'));
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const { PATH } = process.env;
  process.env['PATH'] = `${folder}:${PATH}`;
  try {
    return await work(folder);
  } finally {
    process.env['PATH'] = PATH;
  }
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof HalError ? error.code : error;
}

/** A program that prints a text. */
const saying = (text: string) => `cat <<'END'\n${text}\nEND`;

test('the list of rpicam-hello: names, ids and modes of two cameras', () => {
  assert.equal(parseCameraList(TWO_CAMERAS), [
    {
      driver: 'libcamera',
      id: '/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a',
      name: 'imx708_wide',
      aliases: [],
      modes: [
        { format: 'SRGGB10_CSI2P', width: 1536, height: 864, fps: 120.13 },
        { format: 'SRGGB10_CSI2P', width: 2304, height: 1296, fps: 56.03 },
      ],
    },
    {
      driver: 'libcamera',
      id: '/base/axi/pcie@120000/rp1/i2c@80000/ov5647@36',
      name: 'ov5647',
      aliases: [],
      modes: [{ format: 'SGBRG10_CSI2P', width: 640, height: 480, fps: 58.92 }],
    },
  ]);
  assert.equal(parseCameraList('No cameras available!\n'), []);
});

test('any text is a list of cameras with sizes', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(...TWO_CAMERAS.split('\n'), '0 : x (', '1x1 [1 fps', "'X' :"),
  );
  void fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const { id, modes } of parseCameraList(lines.join('\n'))) {
        assert.ok(id.length > 0);
        assert.ok(modes.every(({ width, height }) => width >= 10 && height >= 10));
      }
    }),
  );
});

test('cameras are listed by rpicam-hello, and by libcamera-hello where that is what there is', async () => {
  const both = { 'rpicam-hello': saying(TWO_CAMERAS), 'libcamera-hello': 'exit 1' };
  assert.is((await withPrograms(both, () => listLibcameras(never))).length, 2);
  const old = { 'libcamera-hello': saying(TWO_CAMERAS) };
  assert.is((await withPrograms(old, () => listLibcameras(never))).length, 2);
  assert.equal(await listLibcameras(never), []);
});

test("libcamera's automatics are set in the running pipeline, where its plug-in has them", async () => {
  const reported: unknown[] = [];
  const camera = openCamera(config, (...args) => reported.push(args));
  const inspect =
    '  ae-enable           : Enable or disable the AE algorithm.\n  awb-enable          : AWB';
  await withPrograms({ 'gst-inspect-1.0': saying(inspect) }, async () => {
    await camera.lock(never);
    await camera.unlock(never);
  });
  assert.match(camera.source.launch, 'libcamerasrc name=camera ');
  assert.equal(reported, [
    ['camera', 'ae-enable', false],
    ['camera', 'awb-enable', false],
    ['camera', 'ae-enable', true],
    ['camera', 'awb-enable', true],
  ]);
  await withPrograms({ 'gst-inspect-1.0': saying('  camera-name : x') }, async () => {
    assert.is(await codeOf(camera.lock(never)), 'UNSUPPORTED');
  });
  assert.is(await codeOf(openCamera(config).lock(never)), 'UNSUPPORTED');
});

test('a source that is no device has no exposure and is always there', async () => {
  const camera = openCamera({ ...config, driver: 'test' });
  await camera.check(never);
  assert.is(await codeOf(camera.lock(never)), 'UNSUPPORTED');
  await camera.unlock(never);
});

test('a V4L2 camera is named by a node or by a stable id, and its absence says what there is', async () => {
  const v4l2 = { ...config, driver: 'v4l2' } as const;
  const node = openCamera({ ...v4l2, device: '/dev/video-none' });
  assert.match(node.source.launch, 'v4l2src device="/dev/video-none" ! video/x-raw,');
  assert.is(await codeOf(node.check(never)), 'NOT_FOUND');
  const named = openCamera({ ...v4l2, device: 'usb-Maker_Cam_1234-video-index0' });
  const failed = await named.check(never).catch(String);
  assert.match(String(failed), 'usb-Maker_Cam_1234-video-index0 is not there');
});

test('files in /dev that are no V4L2 devices are no cameras', async () => {
  const dev = await mkdtemp(join(tmpdir(), 'venuebox-dev-'));
  await writeFile(join(dev, 'video0'), '');
  assert.equal(await listV4l2Cameras(dev), []);
  assert.equal(await listV4l2Cameras(join(dev, 'none')), []);
});

test("a node's capabilities count, not its device's: a webcam's metadata node is no camera", () => {
  const caps = (all: number, node: number) => {
    const bytes = Buffer.alloc(QUERY_CAP.bytes);
    bytes.write('uvcvideo', 0);
    bytes.write('C920', 16);
    bytes.write('usb-0000:01:00.0-1.4', 48);
    bytes.writeUInt32LE(all >>> 0, 84);
    bytes.writeUInt32LE(node >>> 0, 88);
    return parseCaps(bytes);
  };
  assert.equal(caps(0x84a0_0001, 0x0420_0001), {
    driver: 'uvcvideo',
    card: 'C920',
    busInfo: 'usb-0000:01:00.0-1.4',
    captureType: 1,
  });
  assert.is(caps(0x84a0_0001, 0x04a0_0000).captureType, undefined);
  assert.is(caps(0x0400_1000, 0).captureType, 9);
});

test('sizes and intervals: single ones, and the ends and steps of ranges', () => {
  const size = Buffer.alloc(ENUM_SIZES.bytes);
  for (const [index, value] of [0, 0, 1, 640, 360].entries()) size.writeUInt32LE(value, index * 4);
  assert.equal(parseSize(size), { width: 640, height: 360 });
  for (const [index, value] of [3, 16, 1920, 8, 32, 1080, 4].entries()) {
    size.writeUInt32LE(value, 8 + index * 4);
  }
  const range = { minWidth: 16, minHeight: 32, widthStep: 8, heightStep: 4 };
  assert.equal(parseSize(size), { width: 1920, height: 1080, range });
  const interval = Buffer.alloc(ENUM_INTERVALS.bytes);
  assert.is(parseInterval(interval), undefined);
  for (const [index, value] of [1, 1001, 30_000, 1, 5].entries()) {
    interval.writeUInt32LE(value, 16 + index * 4);
  }
  const ntsc = { numerator: 30_000, denominator: 1001 };
  assert.equal(parseInterval(interval), { fastest: ntsc, slowest: ntsc });
  interval.writeUInt32LE(3, 16);
  const slowest = { numerator: 5, denominator: 1 };
  assert.equal(parseInterval(interval), { fastest: ntsc, slowest });
});

test.run();
