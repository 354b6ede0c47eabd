/** Networks for guests and crew, kept open by a substitute helper and a substitute NetworkManager. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OwnNetwork } from '../../../daemon/model/hotspot.ts';
import { runOwnNetworks } from '../../../daemon/network/own-networks.ts';
import type { WantedNetworks } from '../../../daemon/network/wanted.ts';
import type { NetworkPlan, Reply, Request } from '../../../hal/network/plan.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { SharedRole, SharedSettings } from '../../../hal/wifi/port.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('own networks');

const GUESTS = { role: 'guests', device: 'wlan0', address: '10.42.0.1' } as const;
const CREW = { role: 'crew', device: 'eth1', address: '10.42.77.1' } as const;
const NAME = { ssid: 'corner', password: '' };
const WANTED: WantedNetworks = {
  plan: {
    guests: { device: 'wlan0', tcp: [8080], udp: [] },
    crew: { device: 'eth1', upBps: 5e6, downBps: 2e7, dns: '9.9.9.9' },
  },
  shared: [
    { ...GUESTS, ...NAME },
    { ...CREW, ...NAME },
  ],
  guestsPage: 'http://10.42.0.1:8080/',
  hasPortal: false,
};
const WELL: Reply = {
  ok: true,
  shaped: [
    { device: 'wwan0', queue: 'cake' },
    { device: 'eth1', queue: 'cake' },
  ],
  missing: [],
};

/** @param left What an earlier run has left up, as it was then. */
async function start({
  isSetUp = true,
  left = [] as readonly SharedSettings[],
  wanted = WANTED,
} = {}) {
  const clock = new VirtualClock();
  const done: string[] = [];
  const up = new Map<SharedRole, string>(left.map(({ role, device }) => [role, device]));
  const at: {
    reply: Reply | HalError;
    opening: HalError | undefined;
    manager: HalError | undefined;
    isSetUp: boolean;
    spent: readonly string[];
    isRestarting: boolean;
  } = {
    ...{ reply: WELL, opening: undefined, manager: undefined, isSetUp, spent: [] },
    isRestarting: false,
  };
  const plans: unknown[] = [];
  let shown: readonly OwnNetwork[] | undefined;
  const stop = new AbortController();
  const deps = {
    helper: {
      ask: async (request: Request) => {
        done.push(request.verb);
        if ('plan' in request) plans.push(request.plan);
        if (at.reply instanceof HalError) throw at.reply;
        return at.reply;
      },
      [Symbol.dispose]: () => done.push('leave') && undefined,
    },
    network: {
      shared: async () => {
        if (at.manager !== undefined) throw at.manager;
        return new Map(up);
      },
      isShared: async ({ role, password }: SharedSettings) =>
        left.some((one) => one.role === role && one.password === password),
      openShared: async ({ role, device }: SharedSettings) => {
        if (at.opening !== undefined) throw at.opening;
        done.push(`open ${role}`);
        up.set(role, device);
      },
      closeShared: async (role: SharedRole) => {
        if (up.delete(role)) done.push(`close ${role}`);
      },
    },
    isSetUp: () => at.isSetUp,
    spent: () => at.spent,
    isRestarting: () => at.isRestarting,
    onChange: (networks: readonly OwnNetwork[] | undefined) => {
      shown = networks;
    },
    ...{ clock, log: silentLog },
  };
  const ended = runOwnNetworks(wanted, deps, stop.signal);
  await clock.advance(0);
  return {
    ...{ clock, done, up, at, plans },
    shown: () =>
      shown?.map(({ role, phase, code }) => [role, phase, ...(code ? [code] : [])].join(' ')),
    all: () => shown,
    end: async () => {
      stop.abort();
      await ended;
    },
  };
}

test('rules are set first, then the networks are opened; at the end they go in the other order', async () => {
  const box = await start();
  assert.equal(box.done, ['apply', 'open guests', 'open crew']);
  assert.equal(box.shown(), ['guests open', 'crew open']);
  assert.equal(box.all()?.at(1)?.shaped, [
    { device: 'wwan0', queue: 'cake' },
    { device: 'eth1', queue: 'cake' },
  ]);
  await box.clock.advance(20_000);
  assert.equal(new Set(box.done.slice(3)), new Set(['apply']), 'rules that are flushed come back');
  box.done.length = 0;
  await box.end();
  assert.equal(box.done, ['close guests', 'close crew', 'undo', 'leave']);
  assert.is(box.all(), undefined);
});

test('what a box left that was killed stays up, but for one whose password has changed since', async () => {
  const [guests, crew] = WANTED.shared as readonly [SharedSettings, SharedSettings];
  const box = await start({ left: [{ ...guests, password: 'of-yesterday' }, crew] });
  assert.equal(box.done, ['apply', 'close guests', 'open guests']);
  assert.equal(box.shown(), ['guests open', 'crew open']);
  await box.clock.advance(20_000);
  assert.equal(new Set(box.done.slice(3)), new Set(['apply']), 'looked at once');
  await box.end();
});

