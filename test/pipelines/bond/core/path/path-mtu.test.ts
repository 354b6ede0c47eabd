/** Which sizes of packets a link carries. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PathMtu } from '../../../../../pipelines/bond/core/path/path-mtu.ts';

const test = suite('sizes that pass');

const DATA = 1332;
/** Three quarters of it. */
const LARGE = 999;

function send(pathMtu: PathMtu, count: number, bytes: number, nowMs: number): void {
  for (let i = 0; i < count; i += 1) pathMtu.onData(bytes, nowMs);
}

/** Data without an ACK since 1,000 ms. */
function unacked(): PathMtu {
  const pathMtu = new PathMtu();
  send(pathMtu, 15, DATA, 1_000);
  return pathMtu;
}

function blocked(): PathMtu {
  const pathMtu = unacked();
  pathMtu.block();
  return pathMtu;
}

test('fifteen packets without an ACK are counted as unacknowledged data', () => {
  const pathMtu = new PathMtu();
  send(pathMtu, 14, DATA, 1_000);
  assert.equal([pathMtu.hasUnackedData, pathMtu.nextPings()], [false, [0]]);
  send(pathMtu, 1, DATA, 1_000);
  assert.equal([pathMtu.hasUnackedData, pathMtu.nextPings()], [true, [DATA, 0]]);
});

test('only large packets count, those of three quarters of the largest or more', () => {
  const pathMtu = new PathMtu();
  send(pathMtu, 1, DATA, 1_000);
  send(pathMtu, 100, LARGE - 1, 1_000);
  assert.not.ok(pathMtu.hasUnackedData);
  send(pathMtu, 14, LARGE, 1_000);
  assert.ok(pathMtu.hasUnackedData);
});

test('the largest is that of this second and the one before', () => {
  const pathMtu = new PathMtu();
  send(pathMtu, 1, DATA, 0);
  send(pathMtu, 100, 700, 999);
  send(pathMtu, 100, 700, 1_000);
  send(pathMtu, 100, 700, 1_999);
  assert.not.ok(pathMtu.hasUnackedData);
  send(pathMtu, 13, 700, 2_000);
  assert.not.ok(pathMtu.hasUnackedData);
  send(pathMtu, 1, 700, 2_000);
  assert.equal([pathMtu.hasUnackedData, pathMtu.nextPings()], [true, [700, 0]]);
});

test('an ACK for a large packet ends that, one for a small packet does not', () => {
  const pathMtu = unacked();
  pathMtu.onAcked(LARGE - 1);
  assert.ok(pathMtu.hasUnackedData);
  pathMtu.onAcked(LARGE);
  assert.not.ok(pathMtu.hasUnackedData);
  send(pathMtu, 14, DATA, 1_000);
  assert.not.ok(pathMtu.hasUnackedData, 'they are counted from 0 again');
});

test('an ACK is overdue when the time for it has passed since the fifteenth packet', () => {
  const pathMtu = unacked();
  send(pathMtu, 10, DATA, 1_040);
  assert.equal([pathMtu.isOverdue(50, 1_050), pathMtu.isOverdue(50, 1_051)], [false, true]);
  pathMtu.onAcked(DATA);
  assert.not.ok(pathMtu.isOverdue(50, 9_000));
});

test('data vanishes where five small keepalives of that time pass, and no large one', () => {
  const pathMtu = unacked();
  for (let i = 0; i < 9; i += 1) assert.not.ok(pathMtu.onEcho(38, 999));
  assert.not.ok(pathMtu.isVanishing, 'they were sent before');
  for (let i = 0; i < 4; i += 1) assert.not.ok(pathMtu.onEcho(38, 1_000));
  assert.not.ok(pathMtu.isVanishing);
  assert.not.ok(pathMtu.onEcho(LARGE - 1, 1_000));
  assert.ok(pathMtu.isVanishing);
});

test('a large keepalive that passes ends that', () => {
  const pathMtu = unacked();
  for (let i = 0; i < 9; i += 1) pathMtu.onEcho(38, 1_000);
  assert.ok(pathMtu.onEcho(LARGE, 1_000));
  assert.equal([pathMtu.hasUnackedData, pathMtu.isVanishing], [false, false]);
  assert.ok(pathMtu.onEcho(38, 1_000), 'nothing is in question');
  send(pathMtu, 15, DATA, 2_000);
  for (let i = 0; i < 4; i += 1) pathMtu.onEcho(38, 2_000);
  assert.not.ok(pathMtu.isVanishing, 'echoes are counted from 0 again');
});

