/** A destination sends nothing by a link whose data budget is used up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { DestinationStates } from '../../../../daemon/media/destinations/states.ts';
import { DestinationUse } from '../../../../daemon/media/destinations/use.ts';
import { withinBudget } from '../../../../daemon/media/destinations/within-budget.ts';
import type { Destination } from '../../../../daemon/model/destinations.ts';
import { pause } from '../../../../hal/os/async.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { supervise } from '../../../../hal/os/supervise.ts';
import type { Task } from '../../../../hal/os/task.ts';
import { seeded } from '../../../support/seeded.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('destinations within data budgets');

const { uplink } = parseConfig(
  'x',
  'uplink: {destinations: [{id: youtube, kind: rtmp, url: rtmp://h/live, key_file: k}]}',
  [],
);
const POLICY = { firstPauseMs: 500, longestPauseMs: 30_000, healthyMs: 30_000 };
const RATE_BYTES_PER_S = 250_000;

/** A destination that is supervised as in the box, and links with budgets. */
function open(budgets: Readonly<Record<string, number>>) {
  const clock = new VirtualClock();
  const used = new Map<string, number>();
  let now: readonly Destination[] = [];
  const states = new DestinationStates(uplink?.destinations ?? [], (next) => {
    now = next;
  });
  const use = new DestinationUse((link, bytes) => used.set(link, (used.get(link) ?? 0) + bytes));
  const sending: Task = async (signal) => {
    for (let sent = 0; await pause(clock, 1_000, signal); ) {
      sent += RATE_BYTES_PER_S;
      const report = { phase: 'connected', sentBps: 8 * RATE_BYTES_PER_S } as const;
      states.report('youtube', { ...report, sentBytesTotal: sent });
      use.report('youtube', sent);
    }
  };
  const onChange = (supervised: Parameters<DestinationStates['supervised']>[1]) =>
    states.supervised('youtube', supervised);
  const options = { policy: POLICY, clock, log: silentLog, onChange };
  const run = withinBudget((signal) => supervise('youtube', sending, options, signal), {
    spentLink: () =>
      use.spentLink('youtube', (link) => (used.get(link) ?? 0) >= (budgets[link] ?? Infinity)),
    onPaused: (link) => states.paused('youtube', link),
    clock,
  });
  const end = new AbortController();
  const running = run(end.signal);
  return {
    ...{ clock, use, used },
    state: () => now[0],
    end: async () => {
      end.abort();
      await running;
    },
  };
}

test('it pauses when the budget is used up, says why, and goes on by another link', async () => {
  const { clock, use, used, state, end } = open({ lte: 1_000_000 });
  use.setLink('youtube', 'lte');
  await clock.advance(20_000);
  assert.is(state()?.phase, 'connecting');
  assert.is(state()?.reason, 'the data budget of link lte is used up');
  const spent = used.get('lte') ?? 0;
  assert.ok(spent >= 1_000_000 && spent < 1_000_000 + 2 * 1.06 * RATE_BYTES_PER_S, `${spent}`);
  use.setLink('youtube', null);
  await clock.advance(5_000);
  assert.is(state()?.phase, 'connected');
  assert.is(state()?.reason, undefined);
  assert.is(used.get('lte'), spent);
  await end();
});

test('after the drop nothing is held', async () => {
  const { clock, use, state, end } = open({ lte: 0 });
  use.setLink('youtube', 'lte');
  await clock.advance(3_000);
  assert.is(state()?.phase, 'connecting');
  await end();
  assert.is(state()?.phase, 'off');
  assert.is(state()?.reason, undefined);
});

for (let seed = 1; seed <= 10; seed += 1) {
  test(`wherever the route leads, no budget is passed by more than two seconds (seed ${seed})`, async () => {
    const random = seeded(seed);
    const budgets = { lte: 5e6 * random(), '5g': 5e6 * random() };
    const { clock, use, used, state, end } = open(budgets);
    const routes = ['lte', '5g', null];
    let route: string | null = 'lte';
    use.setLink('youtube', route);
    for (let step = 0; step < 30; step += 1) {
      route = routes[Math.floor(3 * random())] ?? null;
      use.setLink('youtube', route);
      await clock.advance(Math.ceil(10 * random()) * 1_000);
    }
    for (const [link, bytes] of Object.entries(budgets)) {
      const moreBytes = (used.get(link) ?? 0) - bytes;
      assert.ok(moreBytes < 2 * 1.06 * RATE_BYTES_PER_S + 30, `${link}: ${moreBytes}`);
    }
    use.setLink('youtube', null);
    await clock.advance(3_000);
    assert.is(state()?.phase, 'connected');
    await end();
  });
}

test.run();
