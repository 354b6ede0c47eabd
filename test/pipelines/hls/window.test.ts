/** The window of a rendition: what it lists, answers and keeps. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { isGap, RenditionWindow, type Segment } from '../../../pipelines/hls/window.ts';

const test = suite('rendition window');

/** Target durations of 1 s; 15 parts may be asked for ahead. */
const limitsOf = (windowS: number) => limitsFor(200, 1000, windowS);

const part = (durationS: number, bytes = 'm') => ({
  durationS,
  isIndependent: true,
  bytes: Buffer.from(bytes),
});

function open(window: RenditionWindow, msn: number, more: Partial<Segment> = {}): void {
  const initId = more.initId ?? 'a';
  const { isDiscontinuity = false } = more;
  window.open({ msn, startUs: msn * 1e6, isDiscontinuity, initId });
}

/** A segment of one part of a second, closed when it ends. */
function add(window: RenditionWindow, msn: number, more: Partial<Segment> = {}): void {
  open(window, msn, more);
  window.addPart(part(1));
  window.close((msn + 1) * 1000);
}

function windowOf(count: number, windowS = 3): RenditionWindow {
  const window = new RenditionWindow(limitsOf(windowS));
  for (let msn = 0; msn < count; msn += 1) add(window, msn);
  return window;
}

/** Segments 0 to 3, and of segment 4 three parts of 0.2 s. */
function liveWindow(): RenditionWindow {
  const window = windowOf(4, 20);
  open(window, 4);
  for (let i = 0; i < 3; i += 1) window.addPart(part(0.2, `part ${i}`));
  return window;
}

const msnsOf = (window: RenditionWindow) => window.listed().map(({ msn }) => msn);

test('it lists as much as it must and no segment more', () => {
  assert.equal(msnsOf(windowOf(3)), [0, 1, 2]);
  assert.equal(msnsOf(windowOf(4)), [1, 2, 3]);
  assert.equal(msnsOf(windowOf(40)), [37, 38, 39]);
});

test('a segment that left the list stays for its duration and the longest list, to the millisecond', () => {
  const window = windowOf(4);
  // It left at 4,000 ms a list of 4 s.
  open(window, 4);
  window.addPart(part(1));
  window.close(8_999);
  assert.equal(window.fetch(0, undefined), { parts: [part(1)] });
  open(window, 5);
  window.addPart(part(1));
  window.close(9_000);
  assert.is(window.fetch(0, undefined), 'unknown');
  assert.equal(msnsOf(window), [3, 4, 5]);
});

test('the longest list counts, also when lists have become shorter', () => {
  const window = new RenditionWindow(limitsOf(3));
  for (const [msn, durationS] of [5, 1, 1, 1].entries()) {
    open(window, msn);
    window.addPart(part(durationS));
    window.close(1_000 * msn);
  }
  const closeAt = (msn: number, nowMs: number) => {
    open(window, msn);
    window.addPart(part(1));
    window.close(nowMs);
  };
  // Segment 0 left a list of 8 s at 3,000 ms, segment 1 leaves one of 4 s.
  closeAt(4, 16_000);
  assert.is(window.fetch(0, undefined), 'unknown');
  closeAt(5, 24_999);
  assert.is.not(window.fetch(1, undefined), 'unknown');
  closeAt(6, 25_000);
  assert.is(window.fetch(1, undefined), 'unknown');
});

test('the discontinuity sequence counts on for each discontinuity that left the list', () => {
  const window = new RenditionWindow(limitsOf(3), 7);
  assert.is(window.discontinuitySequence, 7);
  for (let msn = 0; msn < 6; msn += 1) add(window, msn, { isDiscontinuity: msn % 2 === 0 });
  assert.equal(msnsOf(window), [3, 4, 5]);
  assert.is(window.discontinuitySequence, 9);
});

