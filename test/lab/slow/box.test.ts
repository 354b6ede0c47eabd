/** A complete box with a real camera and sound card, whose camera is unplugged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDetailedBox } from '../../support/box.ts';
import { plugCamera, unplugCamera } from '../support/camera.ts';
import { timed, until } from '../support/kernel.ts';

const test = suite('lab: the whole box on a real camera and a real sound card');

const SETTINGS = [
  'camera.driver=v4l2',
  'camera.device=platform:vivid-000',
  'camera.width=320',
  'camera.height=180',
  'camera.fps=15',
  'sound.driver=alsa',
  'sound.device=hw:CARD=Loopback,DEV=1',
  'renditions=[{name: low, width: 160, height: 90, bitrate_bps: 100000}]',
];

interface Snapshot {
  readonly children: Readonly<Record<string, { phase: string; lastFailure?: string }>>;
}

test('a camera that is pulled ends no process but its own, and is back on air when plugged in', async () => {
  await using box = await startDetailedBox(
    SETTINGS,
    ['demo'],
    [],
    ['/opt/venuebox/dist/daemon/main.js'],
  );
  const isOnAir = async () => {
    await sleep(200);
    const playlist = await fetch(`${box.url}/live/index.m3u8`).catch(() => undefined);
    return playlist?.status === 200;
  };
  await until('the box on air', isOnAir);
  const mediaPid = box.childPid('media');
  unplugCamera();
  await timed(2000, 'camera pulled: reason reported', async () =>
    /vivid-000 is not there/.test(
      (await box.state<Snapshot>()).children['camera']?.lastFailure ?? '',
    ),
  );
  const countStarts = () => box.output().split('"source started"').length;
  const starts = countStarts();
  plugCamera();
  const isBack = () => countStarts() > starts;
  await timed(10_000, 'camera plugged in: its process started again', isBack);
  assert.is(box.childPid('media'), mediaPid);
});

test.run();
