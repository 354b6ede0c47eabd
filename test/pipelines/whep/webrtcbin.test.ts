/** A viewer by WHEP that shares no code with the box: GStreamer's webrtcbin. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox } from '../../support/box.ts';
import { freeUdpPort } from '../../support/free-port.ts';

const test = suite('WHEP to GStreamer');

/** Debian's, which has Debian's bindings. */
const PYTHON = '/usr/bin/python3';
const VIEWER = 'test/support/media/webrtcbin-viewer.py';
const FRAMES = 20;
const TIMEOUT_MS = 120_000;

const { stdout, error, stderr } = spawnSync(PYTHON, [VIEWER, '--check'], { encoding: 'utf8' });
const missing = error === undefined && stderr === '' ? stdout.trim() : 'python3 with gi is missing';

if (missing !== '') {
  console.log(`SKIPPED 1: ${missing} (gstreamer1.0-nice, gir1.2-gst-plugins-bad-1.0, python3-gi)`);
} else {
  test('webrtcbin decodes picture and sound, and ends its session', async () => {
    await using box = await startBox([
      `viewers.whep.port=${await freeUdpPort()}`,
      // libnice, below webrtcbin, does not use the loopback interface.
      'viewers.host=0.0.0.0',
    ]);
    await box.ready();
    const endpoint = `${box.url}/live/whep`;
    const viewer = promisify(execFile)(PYTHON, [VIEWER, endpoint, `${FRAMES}`], {
      timeout: TIMEOUT_MS,
    });
    const seen = JSON.parse((await viewer).stdout) as Record<string, number>;
    assert.ok((seen['video'] ?? 0) >= FRAMES && (seen['audio'] ?? 0) >= FRAMES);
  });
}

test.run();
