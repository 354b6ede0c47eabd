/** The groups of a relay: registration, limits and time-outs. */
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayGroups } from '../../../../pipelines/bond/relay/groups.ts';
import { MAX_GROUPS } from '../../../../pipelines/bond/relay/shares.ts';
import type { SrtlaPacket } from '../../../../pipelines/bond/wire/packet.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('relay groups');

const own = Buffer.alloc(256, 1);

function idOf(reply: SrtlaPacket | undefined): Buffer {
  if (reply?.kind !== 'reg2') throw new Error(`not a group: ${reply?.kind}`);
  return reply.id;
}

/** A relay with one group and one link in it. */
function joined() {
  const groups = new RelayGroups(randomBytes);
  const id = idOf(groups.onReg1(own, '10.0.0.1', 1, 0));
  groups.onReg2(id, '10.0.0.1', 1, 0);
  const link = groups.find('10.0.0.1', 1);
  if (link === undefined) throw new Error('not joined');
  return { groups, id, link };
}

test('a group has the sender`s half of the id and a half of its own', () => {
  const groups = new RelayGroups(randomBytes);
  const id = idOf(groups.onReg1(own, '10.0.0.1', 1, 0));
  assert.ok(id.subarray(0, 128).equals(own.subarray(0, 128)));
  assert.not.ok(id.subarray(128).equals(own.subarray(128)));
  assert.equal(groups.onReg2(id, '10.0.0.1', 1, 0), { kind: 'reg3' });
  assert.equal(groups.onReg2(id, '10.0.0.2', 1, 0), { kind: 'reg3' });
});

test('REG1 repeated because its answer was lost gets the same answer', () => {
  const groups = new RelayGroups(randomBytes);
  const first = idOf(groups.onReg1(own, '10.0.0.1', 1, 0));
  assert.ok(idOf(groups.onReg1(own, '10.0.0.1', 1, 500)).equals(first));
});

test('an address in a group may repeat REG2 but not REG1', () => {
  const { groups, id } = joined();
  assert.equal(groups.onReg2(id, '10.0.0.1', 1, 5), { kind: 'reg3' });
  assert.equal(groups.onReg1(own, '10.0.0.1', 1, 5), { kind: 'reg-err' });
});

test('another sender at the address of one whose link has left gets a group of its own', () => {
  const { groups, id, link } = joined();
  const other = Buffer.alloc(256, 2);
  groups.noteData(link, 1);
  assert.equal(groups.onReg1(other, '10.0.0.1', 1, 5), { kind: 'reg-err' });
  groups.reap(10_001);
  const next = idOf(groups.onReg1(other, '10.0.0.1', 1, 10_002));
  assert.not.ok(next.equals(id));
  assert.equal(groups.onReg2(next, '10.0.0.1', 1, 10_003), { kind: 'reg3' });
});

test('an unknown id is answered with no-group, also one that is almost right', () => {
  const { groups, id } = joined();
  const near = Buffer.from(id);
  near[0] = 2;
  assert.equal(groups.onReg2(near, '10.0.0.9', 1, 0), { kind: 'no-group' });
  assert.equal(groups.onReg2(own, '10.0.0.9', 1, 0), { kind: 'no-group' });
});

test('guessed ids are answered a few times, then not at all', () => {
  const { groups } = joined();
  let answers = 0;
  for (let guess = 0; guess < 1000; guess += 1) {
    if (groups.onReg2(randomBytes(256), '10.6.6.6', guess, guess) !== undefined) answers += 1;
  }
  assert.ok(answers <= 70, `${answers} answers`);
  assert.ok(groups.refusedTotal > 900);
  assert.equal(groups.onReg2(own, '10.0.0.9', 1, 1000), { kind: 'no-group' }, 'others are served');
});

/** A sender at this address that registers, answers and all. */
function register(groups: RelayGroups, address: string, port: number, nowMs: number) {
  const id = Buffer.alloc(256, `${address} ${port} `);
  const reply = groups.onReg1(id, address, port, nowMs);
  return reply?.kind === 'reg2' ? groups.onReg2(reply.id, address, port, nowMs) : reply;
}

test('a flood of forged REG1 takes no slot, and a sender on a slow path registers beside it', () => {
  const groups = new RelayGroups(randomBytes);
  let id: Buffer | undefined;
  for (let nowMs = 0; nowMs < 10_000; nowMs += 2) {
    groups.onReg1(own, `10.${nowMs % 200}.0.1`, nowMs % 60_000, nowMs);
    if (nowMs === 4000) id = idOf(groups.onReg1(own, '192.0.2.1', 1, nowMs));
    // Its REG2 needs two seconds.
    if (nowMs === 6000 && id) {
      assert.equal(groups.onReg2(id, '192.0.2.1', 1, nowMs), { kind: 'reg3' });
    }
    if (nowMs % 1000 === 0) groups.reap(nowMs);
  }
  assert.is([...groups.groups].length, 1);
});

