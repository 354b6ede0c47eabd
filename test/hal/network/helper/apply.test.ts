/** Plans in a machine, and out of it again. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Networks } from '../../../../hal/network/helper/apply.ts';
import type { NetworkPlan } from '../../../../hal/network/plan.ts';
import { fakeMachine } from '../support/machine.ts';

const test = suite('the network helper’s work');

const GUESTS = { device: 'wlan0', tcp: [80, 8080], udp: [] };
const CREW = { device: 'eth1', upBps: 5_000_000, downBps: 20_000_000, dns: '9.9.9.9' };
const BOTH: NetworkPlan = { guests: GUESTS, crew: CREW };
const ROUTES = [{ dst: 'default', gateway: '10.0.0.1', dev: 'eth0', metric: 100 }];

const somePlan = fc.constantFrom<NetworkPlan>(
  { guests: GUESTS },
  { crew: CREW },
  BOTH,
  { crew: { ...CREW, via: 'wwan0' } },
  { ...BOTH, crew: { ...CREW, via: 'wwan0', upBps: 900_000 } },
);

test('whatever was asked for, in any order and with any start of the helper, is undone to what was found', async () => {
  const step = fc.oneof(
    somePlan.map((plan) => ({ plan })),
    fc.constant({ plan: undefined }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(step, { maxLength: 6 }),
      async (wasForwarding, steps) => {
        const machine = fakeMachine(wasForwarding, ROUTES);
        const before = machine.state();
        for (const { plan } of steps) {
          // Each by a helper that has just been started.
          const networks = new Networks(machine);
          const reply = plan === undefined ? await networks.undo() : await networks.apply(plan);
          assert.ok(reply.ok, JSON.stringify(reply));
        }
        assert.ok((await new Networks(machine).undo()).ok);
        assert.equal(machine.state(), before);
      },
    ),
  );
});

test('what is in force is not touched again, and what was lost is set again', async () => {
  const machine = fakeMachine(false, ROUTES);
  const networks = new Networks(machine);
  const first = await networks.apply({ guests: GUESTS, crew: { ...CREW, via: 'wwan0' } });
  assert.equal(first, {
    ok: true,
    shaped: [
      { device: 'wwan0', queue: 'cake' },
      { device: 'eth1', queue: 'cake' },
    ],
    missing: [],
  });
  machine.changes.length = 0;
  const plan = { guests: GUESTS, crew: { ...CREW, via: 'wwan0' } };
  assert.equal(await networks.apply(plan), first);
  assert.equal(machine.changes, []);
  machine.flushRules();
  await networks.apply(plan);
  assert.equal(machine.changes, ['nft']);
  await networks.undo();
  assert.not(machine.readForwarding(), 'also after rules that somebody else has flushed');
});

test('guests alone need no forwarding and no queues', async () => {
  const machine = fakeMachine(false, ROUTES);
  await new Networks(machine).apply({ guests: GUESTS });
  assert.equal(machine.changes, ['nft']);
});

test('a kernel without cake has fq_codel, one without either a short queue', async () => {
  const machine = fakeMachine(false, ROUTES);
  machine.kernel.delete('cake');
  const shaped = async () => {
    const reply = await new Networks(machine).apply({ crew: CREW });
    return reply.ok ? reply.shaped.map(({ queue }) => queue) : reply;
  };
  assert.equal(await shaped(), ['fq_codel', 'fq_codel']);
  machine.kernel.clear();
  assert.equal(await shaped(), ['fifo', 'fifo']);
});

test('an interface that is not there is named, and shaped once it is', async () => {
  const machine = fakeMachine(false, ROUTES);
  machine.interfaces.delete('eth1');
  const networks = new Networks(machine);
  const reply = await networks.apply({ crew: CREW });
  assert.ok(reply.ok);
  assert.equal([reply.shaped.length, reply.missing], [1, ['eth1']]);
  machine.interfaces.add('eth1');
  assert.equal((await networks.apply({ crew: CREW })).ok, true);
  assert.ok(machine.changes.includes('tc qdisc add eth1'));
});

test('each failure has its code, leaves guests held back, and can be undone', async () => {
  const cases = [
    ['nft -f', 'missing', 'NO_PROGRAM'],
    ['nft -f', 'refused', 'RULES_REFUSED'],
    ['tc class', 'refused', 'QUEUES_REFUSED'],
    ['tc qdisc add dev eth1 parent', 'refused', 'QUEUES_REFUSED'],
    ['tc', 'missing', 'NO_PROGRAM'],
    ['ip rule add', 'refused', 'ROUTES_REFUSED'],
    ['ip', 'missing', 'NO_PROGRAM'],
  ] as const;
  for (const [start, how, code] of cases) {
    const machine = fakeMachine(false, ROUTES);
    const before = machine.state();
    machine.failing.set(start, how);
    const plan = { guests: GUESTS, crew: { ...CREW, via: 'wwan0' } };
    const reply = await new Networks(machine).apply(plan);
    assert.is(reply.ok, false, start);
    assert.is('code' in reply && reply.code, code, start);
    const { table } = machine.state() as { table?: string };
    if (!start.startsWith('nft')) assert.match(table ?? '', 'iifname "wlan0" drop');
    machine.failing.clear();
    assert.ok((await new Networks(machine).undo()).ok, start);
    assert.equal(machine.state(), before, start);
  }
});

test('an interface that another program shapes is left alone', async () => {
  const machine = fakeMachine(false, ROUTES);
  machine.taken.add('eth0');
  const reply = await new Networks(machine).apply({ crew: CREW });
  assert.is('code' in reply && reply.code, 'SHAPER_TAKEN');
  assert.match('reason' in reply ? reply.reason : '', 'eth0');
  assert.not.ok(machine.changes.some((change) => change.endsWith('eth0')));
});

test.run();
