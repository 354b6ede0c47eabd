/** Network cameras: a real RTSP server and a real SRT sender, taken into the constant picture. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSound } from '../../../hal/audio/open.ts';
import { networkOf, openCamera } from '../../../hal/camera/open.ts';
import type { CameraConfig } from '../../../hal/camera/port.ts';
import { until as eventually } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { openLiveSources } from '../../support/media/live-sources.ts';

const test = suite('network cameras');
const never = new AbortController().signal;

const CAMERA: Omit<CameraConfig, 'driver' | 'url'> = {
  device: '',
  format: 'raw',
  file: '',
  launch: '',
  width: 320,
  height: 180,
  fps: 30,
};

/** GStreamer's RTSP server (Debian's gir1.2-gst-rtsp-server-1.0), with a login. */
const SERVER = `
import sys, gi
gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtspServer, GLib
Gst.init(None)
server = GstRtspServer.RTSPServer(); server.set_service(sys.argv[1]); server.set_address('127.0.0.1')
auth = GstRtspServer.RTSPAuth(); token = GstRtspServer.RTSPToken()
token.set_string('media.factory.role', 'user')
auth.add_basic(GstRtspServer.RTSPAuth.make_basic('cam', 'p"ss'), token); server.set_auth(auth)
factory = GstRtspServer.RTSPMediaFactory(); factory.set_shared(True)
factory.set_launch('( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=25/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay name=pay0 pt=96 audiotestsrc is-live=true ! audioconvert ! avenc_aac ! rtpmp4gpay name=pay1 pt=97 )')
permissions = GstRtspServer.RTSPPermissions()
permissions.add_permission_for_role('user', 'media.factory.access', True)
permissions.add_permission_for_role('user', 'media.factory.construct', True)
factory.set_permissions(permissions)
server.get_mount_points().add_factory('/live', factory); server.attach(None)
print('listening', flush=True); GLib.MainLoop().run()
`;

function startServer(port: number) {
  const child = spawn('/usr/bin/python3', ['-c', SERVER, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const listening = new Promise<boolean>((resolve) => {
    child.stdout.once('data', () => resolve(true));
    child.once('exit', () => resolve(false));
  });
  return { listening, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

const until = (what: string, isSo: () => boolean) => eventually(isSo, 60_000, () => what);

test('an RTSP camera with a login gives picture and sound, and comes back after its server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-rtsp-'));
  const credentials_file = join(folder, 'login');
  writeFileSync(credentials_file, 'cam:p"ss\n');
  const port = await freePort();
  const config = {
    ...CAMERA,
    driver: 'rtsp',
    url: `rtsp://127.0.0.1:${port}/live`,
    credentials_file,
  } as const;
  const camera = openCamera(config);
  const sound = openSound(
    { driver: 'camera', device: '', file: '', launch: '' },
    { ...networkOf(config), driver: 'rtsp' },
  );
  try {
    await camera.check(never);
    await sound.check(never);
    await using live = await openLiveSources();
    {
      using server = startServer(port);
      assert.ok(await server.listening, 'gir1.2-gst-rtsp-server-1.0 is installed');
      await live.start('camera', camera.source);
      if (sound.source !== undefined) await live.start('sound', sound.source);
      await until('the picture', () => (live.figures()?.camera.framesPerS ?? 0) >= 15);
      await until('the sound', () => live.figures()?.sound?.phase === 'live');
    }
    await until('its absence', () => live.figures()?.camera.phase === 'dimmed');
    using again = startServer(port);
    assert.ok(await again.listening);
    await live.start('camera', camera.source);
    await until('the picture again', () => (live.figures()?.camera.framesPerS ?? 0) >= 15);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a phone that sends SRT is a camera', async () => {
  const port = await freePort();
  const camera = openCamera({
    ...CAMERA,
    driver: 'srt',
    url: `srt://127.0.0.1:${port}?mode=listener`,
  });
  await using live = await openLiveSources();
  await live.start('camera', camera.source);
  const words = `-q videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=30/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! mpegtsmux ! srtsink uri=srt://127.0.0.1:${port}?mode=caller wait-for-connection=true`;
  // One that calls before the box listens ends, and is started again.
  let phone = spawn('gst-launch-1.0', words.split(' '), { stdio: 'ignore' });
  const calling = setInterval(() => {
    if (phone.exitCode === null) return;
    phone = spawn('gst-launch-1.0', words.split(' '), { stdio: 'ignore' });
  }, 1_000);
  try {
    await until('the picture', () => (live.figures()?.camera.framesPerS ?? 0) >= 15);
  } finally {
    clearInterval(calling);
    phone.kill('SIGKILL');
  }
});

test('a login that is missing is reported with its key, and one in the address is not shown', async () => {
  const url = 'rtsp://me:secret@10.0.0.9/live';
  const camera = openCamera({ ...CAMERA, driver: 'rtsp', url, credentials_file: '/none' });
  assert.is(camera.name, 'RTSP 10.0.0.9');
  const failure = await camera.check(never).catch((error: Error) => error.message);
  assert.match(String(failure), 'camera.credentials_file: /none cannot be read');
});

test.run();
