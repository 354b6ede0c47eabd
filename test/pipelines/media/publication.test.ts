/** Tests of what is published, track by track. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Publication } from '../../../pipelines/media/publication.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('what is published');
const TRACKS = ['mid', 'low', 'audio'];

test('a track without a part for two seconds is named, whichever, and no more once it goes on', () => {
  const random = seeded(9);
  for (let run = 0; run < 60; run += 1) {
    const watch = new Publication(TRACKS);
    const partMs = 50 + random() * 950;
    const hung = TRACKS[Math.floor(random() * 3)] ?? '';
    const hangsMs = 1_000 + random() * 20_000;
    const goesOnMs = hangsMs + 3_000 + random() * 10_000;
    const last = new Map(TRACKS.map((id) => [id, 0]));
    for (let nowMs = 0; nowMs < goesOnMs + 2_000; nowMs += 20 + random() * 60) {
      for (const [id, atMs] of last) {
        const isHung = id === hung && nowMs >= hangsMs && nowMs < goesOnMs;
        if (isHung || nowMs - atMs < partMs) continue;
        watch.add(id);
        last.set(id, nowMs);
      }
      watch.tick(nowMs);
      const idleMs = nowMs - (last.get(hung) ?? 0);
      const stalled = watch.stalled();
      if (idleMs > 2_100) assert.is(stalled?.trackId, hung);
      if (idleMs < 1_900) assert.is(stalled, undefined, `${idleMs}`);
    }
  }
});

test('before the first part nothing is missed', () => {
  const watch = new Publication(TRACKS);
  for (let nowMs = 0; nowMs < 60_000; nowMs += 50) watch.tick(nowMs);
  assert.is(watch.stalled(), undefined);
});

test('a process that was blocked for long has not stalled its tracks', () => {
  const watch = new Publication(TRACKS);
  for (let nowMs = 0; nowMs < 600_000; nowMs += 30_000) {
    for (const id of TRACKS) watch.add(id);
    watch.tick(nowMs);
    assert.is(watch.stalled(), undefined);
  }
});

test.run();
