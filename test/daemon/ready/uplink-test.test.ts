/** The test of the uplink: each link by itself, within what its data budget has left, never in a drop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { NOTHING_HIDDEN } from '../../../daemon/media/hidden-run.ts';
import type { UplinkTest } from '../../../daemon/model/readiness.ts';
import { testUplink } from '../../../daemon/ready/uplink-test.ts';
import { openStage } from './support/stage.ts';

const test = suite('test of the uplink');

const LINKS =
  'uplink: {host: h, port: 1, bitrate_bps: 2000000, links: [{id: wwan0, device: a, budget_mb_per_month: 100}, {id: eth0, device: b}]}';

function start(box: ReturnType<typeof openStage>, usedMb = 0, yaml = LINKS) {
  const config = parseConfig('box.yaml', yaml, []);
  return testUplink({
    ...{ config, runner: box.runner, snapshot: box.snapshot, clock: box.clock },
    plan: { uplinkBps: config.uplink?.bitrate_bps },
    dataUse: { useAt: () => ({ month: '2026-05', bytesByLink: { wwan0: usedMb * 1e6 } }) },
  });
}

test('each link carries the stream alone for some seconds, and all is as before', async () => {
  const box = openStage();
  const outcome = await box.settle(start(box));
  assert.is(outcome.status, 'done');
  const { links, wantedBps, unreached } = (outcome as { result: UplinkTest }).result;
  assert.equal([wantedBps, unreached], [2_000_000, undefined]);
  assert.equal(
    links.map((link) => [link.id, 'bps' in link && link.bps > 0]),
    [
      ['wwan0', true],
      ['eth0', true],
    ],
  );
  const alone = box.history.filter(({ blockedLinks }) => blockedLinks.length === 1);
  assert.ok(alone.some(({ blockedLinks }) => blockedLinks[0] === 'eth0'));
  assert.equal(box.hidden(), NOTHING_HIDDEN);
});

test('a link whose SIM has less left than the test takes carries nothing, and is named', async () => {
  const box = openStage();
  const outcome = await box.settle(start(box, 97));
  const { links } = (outcome as { result: UplinkTest }).result;
  assert.equal(links[0], { id: 'wwan0', why: 'spared' });
  assert.ok(links[1] && 'bps' in links[1]);
  const uplinking = box.history.filter(({ isUplinking }) => isUplinking);
  assert.ok(
    uplinking.length > 0 && uplinking.every(({ blockedLinks }) => blockedLinks.includes('wwan0')),
  );
});

test('where every SIM is used up nothing is sent at all', async () => {
  const box = openStage();
  const only = LINKS.replace(', {id: eth0, device: b}', '');
  const outcome = await box.settle(start(box, 97, only));
  assert.equal((outcome as { result: UplinkTest }).result.links, [{ id: 'wwan0', why: 'spared' }]);
  assert.ok(box.history.every(({ isUplinking }) => !isUplinking));
});

test('it is refused without an uplink, in a drop, and beside another run; a drop that comes ends it', async () => {
  const box = openStage();
  assert.is((await start(box, 0, '')).status, 'rejected');
  for (const phase of ['preflight', 'live', 'ending'] as const) {
    box.set({ drop: { phase, sinceMs: 0 } });
    assert.is((await start(box)).status, 'rejected', phase);
  }
  box.set({ drop: { phase: 'idle', sinceMs: 0 } });
  const first = start(box);
  assert.is((await start(box)).status, 'rejected', 'one runs');
  await box.clock.advance(2_000);
  box.set({ drop: { phase: 'live', sinceMs: 0 } });
  const outcome = await box.settle(first);
  assert.equal([outcome.status, 'code' in outcome && outcome.code], ['failed', 'OVERTAKEN']);
  assert.equal(box.hidden(), NOTHING_HIDDEN);
});

test.run();