test('a box that is started again keeps those who are in its networks', async () => {
  const box = await start();
  box.done.length = 0;
  box.at.isRestarting = true;
  await box.end();
  assert.equal(box.done, ['leave'], 'the helper waits a minute for it');
  assert.equal([...box.up.keys()], ['guests', 'crew']);
});

test('what it left is closed where the settings of today want it no more', async () => {
  const [guests, crew] = WANTED.shared as readonly [SharedSettings, SharedSettings];
  const box = await start({ left: [guests, crew], wanted: { ...WANTED, shared: [guests] } });
  assert.equal(box.done, ['apply', 'close crew']);
  assert.equal(box.shown(), ['guests open']);
  await box.end();
});

test('the crew does not use a link whose data budget is used up, and its network stays up', async () => {
  const box = await start();
  box.at.spent = ['wwan0', 'wwan7'];
  await box.clock.advance(5_000);
  const { crew } = box.plans.at(-1) as NetworkPlan;
  assert.equal(crew?.spent, ['wwan0', 'wwan7']);
  assert.equal(box.shown(), ['guests open', 'crew waiting']);
  assert.is(box.all()?.at(1)?.reason, 'the data budget of wwan0 is used up');
  assert.is(box.up.get('crew'), 'eth1');
  box.at.spent = ['wwan7'];
  await box.clock.advance(5_000);
  assert.equal(box.shown(), ['guests open', 'crew open'], 'another way out is left');
  await box.end();
});

test('no network is open while what it needs is not known to be in force, and each is back by itself', async () => {
  const cases = [
    [new HalError('NOT_FOUND', 'no socket'), 'NO_HELPER'],
    [new HalError('NOT_PERMITTED', 'no'), 'NOT_PERMITTED'],
    [new HalError('TIMEOUT', 'late'), 'NO_ANSWER'],
    [{ ok: false, code: 'RULES_REFUSED', reason: 'nft' } as const, 'RULES_REFUSED'],
    [{ ok: false, code: 'NO_PROGRAM', reason: 'nft' } as const, 'NO_PROGRAM'],
  ] as const;
  for (const [reply, code] of cases) {
    const box = await start();
    box.at.reply = reply;
    await box.clock.advance(10_000);
    assert.equal(box.shown(), [`guests failed ${code}`, `crew failed ${code}`]);
    // Rules that were set stay in the kernel while the helper is away, and so does the network.
    assert.is(box.up.size, code === 'NO_ANSWER' ? 2 : 0, code);
    box.at.reply = WELL;
    await box.clock.advance(120_000);
    assert.equal(box.shown(), ['guests open', 'crew open'], code);
    await box.end();
  }
});

test('a crew’s port that cannot be shaped stays closed, and guests keep their network', async () => {
  for (const code of ['SHAPER_TAKEN', 'QUEUES_REFUSED', 'ROUTES_REFUSED'] as const) {
    const box = await start();
    box.at.reply = { ok: false, code, reason: 'eth0' };
    await box.clock.advance(10_000);
    assert.equal(box.shown(), ['guests open', `crew failed ${code}`]);
    assert.equal([...box.up.keys()], ['guests']);
    await box.end();
  }
});

test('what NetworkManager refuses has a code, a port without a cable just waits', async () => {
  const box = await start();
  const cases = [
    [new HalError('NOT_FOUND', 'wlan0 is not on this machine'), 'failed NO_DEVICE'],
    [new HalError('UNSUPPORTED', 'wlan0 is no card'), 'failed NO_DEVICE'],
    [new HalError('TIMEOUT', 'not connected in time'), 'failed NOT_OPENED'],
    [new HalError('IO', 'not connected'), 'failed NOT_OPENED'],
    [new HalError('GONE', 'eth1 has no cable'), 'waiting'],
  ] as const;
  for (const [opening, state] of cases) {
    box.at.opening = opening;
    box.up.clear();
    await box.clock.advance(120_000);
    assert.equal(box.shown(), [`guests ${state}`, `crew ${state}`]);
  }
  box.at.manager = new HalError('NOT_FOUND', 'no NetworkManager');
  await box.clock.advance(120_000);
  assert.equal(box.shown(), ['guests failed NO_MANAGER', 'crew failed NO_MANAGER']);
  await box.end();
});

test('during the first set-up, which has the card, nothing is opened', async () => {
  const box = await start({ isSetUp: false });
  await box.clock.advance(60_000);
  assert.equal([box.done, box.shown()], [[], ['guests waiting', 'crew waiting']]);
  box.at.isSetUp = true;
  await box.clock.advance(60_000);
  assert.equal(box.shown(), ['guests open', 'crew open']);
  await box.end();
});

test('a box that never asked the helper leaves it alone at its end', async () => {
  const box = await start({ isSetUp: false });
  await box.end();
  assert.equal(box.done, ['leave']);
});

test.run();
