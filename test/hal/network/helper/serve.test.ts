/** The network helper and the box at its socket. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openNetworkHelper } from '../../../../hal/network/client.ts';
import { IDLE_MS, LEASE_MS, serveBox } from '../../../../hal/network/helper/serve.ts';
import type { NetworkPlan, Reply } from '../../../../hal/network/plan.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { HalError } from '../../../../hal/os/errors.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { until } from '../../../support/box.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('the network helper’s socket');

const LONG_MS = 60_000;
const GUESTS: NetworkPlan = { guests: { device: 'wlan0', tcp: [8080], udp: [] } };
const CREW = { device: 'eth1', upBps: 5_000_000, downBps: 20_000_000, dns: '9.9.9.9' };
const { signal } = new AbortController();

async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-helper-'));
  const path = join(folder, 'socket');
  const clock = new VirtualClock();
  const asked: string[] = [];
  const at = { hasGuests: false, reply: { ok: true, shaped: [], missing: [] } as Reply };
  const work = (what: string) => {
    asked.push(what);
    return Promise.resolve(at.reply);
  };
  const networks = {
    apply: (plan: NetworkPlan) => work(Object.keys(plan).join('+')),
    undo: () => work('undo'),
  };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const ending = new AbortController();
  let hasEnded = false;
  const deps = { networks, hasGuests: () => at.hasGuests, clock, log: silentLog };
  const ended = serveBox(server, deps, ending.signal).then(() => {
    hasEnded = true;
  });
  const stop = async () => {
    ending.abort();
    await ended;
  };
  /** So long, seen by the helper: its box has left it by then. */
  const advance = async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await clock.advance(ms);
  };
  return {
    ...{ path, asked, at, advance, stop },
    hasEnded: () => hasEnded,
    box: () => openNetworkHelper(systemClock, path),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

test('a box asks one thing after the other on one connection, and gets each answer', async () => {
  await using helper = await start();
  using box = helper.box();
  assert.equal(await box.ask({ verb: 'apply', plan: GUESTS }, signal), helper.at.reply);
  helper.at.reply = { ok: false, code: 'SHAPER_TAKEN', reason: 'eth0' };
  assert.equal(await box.ask({ verb: 'apply', plan: { crew: CREW } }, signal), helper.at.reply);
  assert.equal((await box.ask({ verb: 'undo' }, signal)).ok, false);
  assert.equal(helper.asked, ['guests', 'crew', 'undo']);
});

test('what is no request is refused, and nothing is done', async () => {
  await using helper = await start();
  using box = helper.box();
  const ask = async (request: unknown) => await box.ask(request as never, signal);
  for (const request of [{ verb: 'run', args: ['nft'] }, { verb: 'apply' }, 'apply', null, 7]) {
    const reply = await ask(request);
    assert.is('code' in reply && reply.code, 'BAD_REQUEST', JSON.stringify(request));
  }
  assert.equal(helper.asked, []);
});

test('a box that is back within a minute finds its networks; after it they are undone, and the helper ends', async () => {
  await using helper = await start();
  {
    using box = helper.box();
    await box.ask({ verb: 'apply', plan: GUESTS }, signal);
  }
  await helper.advance(LEASE_MS - 1_000);
  assert.equal(helper.asked, ['guests']);
  {
    using again = helper.box();
    await again.ask({ verb: 'apply', plan: { crew: CREW } }, signal);
    await helper.advance(10 * LEASE_MS);
    assert.equal(helper.asked, ['guests', 'crew']);
  }
  await until(async () => {
    await helper.advance(LEASE_MS);
    return helper.asked.at(-1) === 'undo';
  }, LONG_MS);
  await until(async () => {
    await helper.advance(IDLE_MS);
    return helper.hasEnded();
  }, LONG_MS);
});

test('guests whose network is still up are held back until it is gone, without a crew’s way out', async () => {
  await using helper = await start();
  helper.at.hasGuests = true;
  {
    using box = helper.box();
    await box.ask({ verb: 'apply', plan: { ...GUESTS, crew: CREW } }, signal);
  }
  await until(async () => {
    await helper.advance(LEASE_MS);
    return helper.asked.length === 2;
  }, LONG_MS);
  await helper.advance(5 * LEASE_MS);
  assert.equal(helper.asked, ['guests+crew', 'guests']);
  helper.at.hasGuests = false;
  await until(async () => {
    await helper.advance(LEASE_MS);
    return helper.asked.at(-1) === 'undo';
  }, LONG_MS);
});

test('a helper that is asked to end takes all away first', async () => {
  await using helper = await start();
  using box = helper.box();
  await box.ask({ verb: 'apply', plan: GUESTS }, signal);
  await helper.stop();
  assert.equal(helper.asked, ['guests', 'undo']);
});

test('a client that never ends its line is gone, and a newer box takes the place of one before', async () => {
  await using helper = await start();
  using box = helper.box();
  await box.ask({ verb: 'undo' }, signal);
  using newer = helper.box();
  const plan = { guests: { device: 'wlan0', tcp: [], udp: [], note: 'x'.repeat(70_000) } };
  const failed = await newer.ask({ verb: 'apply', plan } as never, signal).catch((error) => error);
  assert.is(failed instanceof HalError && failed.code, 'GONE');
  assert.ok((await newer.ask({ verb: 'undo' }, signal)).ok, 'the next request connects again');
  const old = await box.ask({ verb: 'undo' }, signal).catch((error: HalError) => error.code);
  assert.ok(old === 'GONE' || typeof old === 'object');
});

test('without a helper the reason is clear at once', async () => {
  using nobody = openNetworkHelper(systemClock, '/nonexistent/venuebox-network.sock');
  const failed = await nobody.ask({ verb: 'undo' }, signal).catch((error: unknown) => error);
  assert.ok(failed instanceof HalError);
  assert.is(failed.code, 'NOT_FOUND');
});

test.run();