/** Three times two thousand registrations a second, from addresses all over the Internet. */
function forge(groups: RelayGroups, random: () => number, fromMs: number, ms: number) {
  const part = () => Math.floor(256 * random());
  for (let n = 0; n < 2 * ms; n += 1) {
    const address = `${part()}.${part()}.${part()}.${part()}`;
    const nowMs = fromMs + n / 2;
    for (const id of [Buffer.alloc(256, n), Buffer.alloc(256, address)])
      groups.onReg1(id, address, n % 60_000, nowMs);
    groups.onReg2(Buffer.alloc(256, address), address, n % 60_000, nowMs);
  }
}

test('beside a flood of forged registrations each sender registers within three tries, without a secret too', () => {
  const random = seeded(1);
  const groups = new RelayGroups((bytes) => Buffer.alloc(bytes, 1000 * random()));
  forge(groups, random, 0, 4000);
  let nowMs = 4000;
  for (let sender = 0; sender < 6; sender += 1) {
    const [address, id] = [`192.0.${sender}.1`, Buffer.alloc(256, `sender ${sender}`)];
    let isIn = false;
    for (let tries = 0; tries < 3 && !isIn; tries += 1) {
      forge(groups, random, nowMs, 700);
      nowMs += 700;
      if (groups.onReg2(id, address, 1, nowMs)?.kind !== 'no-group') continue;
      const reply = groups.onReg1(id, address, 1, nowMs);
      // The answer takes a second there and back, and the flood goes on.
      forge(groups, random, nowMs, 1000);
      nowMs += 1000;
      isIn = reply?.kind === 'reg2' && groups.onReg2(reply.id, address, 1, nowMs)?.kind === 'reg3';
    }
    assert.ok(isIn, address);
  }
  assert.is([...groups.groups].length, 6);
  assert.ok(groups.refusedTotal > 0);
});

test('an id begins a group for ten seconds at most, and only as the relay issued it', () => {
  const groups = new RelayGroups(randomBytes);
  const id = idOf(groups.onReg1(own, '10.0.0.1', 1, 0));
  for (const at of [0, 130, 135, 200]) {
    const other = Buffer.from(id);
    other[at] = (other[at] ?? 0) ^ 1;
    assert.equal(groups.onReg2(other, '10.0.0.1', 1, 100), { kind: 'no-group' }, `byte ${at}`);
  }
  assert.equal(new RelayGroups(randomBytes).onReg2(id, '10.0.0.1', 1, 100), { kind: 'no-group' });
  assert.equal(groups.onReg2(id, '10.0.0.1', 1, 10_000), { kind: 'no-group' });
  assert.equal(groups.onReg2(id, '10.0.0.2', 1, 9_999), { kind: 'reg3' }, 'by another link');
});

test('forged registrations without the secret keep nobody out who has it, of their network too', () => {
  const groups = new RelayGroups(randomBytes, (id) => id[0] === 1);
  const forged = Buffer.alloc(256, 2);
  const flood = (nowMs: number) => {
    for (let n = 0; n < 3000; n += 1) {
      for (const address of [`10.${n % 250}.${n % 9}.1`, `192.0.2.${n % 250}`]) {
        groups.onReg1(forged, address, 1000 + n, nowMs);
        groups.onReg2(forged, address, 1000 + n, nowMs);
      }
    }
  };
  flood(0);
  assert.equal(groups.onReg2(own, '192.0.2.1', 1, 0), { kind: 'no-group' });
  const id = idOf(groups.onReg1(own, '192.0.2.1', 1, 0));
  flood(1);
  assert.equal(groups.onReg2(id, '192.0.2.1', 1, 1), { kind: 'reg3' });
  flood(2);
  assert.equal(groups.onReg2(id, '198.51.100.1', 1, 2), { kind: 'reg3' }, 'another of its links');
  assert.ok(groups.refusedTotal > 0);
});

test('a flood by senders without a secret keeps no link out of the group of a drop that is on', () => {
  const { groups, id } = joined();
  for (let n = 0; n < 3000; n += 1) groups.onReg1(own, `10.${n % 250}.${n % 9}.1`, n, 1);
  assert.equal(groups.onReg2(id, '198.51.100.1', 1, 1), { kind: 'reg3' });
});

