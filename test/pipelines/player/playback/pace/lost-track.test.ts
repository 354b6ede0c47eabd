/** When the player takes one of its two tracks for lost. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Kind, TrackAges } from '../../../../../pipelines/player/playback/pace/lost-track.ts';

const test = suite('lost track');

const EVERY_MS = 200;

/** @returns the first that is taken for lost. @param comes Whether a part of a track comes at that time. */
function follow(comes: (kind: Kind, atMs: number) => boolean, untilMs = 30_000) {
  const ages = new TrackAges();
  for (let atMs = 1_000; atMs < untilMs; atMs += EVERY_MS) {
    for (const kind of ['video', 'audio'] as const) if (comes(kind, atMs)) ages.add(kind, atMs);
    const kind = ages.lost(atMs);
    if (kind !== undefined) return { kind, atMs };
  }
  return undefined;
}

test('a track that stops, or never comes, while the other goes on is lost', () => {
  for (const kind of ['video', 'audio'] as const) {
    const found = follow((one, atMs) => one !== kind || (atMs >= 2_000 && atMs < 10_000));
    assert.is(found?.kind, kind);
    assert.is(follow((one) => one !== kind)?.kind, kind);
  }
});

test('after an outage of any length the track that is back first does not condemn the other', () => {
  for (const first of ['video', 'audio'] as const)
    for (const outageMs of [2_000, 3_200, 60_000]) {
      const endMs = 10_000 + outageMs;
      const comes = (kind: Kind, atMs: number) =>
        atMs < 10_000 || atMs > endMs + (kind === first ? 0 : 1_000);
      assert.is(follow(comes, endMs + 20_000), undefined, `${first}, ${outageMs} ms`);
      const neverBack = (kind: Kind, atMs: number) =>
        atMs < 10_000 || (atMs > endMs && kind === first);
      assert.is(follow(neverBack, endMs + 20_000)?.kind, first === 'video' ? 'audio' : 'video');
    }
});

test('a track that is dead is found lost, too, where the other comes in bursts', () => {
  for (const dead of ['video', 'audio'] as const) {
    const comes = (kind: Kind, atMs: number) =>
      atMs < 4_000 || (kind !== dead && atMs % 2_000 === 0);
    assert.is(follow(comes)?.kind, dead);
  }
});

test('a start that is slow gives the second track its time, too', () => {
  for (const first of ['video', 'audio'] as const) {
    const comes = (kind: Kind, atMs: number) => atMs > (kind === first ? 9_000 : 11_000);
    assert.is(follow(comes), undefined);
  }
});

test('what was not wanted for a while is not lost', () => {
  const ages = new TrackAges();
  ages.add('video', 1_000);
  ages.add('audio', 1_000);
  ages.restart();
  ages.add('video', 9_000);
  assert.is(ages.lost(9_100), undefined);
  assert.is(ages.lost(9_000), undefined);
});

test.run();
