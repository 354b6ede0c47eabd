/** Tests a clip of a running box, in Chromium. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask } from '../../support/ask.ts';
import { startDetailedBox, until } from '../../support/box.ts';
import { clocksOf, framesOf } from '../../support/media/frames.ts';
import { probe } from '../../support/media/movies.ts';
import { playInChromium } from '../../support/media/play.ts';

const test = suite('a clip of a whole box');
const LENGTH_S = 5;
/** So far may the source be behind the clock before it is set on it again. */
const BEHIND_MS = 400;
const MODULUS_MS = 2 ** 24;

/** From `from` to `to`, both of a clock that starts over. */
const since = (from: number, to: number) => (((to - from) % MODULUS_MS) + MODULUS_MS) % MODULUS_MS;

test('a MARK becomes the last seconds before it, without a picture missing, and Chromium plays it', async () => {
  await using box = await startDetailedBox(['clips.folder=clips', `clips.length_s=${LENGTH_S}`]);
  await box.ready();
  const folder = join(box.folder, 'clips', 'clips');
  const clips = () => readdirSync(folder).filter((name) => name.endsWith('.mp4'));
  await sleep((LENGTH_S + 3) * 1000);
  await ask(box, 'cmd', 'mark');
  const madeMs = Date.now();
  await until(() => clips().length === 1, 20_000, box.output);
  const path = join(folder, clips()[0] ?? '');
  const seen = await clocksOf(path, 640);
  const clocks = seen.map((clock, i) => {
    if (clock === undefined) throw new Error(`picture ${i} has no clock`);
    return clock;
  });
  // Each is shown when it was taken. On a loaded machine the test picture itself falls behind.
  const startMs = clocks[0] ?? 0;
  const shown = await framesOf(path);
  assert.is(shown.length, clocks.length);
  for (const [i, clock] of clocks.entries()) {
    const before = clocks[i - 1];
    const stepMs = before === undefined ? 1 : since(before, clock);
    // A picture that the camera did not bring in time is the last one again.
    assert.ok(
      stepMs >= 0 && stepMs < 1_000,
      `picture ${i} comes ${stepMs} ms after the one before`,
    );
    const offMs = since(startMs, clock) - (shown[i]?.atS ?? 0) * 1000;
    assert.ok(Math.abs(offMs) <= BEHIND_MS, `picture ${i} is off by ${offMs} ms`);
  }
  const lastMs = clocks.at(-1) ?? 0;
  assert.ok(since(lastMs, madeMs) < since(startMs, madeMs), 'it ends before it was asked for');
  // It was marked somewhere between the two, when the command line had come to ask.
  assert.ok(since(startMs, madeMs) >= (LENGTH_S - 1) * 1000, 'it reaches back');
  const { complaints, frames, durationS } = await probe(path);
  assert.is(complaints, '');
  assert.is(frames.video, clocks.length);
  assert.ok(durationS >= LENGTH_S && durationS < LENGTH_S + 1.1, `${durationS} s`);
  const [played] = await playInChromium([path]);
  assert.is(played?.error, '');
});

test.run();
