/** Links that cannot be used: why, what they still carry, and what is told of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AckTracker, applySrtlaAck } from '../../../../pipelines/bond/core/acknowledge.ts';
import { nameFailure, SocketFault } from '../../../../pipelines/bond/core/failure.ts';
import type { Link } from '../../../../pipelines/bond/core/link.ts';
import { RateMeter } from '../../../../pipelines/bond/core/path/rate-meter.ts';
import { isProbed, Outage } from '../../../../pipelines/bond/core/probe.ts';
import { ResendBuffer } from '../../../../pipelines/bond/core/resend-buffer.ts';
import { keepaliveOf, renderBondSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';
import { SRT_ACK } from '../../../../pipelines/bond/wire/srt.ts';
import { activeLink } from '../support/links.ts';
import { control, data } from '../support/simulated-srt.ts';

const test = suite('links out of use, and acknowledgements');

function stalledLink(slot: number, echoes = 0): Link {
  const link = activeLink(slot);
  link.stall('silent', 1_000);
  link.state = { phase: 'stalled', sinceMs: 1_000, echoes };
  return link;
}

const spent = (link: Link): Link =>
  Object.assign(link, { config: { ...link.config, budgetBytes: 0 } });

test('a silent link gets a copy of one packet in 50, one that replies of one in 10', () => {
  const probes = (link: Link) =>
    Array.from({ length: 100 }, (_, i) => i + 1).filter((count) => isProbed(link, count));
  assert.equal(probes(stalledLink(0)), [50, 100]);
  assert.equal(probes(stalledLink(0, 1)).length, 10);
  const slow = stalledLink(0, 1);
  slow.rtt.meanMs = 3_000;
  assert.equal(probes(slow).length, 2, 'copies would fill it');
  assert.equal(probes(activeLink(0)), []);
  assert.equal(probes(spent(stalledLink(0))), []);
});

test('with no link at all packets go by the stalled ones in turn, after two seconds a tenth', () => {
  const links = [stalledLink(0), activeLink(1), stalledLink(2), spent(stalledLink(3)), undefined];
  const outage = new Outage();
  const slots = Array.from({ length: 40 }, () => outage.choose(links, 5_000));
  assert.equal([...new Set(slots)].toSorted(), [0, 2]);
  assert.is(slots.filter((slot) => slot === 0).length, 20);
  assert.is.not(outage.choose(links, 7_000), -1);
  const later = Array.from({ length: 40 }, () => outage.choose(links, 7_001));
  assert.is(later.filter((slot) => slot >= 0).length, 4);
  outage.end();
  assert.is.not(outage.choose(links, 8_000), -1, 'the next outage is a new one');
  assert.is(outage.choose([undefined, activeLink(1)], 8_000), -1);
});

test('why a socket cannot be used is said in words, with the code', () => {
  assert.is(nameFailure('ENETUNREACH'), 'there is no route to the receiver (ENETUNREACH)');
  assert.is(nameFailure('EWHATEVER'), 'EWHATEVER');
  for (const odd of ['', 'e', 'X y', 'EVIL\n', `E${'A'.repeat(40)}`]) {
    assert.is(nameFailure(odd), 'the socket fails');
  }
});

test('each reason is new once, until the link was registered', () => {
  const fault = new SocketFault();
  assert.equal([fault.note('EACCES'), fault.note('EPERM')], [true, true]);
  assert.equal([fault.note('EACCES'), fault.note('ENETDOWN')], [false, true]);
  fault.end();
  assert.ok(fault.note('EACCES'));
});

test('an open socket ends every fault but a refusal, which opening cannot disprove', () => {
  const fault = new SocketFault();
  assert.ok(fault.opened(), 'it was not open before');
  assert.not.ok(fault.opened());
  fault.note('ENETDOWN');
  assert.ok(fault.opened());
  fault.note('ECONNREFUSED');
  assert.not.ok(fault.opened());
  fault.end();
  assert.not.ok(fault.opened());
});

test('an SRTLA ACK takes packets out of flight, and its last one measures the round trip', () => {
  const link = activeLink(0, 50);
  for (const sequence of [1, 2, 3]) link.onSent(sequence, 1_332, 1_000 + sequence);
  applySrtlaAck(link, [1, 2], 1_150);
  assert.equal([link.flight.packets, link.delivered.total], [1, 2 * 1_360]);
  assert.ok(link.rtt.meanMs > 50);
  const { meanMs } = link.rtt;
  applySrtlaAck(link, [], 1_200);
  applySrtlaAck(link, [99], 1_200);
  assert.equal([link.flight.packets, link.rtt.meanMs], [1, meanMs]);
});

function srtAck(number: number, upTo: number): Buffer {
  const packet = Buffer.concat([control(SRT_ACK, number), Buffer.alloc(28)]);
  packet.writeUInt32BE(upTo, 16);
  return packet;
}

/** Packets 1 to 20, by two links in turn. */
function sent(): { readonly links: readonly Link[]; readonly store: ResendBuffer } {
  const links = [activeLink(0), activeLink(1)];
  const store = new ResendBuffer();
  for (let sequence = 1; sequence <= 20; sequence += 1) {
    store.put(sequence, data(sequence), 1_000);
    links[sequence % 2]?.onSent(sequence, 1_332, 1_000);
  }
  return { links, store };
}

