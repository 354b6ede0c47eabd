/** A viewer by WebRTC, and a real box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox, until } from '../../support/box.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { watchByWhep } from '../../support/media/whep-viewer.ts';

const test = suite('WHEP of a box');

test('picture and sound arrive; after the process died they do again, and parts go on', async () => {
  await using box = await startBox([`viewers.whep.port=${await freeUdpPort()}`]);
  await box.ready();
  const endpoint = `${box.url}/live/whep`;
  const watch = async () => {
    const viewer = await watchByWhep(endpoint, 60_000);
    await viewer.seeing(({ keyframes, audio }) => keyframes >= 3 && audio > 20, 30_000);
    return viewer;
  };
  const first = await watch();
  assert.is((await fetch(first.resource, { method: 'DELETE' })).status, 200);
  assert.is((await fetch(first.resource, { method: 'DELETE' })).status, 404);
  first.close();

  const pid = box.childPid('whep') ?? 0;
  process.kill(pid, 'SIGKILL');
  const playlist = await fetch(`${box.url}/live/mid/index.m3u8`);
  assert.is(playlist.status, 200);
  await until(() => (box.childPid('whep') ?? pid) !== pid, 20_000);
  const bad = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: 'v=0',
  });
  assert.ok(bad.status >= 400 && bad.status <= 503);
  (await watch()).close();
});

// The library keeps this process alive until its garbage is collected, and its own cleanup crashes.
test.after(() => void setTimeout(() => process.exit(), 1_000));

test.run();
