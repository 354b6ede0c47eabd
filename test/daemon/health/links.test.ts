/** Which links are out of use, and which of them another alert explains. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  areAllDown,
  isUsable,
  linksOf,
  losesLargePackets,
  unexplainedLinks,
} from '../../../daemon/health/links.ts';
import { alertsOf, type Health } from '../../../daemon/health/step.ts';
import type { Alert, BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import type { LinkSnapshot } from '../../../pipelines/bond/core/snapshot.ts';

const test = suite('links and the order of alerts');

const link = (id: string, more: Partial<LinkSnapshot> = {}) =>
  ({ id, state: 'active', isEnabled: true, isSpent: false, ...more }) as LinkSnapshot;

interface Around {
  readonly phase?: string;
  readonly uplink?: string;
  readonly modems?: readonly object[];
  readonly maintenance?: readonly object[];
}

/** A box with these links. */
function boxWith(links: readonly LinkSnapshot[], around: Around = {}): BoxSnapshot {
  const { phase = 'connected', uplink = 'running', modems = [], maintenance = [] } = around;
  const box = {
    uplink: { phase, bond: { links } },
    children: { uplink: { phase: uplink, restartsTotal: 0 } },
    modems: { phase: 'known', modems },
    modemMaintenance: maintenance,
  };
  return box as unknown as BoxSnapshot;
}

const idsOf = (links: readonly LinkSnapshot[]) => links.map(({ id }) => id);

test('links count while the uplink runs, and only those that are switched on', () => {
  const links = [link('a'), link('b', { isEnabled: false })];
  assert.equal(idsOf(linksOf(boxWith(links))), ['a']);
  assert.equal(linksOf(boxWith(links, { phase: 'off' })), []);
  assert.equal(linksOf(boxWith(links, { uplink: 'pausing' })), []);
  const without = { ...boxWith([]), uplink: undefined } as unknown as BoxSnapshot;
  assert.equal(linksOf(without), []);
});

test('a link carries something while it is active or suspect and has data left', () => {
  assert.ok(isUsable(link('a')) && isUsable(link('a', { state: 'suspect' })));
  for (const more of [{ state: 'stalled' }, { state: 'out' }, { isSpent: true }] as const) {
    assert.not.ok(isUsable(link('a', more)), JSON.stringify(more));
  }
  assert.ok(areAllDown(boxWith([link('a', { state: 'out' }), link('b', { isSpent: true })])));
  assert.not.ok(areAllDown(boxWith([link('a', { state: 'out' }), link('b')])));
  assert.not.ok(areAllDown(boxWith([])));
});

test('large packets are the cause on a link that has stalled, and has data left', () => {
  const largePackets = { lostBytes: 1_332 };
  assert.ok(losesLargePackets(link('a', { state: 'stalled', largePackets })));
  assert.not.ok(losesLargePackets(link('a', { state: 'active', largePackets })));
  assert.not.ok(losesLargePackets(link('a', { state: 'stalled', isSpent: true, largePackets })));
  assert.not.ok(losesLargePackets(link('a', { state: 'stalled' })));
});

test('a link that is down is explained by its modem where that is locked, cared for or reset', () => {
  const down = [link('a', { state: 'out' }), link('b', { state: 'out' }), link('c')];
  const explained = (modem: object, maintenance: object) => {
    // The second one is well, so its lock must be looked for under its own name.
    const modems = [modem, { id: 'm2', sim: 'ready' }];
    const two = [
      { id: 'm1', link: 'a', ...maintenance },
      { id: 'm2', link: 'b' },
    ];
    return idsOf(unexplainedLinks(boxWith(down, { modems, maintenance: two })));
  };
  const ready = { id: 'm1', sim: 'ready' };
  assert.equal(explained(ready, {}), ['a', 'b']);
  assert.equal(explained({ id: 'm1', sim: 'pin' }, {}), ['b']);
  assert.equal(explained({ id: 'm1', sim: 'puk' }, {}), ['b']);
  assert.equal(explained(ready, { pin: 'wrong' }), ['b']);
  assert.equal(explained(ready, { reset: 'failed' }), ['b']);
});

test('the most severe alert comes first, and of two alike the older one', () => {
  const entry = (key: string, severity: Alert['severity'], sinceMs: number, isShown = true) =>
    [key, { isShown, warning: { key, severity, sinceMs } }] as const;
  const health = new Map([
    entry('note', 'info', 1),
    entry('later', 'warning', 30),
    entry('hidden', 'critical', 1, false),
    entry('dark', 'critical', 40),
    entry('older', 'warning', 20),
  ]) as unknown as Health;
  assert.equal(
    alertsOf(health).map(({ key }) => key),
    ['dark', 'older', 'later', 'note'],
  );
});

test.run();