test('an SRT ACK takes all before its number out of flight on every link', () => {
  const { links, store } = sent();
  const acks = new AckTracker();
  acks.apply(srtAck(1, 11), links, store, 1_100);
  assert.is(acks.ackedUpTo, 11);
  assert.equal(
    links.map(({ flight }) => flight.packets),
    [5, 5],
  );
  assert.equal(
    links.map(({ delivered }) => delivered.total),
    [5 * 1_360, 5 * 1_360],
  );
  acks.apply(srtAck(2, 5), links, store, 1_100);
  assert.is(acks.ackedUpTo, 11, 'it does not step back');
  acks.apply(srtAck(3, 21), links, store, 1_100);
  assert.equal([acks.ackedUpTo, links[0]?.flight.packets], [21, 0]);
});

test('an ACK for what was never sent is of another connection', () => {
  const { links, store } = sent();
  const acks = new AckTracker();
  acks.apply(srtAck(1, 22), links, store, 1_100);
  acks.apply(control(SRT_ACK, 2), links, store, 1_100);
  acks.apply(srtAck(1, 1), links, new ResendBuffer(), 1_100);
  assert.is(acks.ackedUpTo, -1);
  assert.is(links[0]?.flight.packets, 10);
});

test('SRT acknowledges data of all links where the receiver does not for each', () => {
  const overdue = () => {
    const { links, store } = sent();
    for (let i = 0; i < 20; i += 1) for (const link of links) link.pathMtu.onData(1_332, 1_000);
    return { links, store };
  };
  const each = overdue();
  const eachAcks = new AckTracker();
  eachAcks.isEachLinkAcked = true;
  eachAcks.apply(srtAck(1, 11), each.links, each.store, 1_100);
  assert.equal(
    each.links.map(({ pathMtu }) => pathMtu.hasUnackedData),
    [true, true],
  );
  const all = overdue();
  new AckTracker().apply(srtAck(1, 11), all.links, all.store, 1_100);
  assert.equal(
    all.links.map(({ pathMtu }) => pathMtu.hasUnackedData),
    [false, false],
  );
});

test('each ACK is passed on once, whatever links it comes by', () => {
  const acks = new AckTracker();
  assert.equal([acks.isNew(srtAck(1, 5)), acks.isNew(srtAck(1, 5))], [true, false]);
  for (let number = 2; number <= 64; number += 1) assert.ok(acks.isNew(srtAck(number, 5)));
  assert.not.ok(acks.isNew(srtAck(1, 5)));
  acks.isNew(srtAck(65, 5));
  assert.ok(acks.isNew(srtAck(1, 5)), '64 are remembered');
  acks.clear();
  assert.ok(acks.isNew(srtAck(65, 5)));
});

test('the keepalive tells the receiver the figures of the link', () => {
  const link = activeLink(3, 50);
  link.onSent(1, 1_332, 1_000);
  link.lostPackets.add(7, 1_000);
  assert.equal(keepaliveOf(link, 1_200.7), {
    kind: 'keepalive',
    timeMs: 1_200,
    telemetry: {
      connectionId: 3,
      window: Math.round((1_000 * 110 + 16_800) / 1_360),
      inFlight: 1,
      rttMs: 50,
      nakTotal: 7,
      bytesPerS: 1_360,
    },
  });
});

test('the report has the figures of the last second, and shares of what all links carry', () => {
  const [one, other] = [activeLink(0, 50, { device: 'wwan0' }), activeLink(1)];
  for (let i = 0; i < 3; i += 1) one.onSent(i, 1_332, 1_000);
  other.onSent(9, 1_332, 1_000);
  other.stall('silent', 1_000);
  const offered = new RateMeter();
  offered.add(4 * 1_360, 1_000);
  const figures = { resentPacketsTotal: 1, suppressedTotal: 2, droppedTotal: 3, switches: [] };
  const report = renderBondSnapshot(
    [one, other],
    { offered, closedWireBytes: 500, ...figures },
    1_200,
  );
  assert.equal(
    [report.offeredBps, report.wireBps, report.wireBytesTotal, report.offeredBytesTotal],
    [4 * 1_360 * 8, 4 * 1_360 * 8, 500 + 4 * 1_360, 4 * 1_360],
  );
  const [first, second] = report.links;
  assert.equal(
    [first?.device, first?.sharePct, first?.bitrateBps, first?.rttMs, first?.inFlightPackets],
    ['wwan0', 75, 3 * 1_360 * 8, 50, 3],
  );
  assert.equal([first?.capacityBps, second?.capacityBps, second?.sharePct], [8e6, 0, 25]);
  assert.equal(
    [second?.state, second?.stallsTotal, second && 'device' in second],
    ['stalled', 1, false],
  );
  const idle = renderBondSnapshot(
    [activeLink(0)],
    { offered, closedWireBytes: 0, ...figures },
    9_000,
  );
  assert.is(idle.links[0]?.sharePct, 0);
});

test.run();