test('one network holds a share of the groups', () => {
  const groups = new RelayGroups(randomBytes);
  const kinds = Array.from({ length: 60 }, (_, n) => register(groups, `10.0.0.${n}`, n, n)?.kind);
  assert.is(kinds.filter((kind) => kind === 'reg3').length, 16);
  const v6 = (n: number) => register(groups, `2001:db8:1:2:3:4:5:${n}`, n, n)?.kind;
  const others = Array.from({ length: 40 }, (_, n) => v6(n));
  assert.is(others.filter((kind) => kind === 'reg3').length, 16);
  assert.is(register(groups, '2001:db8:1:3::1', 1, 50)?.kind, 'reg3');
});

/** Full of groups that send keepalives and nothing else: four networks' worth at a time. */
function fullOfKeepalives(groups: RelayGroups, nowMs: number) {
  for (let n = 0; n < 400; n += 1) register(groups, `10.${n % 20}.0.${n}`, n, nowMs);
}

test('groups that send keepalives and bring nothing make room; those that work stay', () => {
  const groups = new RelayGroups(randomBytes);
  const early = register(groups, '192.0.2.1', 1, 0);
  fullOfKeepalives(groups, 1);
  assert.is([...groups.groups].length, MAX_GROUPS);
  for (const { links } of groups.groups)
    for (const link of links) groups.noteReceived(link, 38, 60_000);
  // The network that holds most gives way, and not the sender that has one.
  assert.is(early?.kind, 'reg3');
  assert.is(register(groups, '198.51.100.1', 1, 60_000)?.kind, 'reg3');
  assert.ok(groups.find('192.0.2.1', 1));
  const [ended] = groups.reap(60_000);
  assert.is(ended?.network.startsWith('10.'), true);
  for (const group of groups.groups) group.ackedMs = 65_000;
  assert.is(register(groups, '203.0.113.1', 1, 66_000)?.kind, 'reg-err');
  assert.is(register(groups, '203.0.113.1', 1, 96_000)?.kind, 'reg3', 'no data for half a minute');
});

test('a network that is full of groups that bring nothing makes room for its own, after their time to begin', () => {
  const groups = new RelayGroups(randomBytes);
  for (let n = 0; n < 16; n += 1) register(groups, '10.0.0.66', n, 0);
  assert.is(register(groups, '10.0.0.7', 1, 1000)?.kind, 'reg-err');
  assert.is(register(groups, '10.0.0.7', 1, 4000)?.kind, 'reg3');
  // Of two addresses the one with most gives way.
  assert.is(register(groups, '10.0.0.66', 99, 8000)?.kind, 'reg3');
  assert.ok(groups.find('10.0.0.7', 1));
});

test('a group takes sixteen links and no more', () => {
  const { groups, id } = joined();
  for (let port = 2; port <= 16; port += 1) {
    assert.is(groups.onReg2(id, '10.0.0.1', port, 1000 * port)?.kind, 'reg3');
  }
  assert.is(groups.onReg2(id, '10.0.0.1', 17, 17_000)?.kind, 'reg-err');
});

test('every tenth data packet of a link is answered with the ten numbers', () => {
  const { groups, link } = joined();
  const replies = Array.from({ length: 25 }, (_, sequence) => groups.noteData(link, sequence));
  const acks = replies.filter((reply) => reply !== undefined);
  assert.is(acks.length, 2);
  assert.equal(acks[1], { kind: 'ack', sequences: [10, 11, 12, 13, 14, 15, 16, 17, 18, 19] });
});

test('a silent link leaves after 10 s, an empty group ends after 30 s', () => {
  const { groups, id, link } = joined();
  groups.noteData(link, 1);
  groups.reap(10_001);
  assert.is(groups.find('10.0.0.1', 1), undefined);
  assert.equal(groups.onReg2(id, '10.0.0.1', 2, 11_000), { kind: 'reg3' }, 'it may come back');
  groups.reap(25_000);
  assert.is(groups.reap(41_001).length, 1);
  assert.equal(groups.onReg2(id, '10.0.0.1', 3, 41_002), { kind: 'no-group' });
});

test('a link is sent at most twice what came by it, beside echoes', () => {
  const { groups, id } = joined();
  groups.onReg2(id, '192.0.2.66', 7, 0);
  const forged = groups.find('192.0.2.66', 7);
  if (forged === undefined) throw new Error('not joined');
  assert.not.ok(forged.credit.take(72), 'nothing before anything came');
  for (let i = 0; i < 10; i += 1) groups.noteReceived(forged, 38, i);
  let sent = 0;
  while (forged.credit.take(72)) sent += 72;
  assert.ok(sent > 0 && sent <= 2 * 10 * (38 + 28), `${sent}`);
});

test.run();
