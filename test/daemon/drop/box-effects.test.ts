/** The end of a drop for those upstream: what was sent last arrives, and nothing more is sent. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDropEffects } from '../../../daemon/drop/box-effects.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('effects of a drop');

function openBox(latencyMs: number) {
  const clock = new VirtualClock();
  const did: string[] = [];
  const mediaPath = {
    setCapturing: () => undefined,
    setUplinking: (isWanted: boolean) => void did.push(`uplink ${isWanted}`),
    setRecording: async (dropId?: string) => void did.push(`recording ${dropId}`),
    endStream: () => void did.push('stream ended'),
  };
  const ending = new AbortController();
  const box = {
    ...{ mediaPath, clock, onEvent: () => undefined, state: { set: () => undefined } },
    ...{ hasClips: () => false, latencyMs: () => latencyMs },
  } as unknown as Parameters<typeof openDropEffects>[0];
  return { clock, did, end: () => ending.abort(), effects: openDropEffects(box, ending.signal) };
}

const ENDED = ['stream ended', 'recording undefined'];

test('the uplink stays for as long as SRT may send the last packets again, and recordings close meanwhile', async () => {
  const { clock, did, effects } = openBox(2_000);
  const ended = effects.endDrop('evening');
  await clock.advance(1_900);
  assert.equal(did, ENDED);
  await clock.advance(200);
  await ended;
  assert.equal(did, [...ENDED, 'uplink false']);
});

test('it stays for four seconds at most, and not for a box that ends', async () => {
  const long = openBox(8_000);
  const ended = long.effects.endDrop('evening');
  await long.clock.advance(4_100);
  await ended;
  assert.equal(long.did, [...ENDED, 'uplink false']);
  const box = openBox(8_000);
  const cut = box.effects.endDrop('evening');
  box.end();
  await cut;
  assert.equal(box.did, [...ENDED, 'uplink false']);
});

test.run();
