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

/** What is restarted, and when, within so many seconds of nothing. */
function during(stalls: SourceStalls, seconds: number, now = figures(0, 'live')) {
  return Array.from({ length: seconds }, (_, s) =>
    stalls.step(now).map(({ kind, hasSent }) => `${kind}${hasSent ? '' : ', new,'} at ${s + 1} s`),
  ).flat();
}

test('each is restarted after ten seconds of nothing, and again after ten more', () => {
  const stalls = new SourceStalls();
  stalls.begin('camera');
  stalls.begin('sound');
  during(stalls, 2, figures(30, 'live'));
  assert.equal(during(stalls, 25), ['camera at 10 s', 'camera at 20 s']);
});

test('what is said of seconds without a process does not count against the one that begins', () => {
  const stalls = new SourceStalls();
  assert.equal(during(stalls, 30), []);
  stalls.begin('camera');
  assert.equal(during(stalls, 9), []);
  stalls.end('camera');
  assert.equal(during(stalls, 9), []);
  stalls.begin('camera');
  assert.equal(during(stalls, 10), []);
});

test('one that never sent anything is known as such', () => {
  const stalls = new SourceStalls();
  stalls.begin('camera');
  // The frames of the process before.
  stalls.step(figures(12, 'live'));
  assert.equal(during(stalls, 10), ['camera, new, at 10 s']);
});

test('one that is called waits for ever, and stalls once it has sent something', () => {
  const stalls = new SourceStalls();
  stalls.begin('camera', true);
  assert.equal(during(stalls, 100), []);
  during(stalls, 1, figures(30, 'live'));
  assert.equal(during(stalls, 10), ['camera at 10 s']);
});

test('three frames a second in the dark are something, and a short pause is nothing', () => {
  const stalls = new SourceStalls();
  stalls.begin('camera');
  stalls.begin('sound');
  for (let s = 0; s < 60; s += 1) {
    assert.equal(stalls.step(figures(s % 9 === 0 ? 3 : 0, s % 9 === 0 ? 'live' : 'silent')), []);
  }
});

test.run();
