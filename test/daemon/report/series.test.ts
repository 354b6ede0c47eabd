/** Figures of a drop over its time. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { POINTS_MAX, type Sample, SeriesRecorder } from '../../../daemon/report/series.ts';

const test = suite('figures of a drop over its time');

const sample = (values: Sample['values'], links: Sample['links'] = {}): Sample => ({
  values,
  links,
});

test('a point has the most viewers, the mean delay, and the last total of its seconds', () => {
  const recorder = new SeriesRecorder();
  recorder.add(sample({ viewers: 3, latency_p50_s: 1, stalls: 1 }, { lte: 1_000 }), 0);
  recorder.add(sample({ viewers: 9, latency_p50_s: 2, stalls: 2 }, { lte: 3_000 }), 2);
  recorder.add(sample({ viewers: 5, latency_p50_s: 3, stalls: 4 }), 4);
  recorder.add(sample({ viewers: 1 }, { cable: 7 }), 5);
  const { at_s, columns, links } = recorder.series();
  assert.equal(at_s, [0, 5]);
  assert.equal(columns['viewers'], [9, 1]);
  assert.equal(columns['latency_p50_s'], [2, null]);
  assert.equal(columns['stalls'], [4, null]);
  assert.equal(links, { lte: [2_000, null], cable: [null, 7] });
});

test('however long a drop is, its points are bounded, in order, and lose no peak', () => {
  const recorder = new SeriesRecorder();
  for (let s = 0; s < 12 * 3_600; s += 1) {
    recorder.add(sample({ viewers: s === 20_000 ? 500 : 10, hearts: s }), s);
  }
  const { at_s, columns, every_s } = recorder.series();
  assert.ok(at_s.length <= POINTS_MAX + 1, `${at_s.length}`);
  assert.ok(at_s.length > POINTS_MAX / 3, `${at_s.length}`);
  assert.equal(
    at_s,
    [...new Set(at_s)].toSorted((a, b) => a - b),
  );
  assert.ok(at_s.every((at) => at % every_s === 0));
  assert.is(Math.max(...(columns['viewers'] ?? []).map(Number)), 500);
  assert.is(columns['hearts']?.at(-1), 12 * 3_600 - 1);
});

test('what was saved goes on as if the box had not been off (random, from a seed)', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 400 }), (viewers, cut) => {
      let recorder = new SeriesRecorder();
      for (const [s, count] of viewers.entries()) {
        if (s === cut) recorder = new SeriesRecorder(recorder.series());
        recorder.add(sample({ viewers: count }), s * 3);
      }
      const { columns } = recorder.series();
      assert.is(Math.max(...(columns['viewers'] ?? []).map(Number)), Math.max(...viewers));
    }),
    { seed: 20261129, numRuns: 100 },
  );
});

test.run();