test('the list can restart with the open segment; what was before it is gone from memory', () => {
  const window = new RenditionWindow(limitsOf(20), 7);
  add(window, 0, { isDiscontinuity: true });
  for (const msn of [1, 2]) add(window, msn);
  open(window, 3);
  window.addPart(part(0.2, 'new'));
  const { version } = window;
  window.listFromNow(3_200);
  assert.equal([msnsOf(window), window.discontinuitySequence, window.heldBytes()], [[3], 8, 3]);
  assert.is(window.fetch(2, undefined), 'unknown');
  assert.ok(window.version > version);
  window.close(4_000);
  add(window, 4);
  assert.equal(msnsOf(window), [3, 4]);
});

test('every change of the playlist increases the version, and nothing else changes it', () => {
  const window = new RenditionWindow(limitsOf(3));
  const versions = [window.version];
  const steps = [
    () => open(window, 0),
    () => window.addPart(part(1)),
    () => window.close(1_000),
    () => add(window, 1),
    () => window.end(2_000),
  ];
  for (const step of steps) {
    step();
    versions.push(window.version);
  }
  assert.equal(
    versions,
    [...new Set(versions)].toSorted((a, b) => a - b),
  );
  const { version } = window;
  window.close(3_000);
  window.answerReload(0, 0);
  window.fetch(0, 0);
  assert.is(window.version, version);
});

test('parts need an open segment; closing needs none', () => {
  const window = new RenditionWindow(limitsOf(3));
  window.close(0);
  assert.equal([msnsOf(window), window.version], [[], 0]);
  assert.throws(() => window.addPart(part(1)), 'no segment is open');
  add(window, 0);
  assert.throws(() => window.addPart(part(1)), 'no segment is open');
});

test('a segment without parts is dropped when it is closed', () => {
  const window = windowOf(1);
  open(window, 1);
  assert.equal(msnsOf(window), [0, 1]);
  window.close(2_000);
  assert.equal([msnsOf(window), window.edge()], [[0], { msn: 0, part: 0 }]);
});

test('the edge is the newest part, the hint is the one after it', () => {
  const window = new RenditionWindow(limitsOf(20));
  assert.equal([window.edge(), window.next()], [undefined, undefined]);
  open(window, 5);
  assert.equal([window.edge(), window.next()], [undefined, { msn: 5, part: 0 }]);
  for (let i = 0; i < 3; i += 1) window.addPart(part(0.2));
  assert.equal(
    [window.edge(), window.next()],
    [
      { msn: 5, part: 2 },
      { msn: 5, part: 3 },
    ],
  );
  window.close(1_000);
  assert.equal(window.next(), { msn: 6, part: 0 });
  open(window, 6);
  assert.equal(
    [window.edge(), window.next()],
    [
      { msn: 5, part: 2 },
      { msn: 6, part: 0 },
    ],
  );
});

test('the end completes the open segment, and nothing is held or hinted any more', () => {
  const window = liveWindow();
  window.end(4_600);
  assert.ok(window.isEnded);
  assert.is(window.listed().at(-1)?.isComplete, true);
  assert.is(window.next(), undefined);
  assert.equal([window.answerReload(4, 3), window.answerReload(99, 0)], ['ready', 'ready']);
  assert.equal([window.fetch(4, 3), window.fetch(5, 0)], ['unknown', 'unknown']);
});

test('a reload waits for what comes next, and is refused what lies too far ahead', () => {
  const window = liveWindow();
  const answers = (...asked: (readonly [number, number | undefined])[]) =>
    asked.map(([msn, number]) => window.answerReload(msn, number));
  assert.equal(
    answers([-1, undefined], [3, undefined], [4, undefined], [6, undefined], [7, undefined]),
    ['ready', 'ready', 'wait', 'wait', 'refuse'],
  );
  assert.equal(answers([4, 2], [4, 3], [4, 17], [4, 18]), ['ready', 'wait', 'wait', 'refuse']);
  assert.equal(answers([5, 15], [5, 16], [6, 15], [6, 16]), ['wait', 'refuse', 'wait', 'refuse']);
});

