/** What guests see of the clips of a drop: the newest of them, and each as a chapter. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClipIndex } from '../../../pipelines/clips/clip-index.ts';
import { openGuestView } from '../../../pipelines/media/guest-view.ts';
import type { ReplayRecording } from '../../../pipelines/recording/replay-segments.ts';

const test = suite('clips and chapters that guests see');

const START_MS = Date.UTC(2026, 11, 4, 20);
const idOf = (mark: number) => `clip${String(mark).padStart(7, '0')}`;

/** The view of a media process, some seconds later each time it is asked. */
function openView(recordings: readonly ReplayRecording[] = []) {
  const clipIndex = new ClipIndex();
  let nowMs = 0;
  const view = openGuestView({
    clipIndex,
    posterStore: { widthsPx: () => [] },
    replay: {
      recordings: () => recordings,
      chapterS: ({ atMs }) => (atMs < START_MS ? undefined : (atMs - START_MS) / 1_000),
    },
    sign: (path) => path,
    clock: { monotonicMs: () => nowMs },
  });
  const mark = (number: number, label?: string, ofDrop?: { dropId: string; number: number }) => {
    const info = {
      ...{ atMs: START_MS + number * 60_000, durationS: 30 },
      ...(label && { label }),
      ...(ofDrop && { ofDrop }),
    };
    clipIndex.add({ name: `clip-${idOf(number)}.mp4`, path: '', bytes: 1, info });
  };
  const ask = (sinceMs = START_MS) => {
    nowMs += 5_000;
    return view.forGuests(sinceMs);
  };
  return { clipIndex, mark, ask };
}

const numbersIn = (all: readonly { readonly number: number }[]) => all.map(({ number }) => number);

test('the thirteenth MARK takes no chapter away, and no clip gets another number', () => {
  const { mark, ask } = openView();
  for (let i = 1; i <= 12; i += 1) mark(i, i === 2 ? 'Encore' : undefined);
  assert.equal(numbersIn(ask().clips), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  mark(13);
  const { clips, chapters } = ask();
  assert.equal([clips.length, clips[0]?.number, clips[0]?.id], [12, 13, idOf(13)]);
  assert.equal(numbersIn(clips).at(-1), 2);
  assert.is(chapters.length, 13);
  assert.equal(chapters.at(-1), { startS: 60, number: 1 });
  assert.equal(chapters.at(-2), { startS: 120, number: 2, label: 'Encore' });
});

test('a clip that is deleted leaves the numbers of the others', () => {
  const { clipIndex, mark, ask } = openView();
  for (const i of [1, 2, 3]) mark(i);
  ask();
  clipIndex.remove(idOf(1));
  clipIndex.remove(idOf(3));
  mark(4);
  assert.equal(numbersIn(ask().clips), [4, 2]);
  assert.equal(numbersIn(ask().chapters), [4, 2]);
});

test('a media process that restarts gives each clip the number that it had', () => {
  const dropId = '2026-12-04T20-00-00Z-ab12';
  const before = openView();
  const made = [1, 2, 3].map((mark) => ({ mark, number: before.clipIndex.nextNumber(dropId) }));
  const after = openView();
  for (const { mark, number } of made.slice(1)) after.mark(mark, undefined, { dropId, number });
  assert.equal(numbersIn(after.ask().clips), [3, 2]);
  after.mark(4, undefined, { dropId, number: after.clipIndex.nextNumber(dropId) });
  assert.equal(numbersIn(after.ask().clips), [4, 3, 2]);
  assert.is(after.clipIndex.nextNumber('2026-12-05T20-00-00Z-ab12'), 1);
});

test('a drop of hours with a MARK each minute has as many chapters as a page can list', () => {
  const { mark, ask } = openView();
  for (let i = 1; i <= 300; i += 1) mark(i);
  assert.equal([ask().chapters.length, ask().chapters[0]?.number], [200, 300]);
});

test('the next drop counts from one, and so does a process that starts after the drop', () => {
  const figures = { epochMs: START_MS + 30_000, headerBytes: 1, segments: [] };
  const recording = { name: 'a', isComplete: true, isRunning: false, ...figures };
  const { mark, ask } = openView([{ ...recording, dropId: '2026-12-04T20-00-00Z-ab12' }]);
  for (const i of [-90, -80, 0, 1]) mark(i);
  assert.equal(numbersIn(ask(0).clips), [2, 1], 'those of the drop before are not of this one');
  mark(200);
  assert.equal(numbersIn(ask(START_MS + 199 * 60_000).clips), [1]);
});

test.run();
