/** Which sizes of packets a link carries. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Passage } from '../../../../../pipelines/bond/core/path/passage.ts';

const test = suite('sizes that pass');

const DATA = 1332;
/** Three quarters of it. */
const LARGE = 999;

function send(passage: Passage, count: number, bytes: number, nowMs: number): void {
  for (let i = 0; i < count; i += 1) passage.onData(bytes, nowMs);
}

/** Doubted since 1,000 ms. */
function doubted(): Passage {
  const passage = new Passage();
  send(passage, 15, DATA, 1_000);
  return passage;
}

function blocked(): Passage {
  const passage = doubted();
  passage.block();
  return passage;
}

test('fifteen packets without an ACK are doubted', () => {
  const passage = new Passage();
  send(passage, 14, DATA, 1_000);
  assert.equal([passage.isDoubted, passage.nextPings()], [false, [0]]);
  send(passage, 1, DATA, 1_000);
  assert.equal([passage.isDoubted, passage.nextPings()], [true, [DATA, 0]]);
});

test('only large packets count, those of three quarters of the largest or more', () => {
  const passage = new Passage();
  send(passage, 1, DATA, 1_000);
  send(passage, 100, LARGE - 1, 1_000);
  assert.not.ok(passage.isDoubted);
  send(passage, 14, LARGE, 1_000);
  assert.ok(passage.isDoubted);
});

test('the largest is that of this second and the one before', () => {
  const passage = new Passage();
  send(passage, 1, DATA, 0);
  send(passage, 100, 700, 999);
  send(passage, 100, 700, 1_000);
  send(passage, 100, 700, 1_999);
  assert.not.ok(passage.isDoubted);
  send(passage, 13, 700, 2_000);
  assert.not.ok(passage.isDoubted);
  send(passage, 1, 700, 2_000);
  assert.equal([passage.isDoubted, passage.nextPings()], [true, [700, 0]]);
});

test('an ACK for a large packet ends the doubt, one for a small packet does not', () => {
  const passage = doubted();
  passage.onAcked(LARGE - 1);
  assert.ok(passage.isDoubted);
  passage.onAcked(LARGE);
  assert.not.ok(passage.isDoubted);
  send(passage, 14, DATA, 1_000);
  assert.not.ok(passage.isDoubted, 'they are counted from 0 again');
});

test('an ACK is overdue when the time for it has passed since the doubt began', () => {
  const passage = doubted();
  send(passage, 10, DATA, 1_040);
  assert.equal([passage.isOverdue(50, 1_050), passage.isOverdue(50, 1_051)], [false, true]);
  passage.onAcked(DATA);
  assert.not.ok(passage.isOverdue(50, 9_000));
});

test('data vanishes where five small keepalives of the time in doubt pass, and no large one', () => {
  const passage = doubted();
  for (let i = 0; i < 9; i += 1) assert.not.ok(passage.onEcho(38, 999));
  assert.not.ok(passage.isVanishing, 'they were sent before');
  for (let i = 0; i < 4; i += 1) assert.not.ok(passage.onEcho(38, 1_000));
  assert.not.ok(passage.isVanishing);
  assert.not.ok(passage.onEcho(LARGE - 1, 1_000));
  assert.ok(passage.isVanishing);
});

test('a large keepalive that passes ends the doubt', () => {
  const passage = doubted();
  for (let i = 0; i < 9; i += 1) passage.onEcho(38, 1_000);
  assert.ok(passage.onEcho(LARGE, 1_000));
  assert.equal([passage.isDoubted, passage.isVanishing], [false, false]);
  assert.ok(passage.onEcho(38, 1_000), 'nothing is in question');
  send(passage, 15, DATA, 2_000);
  for (let i = 0; i < 4; i += 1) passage.onEcho(38, 2_000);
  assert.not.ok(passage.isVanishing, 'echoes are counted from 0 again');
});

