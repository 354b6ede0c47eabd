/** A source that sends nothing although its process runs is restarted. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceStalls } from '../../../../daemon/media/camera/source-stalls.ts';
import type { SourceFigures } from '../../../../pipelines/capture/messages.ts';

const test = suite('sources that stall');
const figures = (framesPerS: number, phase: 'live' | 'silent'): SourceFigures => ({
  camera: { phase: framesPerS === 0 ? 'title' : 'live', framesPerS, repeatedTotal: 0 },
  sound: { phase, silentS: 0 },
});

test('each is restarted after ten seconds of nothing, and again after ten more', () => {
  const stalls = new SourceStalls();
  const restarts = Array.from({ length: 25 }, () => stalls.step(figures(0, 'live'))).map((kinds) =>
    kinds.join(),
  );
  assert.equal(
    restarts.flatMap((kinds, s) => (kinds === '' ? [] : [`${kinds} at ${s + 1} s`])),
    ['camera at 10 s', 'camera at 20 s'],
  );
});

test('three frames a second in the dark are something, and a short pause is nothing', () => {
  const stalls = new SourceStalls();
  for (let s = 0; s < 60; s += 1) {
    assert.equal(stalls.step(figures(s % 9 === 0 ? 3 : 0, s % 9 === 0 ? 'live' : 'silent')), []);
  }
});

test.run();
