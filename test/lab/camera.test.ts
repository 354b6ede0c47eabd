/** A V4L2 camera (vivid), also unplugged while in use. */
import { open } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FoundCamera } from '../../hal/camera/found.ts';
import { listCameras } from '../../hal/camera/list.ts';
import { openCamera } from '../../hal/camera/open.ts';
import type { CameraConfig } from '../../hal/camera/port.ts';
import { GET_CTRL, parseControl, renderControl } from '../../hal/camera/v4l2-uapi.ts';
import { HalError } from '../../hal/os/errors.ts';
import { tryIoctl } from '../../hal/os/libc/ioctl.ts';
import { plugCamera, unplugCamera } from './support/camera.ts';
import { launch } from './support/gst.ts';
import { timed, until } from './support/kernel.ts';

const test = suite('lab: a camera on V4L2 (vivid)');
const never = new AbortController().signal;
const BUS = 'platform:vivid-000';

const config: CameraConfig = {
  driver: 'v4l2',
  device: BUS,
  format: 'raw',
  file: '',
  launch: '',
  width: 320,
  height: 180,
  fps: 15,
};

const isVivid = ({ id, aliases }: FoundCamera) => [id, ...aliases].includes(BUS);

test('it is listed with its name, its stable id, its node and its modes', async () => {
  const cameras = await listCameras(never);
  const camera = cameras.find(isVivid);
  assert.is(camera?.name, 'vivid');
  assert.match(camera?.path ?? '', /^\/dev\/video\d+$/);
  const mode = camera?.modes.find(
    ({ format, width, height }) => format === 'YUYV' && width === 640 && height === 360,
  );
  assert.ok((mode?.fps ?? 0) >= 30, JSON.stringify(camera?.modes.slice(0, 5)));
  assert.ok((camera?.modes.length ?? 0) > 10);
});

test('a stable id that nothing has is reported with the ids there are', async () => {
  const failed = await openCamera({ ...config, device: 'usb-none' })
    .check(never)
    .catch((error: unknown) => error);
  assert.is(failed instanceof HalError && failed.code, 'NOT_FOUND');
  assert.match(String(failed), /there is .*vivid/);
});

test('exposure and gain are held by a lock, and given back by an unlock', async () => {
  const camera = openCamera(config);
  await camera.check(never);
  const automatics = () => readControls(camera.source.launch);
  const before = await automatics();
  await camera.lock(never);
  await camera.lock(never);
  const locked = await automatics();
  await camera.unlock(never);
  assert.equal(await automatics(), before);
  assert.is.not(JSON.stringify(locked), JSON.stringify(before));
  const held = await camera.lock(never);
  const another = openCamera(config);
  await another.check(never);
  await another.unlock(never);
  assert.equal(await automatics(), locked, 'not its own lock');
  await another.unlock(never, held);
  assert.equal(await automatics(), before, 'a killed box’s');
});

test('unplugged in use: noticed, and streaming again after the replug', async () => {
  await until('vivid', async () => (await listCameras(never)).some(isVivid));
  const camera = openCamera(config);
  const isListed = async () => (await listCameras(never)).some(isVivid);
  const isUsable = () =>
    camera.check(never).then(
      () => true,
      () => false,
    );
  await camera.check(never);
  {
    await using first = launch(camera.source.launch);
    await until('frames', () => first.bytes() > 0);
    unplugCamera();
    await timed(1000, 'camera: pipeline ended', () => !first.isRunning());
    await timed(1000, 'camera: gone from the list', async () => !(await isListed()));
    assert.not.ok(await isUsable());
  }
  plugCamera();
  await timed(5000, 'camera: found again', isUsable);
  await using second = launch(camera.source.launch);
  await timed(5000, 'camera: frames again', () => second.bytes() > 0);
  await until('the list', isListed);
});

/** The automatics as the kernel has them now, by the node that a launch line names. */
async function readControls(line: string): Promise<readonly (number | undefined)[]> {
  await using file = await open(/device="([^"]+)"/.exec(line)?.[1] ?? '', 'r+');
  const values: (number | undefined)[] = [];
  for (const id of [0x9a0901, 0x98090c, 0x980912]) {
    const control = renderControl(id);
    const isThere = await tryIoctl(file.fd, GET_CTRL.request, control);
    values.push(isThere ? parseControl(control) : undefined);
  }
  return values;
}

test('it is plugged in at the end, for the files after this one', () => {
  plugCamera();
});

test.run();
