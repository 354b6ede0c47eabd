/** A viewer by WHEP that shares no code with the box: GStreamer's webrtcbin. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox, until } from '../../support/box.ts';
import { freeUdpPort } from '../../support/free-port.ts';

const test = suite('WHEP to GStreamer');

const VIEWER = 'test/support/media/webrtcbin-viewer.py';
const FRAMES = 60;
const TIMEOUT_MS = 120_000;

const { stdout, error, stderr } = spawnSync('python3', [VIEWER, '--check'], { encoding: 'utf8' });
const missing = error === undefined && stderr === '' ? stdout.trim() : 'python3 with gi is missing';

if (missing !== '') {
  console.log(`SKIPPED 1: ${missing} (gstreamer1.0-nice, gir1.2-gst-plugins-bad-1.0, python3-gi)`);
} else {
  test('webrtcbin decodes picture and sound, and ends its session', async () => {
    await using box = await startBox([`viewers.whep.port=${await freeUdpPort()}`]);
    await box.ready();
    const endpoint = `${box.url}/live/whep`;
    // Its process may still be starting: it answers an offer that is none with 400 from then on.
    await until(async () => {
      const headers = { 'content-type': 'application/sdp' };
      return (await fetch(endpoint, { method: 'POST', headers, body: 'v=0' })).status === 400;
    }, 60_000);
    const viewer = promisify(execFile)('python3', [VIEWER, endpoint, `${FRAMES}`], {
      timeout: TIMEOUT_MS,
    });
    const seen = JSON.parse((await viewer).stdout) as Record<string, number>;
    assert.ok((seen['video'] ?? 0) >= FRAMES && (seen['audio'] ?? 0) >= FRAMES);
  });
}

test.run();