test('echoes of an earlier doubt do not count in the next one', () => {
  const passage = doubted();
  for (let i = 0; i < 4; i += 1) passage.onEcho(38, 1_000);
  passage.onAcked(DATA);
  send(passage, 15, DATA, 3_000);
  for (let i = 0; i < 4; i += 1) passage.onEcho(38, 3_000);
  assert.not.ok(passage.isVanishing);
  passage.onEcho(38, 3_000);
  assert.ok(passage.isVanishing);
});

test('a blocked link is tried with the size of data and smaller ones in turn', () => {
  const passage = blocked();
  assert.equal([passage.isBlocked, passage.isDoubted, passage.isVanishing], [true, false, false]);
  const pings = Array.from({ length: 10 }, () => passage.nextPings());
  assert.equal(pings.flat(), [DATA, 956, DATA, 768, DATA, 580, DATA, 1144, DATA, 956]);
});

test('a blocked link of small packets is tried with those that are smaller yet', () => {
  const passage = new Passage();
  send(passage, 15, 700, 1_000);
  passage.block();
  assert.equal([passage.nextPings(), passage.nextPings()], [[700], [580]]);
  const smallest = new Passage();
  send(smallest, 15, 500, 1_000);
  smallest.block();
  assert.equal([smallest.nextPings(), smallest.nextPings()], [[500], [500]]);
});

test('what passes is told once all sizes were tried twice', () => {
  const passage = blocked();
  assert.equal(passage.largePackets, { lostBytes: DATA });
  assert.is(passage.reason, 'keepalives pass, data does not');
  for (let i = 0; i < 19; i += 1) passage.nextPings();
  for (const bytes of [580, 956, 768]) assert.not.ok(passage.onEcho(bytes, 5_000));
  assert.equal(passage.largePackets, { lostBytes: DATA });
  passage.nextPings();
  assert.equal(passage.largePackets, { lostBytes: DATA, passedBytes: 956 });
  assert.is(passage.reason, 'packets of 1332 bytes vanish, of 956 pass (MTU)');
});

test('where nothing passes no size is named', () => {
  const passage = blocked();
  for (let i = 0; i < 40; i += 1) passage.nextPings();
  assert.equal(passage.largePackets, { lostBytes: DATA });
});

test('each time a link is blocked it is tried from the beginning', () => {
  const passage = blocked();
  for (let i = 0; i < 21; i += 1) passage.nextPings();
  passage.onEcho(956, 5_000);
  passage.block();
  assert.equal(passage.largePackets, { lostBytes: DATA });
  assert.equal(passage.nextPings(), [DATA]);
});

test('a blocked link carries data again when an echo is as large as data', () => {
  const passage = blocked();
  assert.not.ok(passage.onEcho(DATA - 1, 2_000));
  assert.ok(passage.onEcho(DATA, 2_000));
  passage.unblock();
  assert.equal([passage.isBlocked, passage.isDoubted, passage.nextPings()], [false, false, [0]]);
  assert.equal(passage.largePackets, { lostBytes: DATA }, 'until data is acknowledged');
  passage.onAcked(DATA - 1);
  assert.equal(passage.largePackets, { lostBytes: DATA });
  passage.onAcked(DATA);
  assert.is(passage.largePackets, undefined);
});

test('that a link is in use again ends no doubt by itself', () => {
  const passage = doubted();
  passage.unblock();
  assert.ok(passage.isDoubted);
});

test('a link that may have another path is not blocked any more, what was doubted is', () => {
  const passage = blocked();
  passage.restart();
  assert.equal(
    [passage.isBlocked, passage.isDoubted, passage.largePackets],
    [false, true, undefined],
  );
  const vanishing = doubted();
  for (let i = 0; i < 5; i += 1) vanishing.onEcho(38, 1_000);
  vanishing.restart();
  assert.not.ok(vanishing.isVanishing, 'echoes of the old path do not count');
});

test.run();