test('echoes of an earlier time without ACKs do not count in the next one', () => {
  const pathMtu = unacked();
  for (let i = 0; i < 4; i += 1) pathMtu.onEcho(38, 1_000);
  pathMtu.onAcked(DATA);
  send(pathMtu, 15, DATA, 3_000);
  for (let i = 0; i < 4; i += 1) pathMtu.onEcho(38, 3_000);
  assert.not.ok(pathMtu.isVanishing);
  pathMtu.onEcho(38, 3_000);
  assert.ok(pathMtu.isVanishing);
});

test('a blocked link is tried with the size of data and smaller ones in turn', () => {
  const pathMtu = blocked();
  assert.equal(
    [pathMtu.isBlocked, pathMtu.hasUnackedData, pathMtu.isVanishing],
    [true, false, false],
  );
  const pings = Array.from({ length: 10 }, () => pathMtu.nextPings());
  assert.equal(pings.flat(), [DATA, 956, DATA, 768, DATA, 580, DATA, 1144, DATA, 956]);
});

test('a blocked link of small packets is tried with those that are smaller yet', () => {
  const pathMtu = new PathMtu();
  send(pathMtu, 15, 700, 1_000);
  pathMtu.block();
  assert.equal([pathMtu.nextPings(), pathMtu.nextPings()], [[700], [580]]);
  const smallest = new PathMtu();
  send(smallest, 15, 500, 1_000);
  smallest.block();
  assert.equal([smallest.nextPings(), smallest.nextPings()], [[500], [500]]);
});

test('what passes is told once all sizes were tried twice', () => {
  const pathMtu = blocked();
  assert.equal(pathMtu.largePackets, { lostBytes: DATA });
  assert.is(pathMtu.reason, 'keepalives pass, data does not');
  for (let i = 0; i < 19; i += 1) pathMtu.nextPings();
  for (const bytes of [580, 956, 768]) assert.not.ok(pathMtu.onEcho(bytes, 5_000));
  assert.equal(pathMtu.largePackets, { lostBytes: DATA });
  pathMtu.nextPings();
  assert.equal(pathMtu.largePackets, { lostBytes: DATA, passedBytes: 956 });
  assert.is(pathMtu.reason, 'packets of 1332 bytes vanish, of 956 pass (MTU)');
});

test('where nothing passes no size is named', () => {
  const pathMtu = blocked();
  for (let i = 0; i < 40; i += 1) pathMtu.nextPings();
  assert.equal(pathMtu.largePackets, { lostBytes: DATA });
});

test('each time a link is blocked it is tried from the beginning', () => {
  const pathMtu = blocked();
  for (let i = 0; i < 21; i += 1) pathMtu.nextPings();
  pathMtu.onEcho(956, 5_000);
  pathMtu.block();
  assert.equal(pathMtu.largePackets, { lostBytes: DATA });
  assert.equal(pathMtu.nextPings(), [DATA]);
});

test('a blocked link carries data again when an echo is as large as data', () => {
  const pathMtu = blocked();
  assert.not.ok(pathMtu.onEcho(DATA - 1, 2_000));
  assert.ok(pathMtu.onEcho(DATA, 2_000));
  pathMtu.unblock();
  assert.equal(
    [pathMtu.isBlocked, pathMtu.hasUnackedData, pathMtu.nextPings()],
    [false, false, [0]],
  );
  assert.equal(pathMtu.largePackets, { lostBytes: DATA }, 'until data is acknowledged');
  pathMtu.onAcked(DATA - 1);
  assert.equal(pathMtu.largePackets, { lostBytes: DATA });
  pathMtu.onAcked(DATA);
  assert.is(pathMtu.largePackets, undefined);
});

test('that a link is in use again acknowledges nothing by itself', () => {
  const pathMtu = unacked();
  pathMtu.unblock();
  assert.ok(pathMtu.hasUnackedData);
});

test('a link that may have another path is not blocked any more, its data still has no ACK', () => {
  const pathMtu = blocked();
  pathMtu.restart();
  assert.equal(
    [pathMtu.isBlocked, pathMtu.hasUnackedData, pathMtu.largePackets],
    [false, true, undefined],
  );
  const vanishing = unacked();
  for (let i = 0; i < 5; i += 1) vanishing.onEcho(38, 1_000);
  vanishing.restart();
  assert.not.ok(vanishing.isVanishing, 'echoes of the old path do not count');
});

test.run();
