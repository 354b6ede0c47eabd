/** A publisher by WebRTC, and a real box: its picture and sound are those of the drop. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { offerByWhip, openWhipPublisher } from '../../support/media/whip-publisher.ts';

const test = suite('WHIP of a box');
const run = promisify(execFile);

/** Red and blue of the newest picture that guests get, in the middle. */
async function colourOf(box: Box): Promise<{ red: number; blue: number }> {
  const frame = `-v error -i ${box.url}/live/low/index.m3u8 -frames:v 1 -vf crop=2:2 -f rawvideo -pix_fmt rgb24 pipe:1`;
  const { stdout } = await run('ffmpeg', frame.split(' '), { encoding: 'buffer' });
  return { red: stdout[0] ?? 0, blue: stdout[2] ?? 0 };
}

test('picture and sound reach guests; one at a time; a vanished one gives way to the next', async () => {
  await using box = await startBox([
    ...['camera.driver=whip', `camera.port=${await freeUdpPort()}`, 'sound.driver=camera'],
  ]);
  const file = join(box.folder, 'whip-token');
  await until(() => readFileSync(file, 'utf8').length > 10, 60_000);
  const token = readFileSync(file, 'utf8').trim();
  const endpoint = `${box.operatorUrl}/whip`;
  const publish = async (pattern: string) => {
    const publisher = await openWhipPublisher(pattern);
    let answer = new Response();
    // Its process, and the operator's port, may still be starting.
    await until(async () => {
      answer = await offerByWhip(publisher.sdp, endpoint, token);
      return answer.status === 201;
    }, 60_000);
    publisher.connection.setRemoteDescription(await answer.text(), 'answer');
    const session = new URL(answer.headers.get('location') ?? '', endpoint);
    return { ...publisher, session };
  };
  const sources = async () => (await box.state<BoxSnapshot>()).sources;
  const first = await publish('red');
  await until(async () => (await sources())?.camera.phase === 'live', 120_000);
  await until(async () => (await sources())?.sound?.phase === 'live', 60_000);
  await box.ready();
  await until(async () => (await colourOf(box)).red > 150, 120_000);
  assert.ok(first.asked() > 0);

  const second = await offerByWhip(first.sdp, endpoint, token);
  assert.is(second.status, 409);
  first.vanish();
  // Refused while the first one is still expected.
  const next = await publish('blue');
  await until(async () => (await colourOf(box)).blue > 150, 120_000);
  first.close();

  const headers = { authorization: `Bearer ${token}` };
  assert.is((await fetch(next.session, { method: 'DELETE', headers })).status, 200);
  next.close();
  const pid = box.childPid('whip') ?? 0;
  process.kill(pid, 'SIGKILL');
  await until(() => (box.childPid('whip') ?? pid) !== pid, 60_000);
  const again = await publish('red');
  await until(async () => (await colourOf(box)).red > 150, 120_000);
  again.close();
});

// The library keeps this process alive until its garbage is collected, and its own cleanup crashes.
test.after(() => void setTimeout(() => process.exit(), 1_000));

test.run();
