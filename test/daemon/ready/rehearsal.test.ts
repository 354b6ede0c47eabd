/** A rehearsal on a clock that the test moves: hidden, drilled, and ended by a drop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { NOTHING_HIDDEN } from '../../../daemon/media/hidden-run.ts';
import { rehearsalFields } from '../../../daemon/model/readiness.ts';
import { Interrupted } from '../../../daemon/ready/prepared-run.ts';
import { rehearse } from '../../../daemon/ready/rehearsal.ts';
import { openStage } from './support/stage.ts';

const test = suite('rehearsal');

const GOALS = {
  ...{ minutes: 3, latency_p95_ms: 800, stalls_max: 1, edge_hits_pct: 0, failover_max_ms: 2_000 },
};

function start(box: ReturnType<typeof openStage>, minutes = 3, hasUplink = true) {
  const steps: string[] = [];
  const deps = {
    ...{
      snapshot: box.snapshot,
      clock: box.clock,
      openProbe: box.openProbe,
      goals: GOALS,
      hasUplink,
    },
    previewUrl: () => 'http://192.168.1.20:8080/preview/x/live/index.m3u8',
    streamNowMs: () => box.clock.wallMs(),
  };
  const done = box.runner.run(
    { what: 'rehearsal', beside: ['idle', 'armed'] },
    ({ detail }) => steps.push(detail),
    (stage) => rehearse(minutes, deps, stage),
  );
  done.catch(() => undefined);
  return { done, steps };
}

test('it runs hidden with a clock in the picture, takes the best link away, and says what was seen', async () => {
  const box = openStage();
  const { done, steps } = start(box);
  await box.clock.advance(1_000);
  assert.equal(box.hidden(), {
    ...NOTHING_HIDDEN,
    isCapturing: true,
    isUplinking: true,
    hasClock: true,
  });
  assert.is(box.snapshot().readiness?.running?.what, 'rehearsal');
  const rehearsal = await box.settle(done);
  assert.is(rehearsal.verdict, 'pass', JSON.stringify(rehearsal.lines));
  assert.equal(rehearsal.drill, {
    ...{ link: 'wwan0', taken_over_by: 'eth0', failover_s: 0.4, lost: 0, stalls: 0 },
  });
  assert.ok(rehearsal.lasted_s >= 180);
  assert.ok(v.is(v.strictObject(rehearsalFields), rehearsal));
  assert.ok(steps.some((step) => step === 'wwan0 is taken away'));
  assert.equal(box.streams, ['http://192.168.1.20:8080/preview/x/live/index.m3u8']);
  assert.equal(box.hidden(), NOTHING_HIDDEN);
  assert.is(box.snapshot().readiness?.running, undefined);
});

test('live pressed during it ends it at once: links and clock are back before it returns', async () => {
  const box = openStage();
  const { done } = start(box);
  for (let i = 0; i < 200 && box.hidden().blockedLinks.length === 0; i += 1)
    await box.clock.advance(1_000);
  assert.equal(box.hidden().blockedLinks, ['wwan0']);
  box.set({ drop: { phase: 'live', sinceMs: 0, dropId: 'x' } });
  box.runner.end('go-live was asked for');
  assert.equal(box.hidden(), NOTHING_HIDDEN);
  const rehearsal = await box.settle(done, 10);
  assert.is(rehearsal.verdict, 'ended');
  assert.is(rehearsal.reason, 'go-live was asked for');
  assert.ok(box.history.slice(-2).every(({ hasClock }) => !hasClock));
});

test('a drop that comes by itself ends it too', async () => {
  const box = openStage();
  const { done } = start(box);
  await box.clock.advance(10_000);
  box.set({ drop: { phase: 'live', sinceMs: 0, dropId: 'x' } });
  const rehearsal = await box.settle(done);
  assert.is(rehearsal.reason, 'the drop went live');
});

test('without an uplink it watches only, and without a picture it says so', async () => {
  const box = openStage();
  const { done } = start(box, 1, false);
  const rehearsal = await box.settle(done);
  assert.is(rehearsal.drill, null);
  assert.is(rehearsal.verdict, 'pass');
  assert.ok(box.history.every(({ isUplinking }) => !isUplinking));
  const dark = openStage();
  dark.set({ media: undefined });
  const failed = await dark.settle(start(dark).done.catch((error: unknown) => error));
  assert.ok(failed instanceof Interrupted);
  assert.match(failed.message, 'no picture');
});

test('it begins when viewers have seen the end of the last drop; one who arms does not wait for it', async () => {
  const box = openStage();
  box.serveEnd(90_000);
  const { done, steps } = start(box);
  await box.clock.advance(80_000);
  assert.equal(box.history, []);
  assert.match(steps.at(-1) ?? '', 'end of the last drop');
  await box.clock.advance(15_000);
  assert.is(box.hidden().isCapturing, true);
  assert.is((await box.settle(done)).verdict, 'pass');

  box.serveEnd(90_000);
  const second = start(box);
  await box.clock.advance(1_000);
  box.runner.end('arm was asked for');
  const ended = await second.done.catch((error: unknown) => error);
  assert.ok(ended instanceof Interrupted);
  assert.is(box.snapshot().readiness?.running, undefined);
});

test.run();