test('a part past the last one of a complete segment means the first of the next one', () => {
  const window = liveWindow();
  assert.equal([window.answerReload(3, 1), window.answerReload(3, 99)], ['ready', 'ready']);
  window.close(4_600);
  assert.equal([window.answerReload(4, 3), window.answerReload(5, 0)], ['wait', 'wait']);
  open(window, 5);
  assert.is(window.answerReload(4, 3), 'wait');
  window.addPart(part(0.2));
  assert.equal([window.answerReload(4, 3), window.answerReload(5, 0)], ['ready', 'ready']);
});

test('a reload of a window that has nothing yet waits', () => {
  const window = new RenditionWindow(limitsOf(20));
  assert.is(window.answerReload(99, 0), 'wait');
  open(window, 5);
  assert.is(window.answerReload(5, 0), 'wait');
});

test('parts, whole segments and the hinted part can be fetched, others not', () => {
  const window = liveWindow();
  assert.equal(window.fetch(4, 1), { parts: [part(0.2, 'part 1')] });
  assert.equal(window.fetch(3, undefined), { parts: [part(1)] });
  assert.equal(
    [window.fetch(4, 3), window.fetch(4, 4), window.fetch(5, 3), window.fetch(5, 0)],
    ['wait', 'unknown', 'unknown', 'unknown'],
  );
  assert.equal([window.fetch(4, undefined), window.fetch(9, undefined)], ['unknown', 'unknown']);
});

test('an init section stays as long as a segment in memory needs it, and the newest always', () => {
  const window = new RenditionWindow(limitsOf(3));
  for (const id of ['b', 'a', 'unused', 'b']) window.addInit(id, Buffer.from(id));
  const known = () => ['a', 'b', 'unused'].filter((id) => window.init(id)?.toString() === id);
  add(window, 0, { initId: 'a' });
  assert.equal(known(), ['a', 'b'], 'added again it is the newest');
  for (let msn = 1; msn < 8; msn += 1) add(window, msn, { initId: 'b' });
  assert.equal(known(), ['a', 'b'], 'segment 0 may still be fetched');
  add(window, 8, { initId: 'b' });
  assert.equal(known(), ['b']);
});

test('a segment has a gap where any of its parts was lost', () => {
  const window = new RenditionWindow(limitsOf(3));
  for (const [msn, lost] of [[], [1], [0, 1]].entries()) {
    open(window, msn);
    for (const i of [0, 1]) {
      window.addPart({ ...part(0.5), ...(lost.includes(i) ? { bytes: undefined } : {}) });
    }
    window.close(msn * 1_000);
  }
  assert.equal(window.listed().map(isGap), [false, true, true]);
  assert.is(window.heldBytes(), 3);
});

const sumOf = (segments: readonly { readonly durationS: number }[]) =>
  segments.reduce((sum, { durationS }) => sum + durationS, 0);

test('whatever lengths segments have: what was just listed can be fetched, memory is bounded', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 3, max: 12 }), (quarters, windowS) => {
      const window = new RenditionWindow(limitsOf(windowS));
      const untilMs = new Map<number, number>();
      let [nowMs, longestS, lastUntilMs] = [0, 0, 0];
      for (const [msn, durationS] of quarters.map((quarter) => quarter / 4).entries()) {
        const before = window.listed();
        open(window, msn);
        window.addPart(part(durationS));
        nowMs += 1000 * durationS;
        longestS = Math.max(longestS, sumOf(before) + durationS);
        window.close(nowMs);
        const listed = window.listed();
        for (const left of before.filter((one) => one.msn < (listed[0]?.msn ?? 0))) {
          // None goes before an older one.
          lastUntilMs = Math.max(lastUntilMs, nowMs + 1000 * (left.durationS + longestS));
          untilMs.set(left.msn, lastUntilMs);
        }
        for (const one of listed) assert.is.not(window.fetch(one.msn, undefined), 'unknown');
        for (const [old, until] of untilMs) {
          const isThere = window.fetch(old, undefined) !== 'unknown';
          assert.is(isThere, until > nowMs, `${old} at ${nowMs}`);
        }
        const newerS = sumOf(listed.slice(1));
        assert.ok(newerS < windowS, `${newerS} s without the oldest would be enough`);
        assert.ok(sumOf(listed) >= windowS || listed.length === msn + 1);
      }
    }),
  );
});

test.run();
