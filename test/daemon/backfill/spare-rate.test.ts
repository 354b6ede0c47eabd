/** How much of the links back-fill may use. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  NO_SPARE_RATE,
  routedOf,
  type SpareRate,
  type SpareRateLimits,
  sendPathOf,
  stepSpareRate,
} from '../../../daemon/backfill/spare-rate.ts';
import { parseConfig } from '../../../daemon/config/file.ts';
import type { UplinkConfig } from '../../../daemon/config/uplink.ts';
import { namedLinks } from '../../../daemon/media/uplink-settings.ts';
import type { UplinkFigures } from '../../../daemon/model/snapshot.ts';
import { link, WELL } from '../../support/snapshot.ts';

const test = suite('room for back-fill');

const uplink = WELL.uplink as UplinkFigures;
const bond = uplink.bond as NonNullable<UplinkFigures['bond']>;
const LIMITS: SpareRateLimits = { maxBps: 2_000_000, fullBps: uplink.targetBps, budgets: {} };

function after(
  seconds: number,
  change: Partial<UplinkFigures> = {},
  from: SpareRate = NO_SPARE_RATE,
  limits = LIMITS,
) {
  let room = from;
  for (let s = 1; s <= seconds; s += 1) {
    room = stepSpareRate(room, { uplink: { ...uplink, ...change } }, limits, s * 1_000);
  }
  return room;
}

const withLinks = (...links: (typeof bond)['links']) => ({ bond: { ...bond, links } });

test('beside a stream that is well it starts low, grows and ends at its limit', () => {
  const [first, later, last] = [after(1).bps, after(5).bps, after(60).bps];
  assert.ok(first > 0 && first < later && later < last);
  assert.is(last, 2_000_000);
});

test('each sign that the stream needs the links stops it for ten seconds', () => {
  const full = after(60);
  const srt = uplink.srt as NonNullable<UplinkFigures['srt']>;
  for (const [sign, change] of Object.entries({
    'the encoder has given way': { targetBps: uplink.targetBps / 2 },
    'not connected': { phase: 'connecting' },
    'nothing arrives': { reason: 'no data arrives' },
    'packets came too late': { srt: { ...srt, droppedTotal: 1 } },
    'the round trip grows': { srt: { ...srt, rttMs: 600 } },
    'a link stalls': withLinks(link('wwan0', 'stalled'), link('eth0')),
    'a link is lost': withLinks(link('wwan0', 'out'), link('eth0')),
  } as Record<string, Partial<UplinkFigures>>)) {
    const hit = stepSpareRate(full, { uplink: { ...uplink, ...change } }, LIMITS, 100_000);
    assert.is(hit.bps, 0, sign);
    const srtAfter = { srt: { ...srt, droppedTotal: hit.droppedTotal } };
    const soon = stepSpareRate(hit, { uplink: { ...uplink, ...srtAfter } }, LIMITS, 109_000);
    assert.is(soon.bps, 0, sign);
    const again = stepSpareRate(soon, { uplink: { ...uplink, ...srtAfter } }, LIMITS, 111_000);
    assert.ok(again.bps > 0 && again.bps < full.bps, sign);
  }
});

test('it takes the link with most to spare, never a backup, one that is out or one without budget', () => {
  const wide = { ...link('wwan0'), capacityBps: 9e6 };
  assert.is(after(1, withLinks(link('eth0'), wide)).link, 'wwan0');
  assert.is(after(1, withLinks(link('eth0'), { ...wide, isBackup: true })).link, 'eth0');
  assert.is(after(1, withLinks(link('eth0'), link('wwan0', 'out'))).link, 'eth0');
  assert.is(after(1, withLinks(link('eth0'), { ...wide, isSpent: true })).link, 'eth0');
  const budgets = { wwan0: { bytes: 1e9, usedBytes: 0.96e9 } };
  const limits = { ...LIMITS, budgets };
  assert.is(after(1, withLinks(link('eth0'), wide), NO_SPARE_RATE, limits).link, 'eth0');
  assert.is(after(1, withLinks(wide), NO_SPARE_RATE, limits).bps, 0);
  const plenty = { ...LIMITS, budgets: { wwan0: { bytes: 1e9, usedBytes: 0.5e9 } } };
  assert.is(after(1, withLinks(wide), NO_SPARE_RATE, plenty).link, 'wwan0');
});

test('it stays on its link while another has a little more, and goes on beside one that stays stalled', () => {
  const pair = (first: number, second: number) =>
    withLinks({ ...link('wwan0'), capacityBps: first }, { ...link('eth0'), capacityBps: second });
  let room = after(1, pair(9e6, 8e6));
  assert.is(room.link, 'wwan0');
  for (let s = 2; s < 40; s += 1) {
    const change = s % 2 === 0 ? pair(8e6, 9e6) : pair(9e6, 8e6);
    room = stepSpareRate(room, { uplink: { ...uplink, ...change } }, LIMITS, s * 1_000);
    assert.is(room.link, 'wwan0');
  }
  assert.is(room.bps, 2_000_000);
  const stuck = withLinks(link('wwan0', 'stalled'), link('eth0'));
  const later = after(30, stuck, room);
  assert.ok(later.bps > 0 && later.link === 'eth0');
});

test('after the drop it has all of its limit, while no budget is nearly used up', () => {
  const idle = { uplink: undefined };
  assert.is(stepSpareRate(NO_SPARE_RATE, idle, LIMITS, 1_000).bps, 2_000_000);
  const budgets = { wwan0: { bytes: 1e9, usedBytes: 0.96e9 } };
  assert.is(stepSpareRate(NO_SPARE_RATE, idle, { ...LIMITS, budgets }, 1_000).bps, 0);
});

test('after the drop the budget of the link that the route leads over counts, and is charged', () => {
  const idle = { uplink: undefined };
  const budgets = {
    wwan0: { bytes: 1e9, usedBytes: 0.96e9 },
    wwan1: { bytes: 1e9, usedBytes: 0 },
  };
  const sendPath = (routedLink: string | null | undefined) =>
    sendPathOf(stepSpareRate(NO_SPARE_RATE, idle, { ...LIMITS, budgets, routedLink }, 1_000), {});
  assert.equal(sendPath(undefined), { bps: 0 });
  assert.equal(sendPath('wwan0'), { bps: 0, link: 'wwan0' });
  assert.equal(sendPath('wwan1'), { bps: 2_000_000, link: 'wwan1' });
  assert.equal(sendPath('eth0'), { bps: 2_000_000, link: 'eth0' });
  assert.equal(sendPath(null), { bps: 2_000_000 });
});

function withInterfaces(addressesOf: Readonly<Record<string, readonly string[]>>) {
  const interfaces = Object.entries(addressesOf).map(([name, addresses]) => {
    return { name, isUp: true, addresses, rxBytesTotal: 0, txBytesTotal: 0 };
  });
  return { ...WELL.system, interfaces } as typeof WELL.system;
}

test('modems with the same address are left out: what leaves from it would take one and the same', () => {
  const wide = { ...link('wwan0'), capacityBps: 9e6 };
  const change = withLinks(wide, link('wwan1'), link('eth0'));
  const plannedLinks = ['wwan0', 'wwan1', 'eth0'].map((id) => ({ id, device: id }));
  const chosen = (wwan1: string) => {
    const addresses = { wwan0: ['192.168.8.100'], wwan1: [wwan1], eth0: ['10.0.0.2'] };
    const box = {
      uplink: { ...uplink, ...change },
      plannedLinks,
      system: withInterfaces(addresses),
    };
    return stepSpareRate(NO_SPARE_RATE, box, LIMITS, 1_000).link;
  };
  assert.is(chosen('192.168.8.100'), 'eth0');
  assert.is(chosen('192.168.9.100'), 'wwan0');
});

test('the route of links that share their address is not known: no SIM may be near its end', () => {
  assert.is(routedOf([]), null);
  assert.is(routedOf(['wwan0']), 'wwan0');
  assert.is(routedOf(['wwan0', 'wwan1']), undefined);
});

test('a link that is switched off has its address, too, and is called what it is called now', () => {
  const uplink = parseConfig(
    'x',
    'uplink: {host: h, port: 1, links: [{id: a, device: usb0}, {id: b, device: usb1, enabled: false}]}',
    [],
  ).uplink as UplinkConfig;
  const links = namedLinks(uplink, (device) => device.replace('usb', 'enx'));
  assert.equal(
    links.map(({ id, device }) => `${id} ${device}`),
    ['a enx0', 'b enx1'],
  );
});

test('it leaves from the address of its link, and not at all where that is not known', () => {
  const room = { ...NO_SPARE_RATE, bps: 1_000, link: 'wwan0' };
  const system = withInterfaces({ wwp1: ['10.1.2.3', 'fd00::1'] });
  const planned = (one: object) => ({ plannedLinks: [{ id: 'wwan0', ...one }], system });
  assert.is(sendPathOf(room, planned({ device: 'wwp1' })).localAddress, '10.1.2.3');
  assert.is(sendPathOf(room, planned({ address: '127.0.0.2' })).localAddress, '127.0.0.2');
  assert.equal(sendPathOf(room, planned({ device: 'wwp9' })), { bps: 0 });
  assert.equal(sendPathOf({ ...NO_SPARE_RATE, bps: 7 }, { system }), { bps: 7 });
});

test.run();
