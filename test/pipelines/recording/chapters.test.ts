/** Where a clip lies in the replay: its chapter. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Replay } from '../../../pipelines/recording/replay.ts';

const test = suite('chapters of the replay');

const EPOCH_MS = Date.UTC(2026, 10, 29);

function openReplay(): Replay {
  const replay = new Replay(0);
  replay.showLast('evening');
  return replay;
}

/** Seconds of the day. */
function record(replay: Replay, name: string, fromS: number, toS: number): void {
  const segments = [];
  for (let s = fromS; s < toS; s += 4) {
    segments.push({ offset: s, bytes: 4, startUs: s * 1e6, durationUs: 4e6 });
  }
  const figures = { epochMs: EPOCH_MS, dropId: 'evening', headerBytes: 1, segments };
  const recording = { name, ...figures, isComplete: true, isRunning: false };
  replay.apply('usb', '/', { type: 'recording', recording });
}

const chapterS = (replay: Replay, markedS: number, durationS: number) =>
  replay.chapterS({ atMs: EPOCH_MS + markedS * 1000, durationS });

test('a chapter begins where its clip does, in a later file after all earlier ones', () => {
  const replay = openReplay();
  record(replay, 'a', 100, 160);
  record(replay, 'b', 200, 260);
  assert.is(chapterS(replay, 142.5, 30), 12.5);
  assert.is(chapterS(replay, 240, 30), 70);
});

test('a clip from before the recording begins at its start, one from a gap at its end', () => {
  const replay = openReplay();
  record(replay, 'a', 100, 160);
  record(replay, 'b', 200, 260);
  assert.is(chapterS(replay, 110, 30), 0);
  assert.is(chapterS(replay, 210, 30), 60);
});

test('a clip of another drop has no chapter', () => {
  const replay = openReplay();
  record(replay, 'a', 100, 160);
  assert.is(chapterS(replay, 90, 30), undefined);
  assert.is(chapterS(replay, 400, 30), undefined);
  assert.is(chapterS(openReplay(), 120, 30), undefined);
});

test('of recordings on a disk of another box there is no replay', () => {
  const replay = new Replay(0);
  record(replay, 'a', 100, 160);
  replay.end();
  assert.equal(replay.recordings(), [], 'no drop of this box is known');
  replay.showLast('own');
  assert.equal(replay.recordings(), []);
  replay.showLast('evening');
  assert.is(replay.recordings().length, 1);
});

test.run();
