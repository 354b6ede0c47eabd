/** Packets that are sent again: when, by which link, how many. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link } from '../../../../pipelines/bond/core/link.ts';
import { judgeNak } from '../../../../pipelines/bond/core/resend.ts';
import { ResendBudget } from '../../../../pipelines/bond/core/resend-budget.ts';
import { ResendBuffer } from '../../../../pipelines/bond/core/resend-buffer.ts';
import { Resender } from '../../../../pipelines/bond/core/resender.ts';
import {
  isRetransmission,
  parseNak,
  renderNak,
  SRT_NAK,
} from '../../../../pipelines/bond/wire/srt.ts';
import { activeLink } from '../support/links.ts';
import { control, data } from '../support/simulated-srt.ts';

const test = suite('packets sent again');

const LATENCY_MS = 1_000;

/** Two links of 50 and 80 ms, and what goes out by them. */
class World {
  readonly store = new ResendBuffer();
  readonly links: (Link | undefined)[] = [activeLink(0, 50), activeLink(1, 80)];
  readonly sent: { readonly slot: number; readonly sequence: number }[] = [];
  readonly resender = new Resender(this.store, this.links, (slot, sequence, packet, nowMs) => {
    this.sent.push({ slot, sequence });
    assert.ok(isRetransmission(packet));
    this.links[slot]?.onSent(sequence, packet.length, nowMs);
    this.store.noteSent(sequence, slot, nowMs);
  });

  constructor(latencyMs = LATENCY_MS) {
    this.resender.latencyMs = latencyMs;
  }

  send(slot: number, first: number, count: number, nowMs: number): void {
    for (let sequence = first; sequence < first + count; sequence += 1) {
      this.store.put(sequence, data(sequence), nowMs);
      this.links[slot]?.onSent(sequence, 1_332, nowMs);
      this.store.noteSent(sequence, slot, nowMs);
    }
  }

  nak(first: number, last: number, nowMs: number): Buffer | undefined {
    return this.resender.onNak(renderNak(control(SRT_NAK, 0), [{ first, last }]), nowMs);
  }

  judge(sequence: number, nowMs: number, isNewNak = true): string {
    return judgeNak(sequence, this.store, this.links, nowMs, LATENCY_MS, isNewNak);
  }

  lateMs(slot: number): number {
    return this.links[slot]?.rtt.lateMs ?? 0;
  }
}

test('the encoder answers for a packet that is not stored; one that comes too late is of no use', () => {
  const world = new World();
  world.send(0, 1, 1, 1_000);
  assert.is(world.judge(2, 1_000), 'pass');
  assert.is(world.judge(1, 2_000), 'resend');
  assert.is(world.judge(1, 2_001), 'ignore');
});

test('a packet may be on its way for as long as its link is usually late', () => {
  const world = new World();
  world.send(0, 1, 1, 1_000);
  const dueMs = 1_000 + world.lateMs(0) + 5;
  assert.equal([world.judge(1, dueMs), world.judge(1, dueMs + 0.1)], ['wait', 'resend']);
});

test('a packet that three later ones of its link overtook is lost', () => {
  const world = new World();
  world.send(0, 1, 4, 1_000);
  world.links[0]?.flight.arrive(3);
  assert.is(world.judge(1, 1_051), 'wait');
  world.links[0]?.flight.arrive(4);
  assert.equal([world.judge(1, 1_050), world.judge(1, 1_051)], ['wait', 'resend']);
});

test('a packet of a link that was removed, and a lost one, are sent again', () => {
  const world = new World();
  world.send(0, 1, 1, 1_000);
  world.send(1, 2, 1, 1_000);
  world.links[0] = undefined;
  world.links[1]?.flight.lose(2);
  assert.equal([world.judge(1, 1_001), world.judge(2, 1_001)], ['resend', 'resend']);
});

test('what was acknowledged is not sent again, unless it is still asked for much later', () => {
  const world = new World();
  world.send(0, 1, 1, 1_000);
  world.links[0]?.flight.arrive(1);
  const dueMs = 1_000 + world.lateMs(0) + 5 + 150;
  assert.equal([world.judge(1, dueMs), world.judge(1, dueMs + 0.1)], ['ignore', 'resend']);
});

test('a repeated look waits for the next ACK of ten packets, and half a second at most', () => {
  const world = new World();
  const dueMs = 1_000 + world.lateMs(0) + 5;
  // 200 packets in the second before are an ACK each 50 ms.
  world.send(0, 1, 200, 1_000);
  assert.is(world.judge(200, dueMs + 49, false), 'wait');
  assert.is(world.judge(200, dueMs + 51, false), 'resend');
  const quiet = new World();
  quiet.send(0, 1, 1, 1_000);
  assert.is(quiet.judge(1, dueMs + 499, false), 'wait');
  assert.is(quiet.judge(1, dueMs + 501, false), 'resend');
});

test('a NAK that can be answered is; what is not stored is left to the encoder', () => {
  const world = new World();
  world.send(0, 10, 5, 1_000);
  const left = world.nak(8, 17, 1_500);
  assert.equal(
    world.sent.map(({ sequence }) => sequence),
    [10, 11, 12, 13, 14],
  );
  assert.equal(
    world.sent.map(({ slot }) => slot),
    [1, 1, 1, 1, 1],
    'by the other link',
  );
  assert.equal(parseNak(left ?? Buffer.alloc(0)), [
    { first: 8, last: 9 },
    { first: 15, last: 17 },
  ]);
  assert.is(world.nak(10, 14, 1_501), undefined, 'they are on their way');
  assert.is(world.sent.length, 5);
  assert.equal([world.resender.resentTotal, world.resender.resentBytesTotal], [5, 5 * 1_360]);
  assert.is(world.links[0]?.lostPackets.total, 5);
});

test('of one NAK 4,096 numbers are looked at', () => {
  const world = new World();
  const left = world.nak(1, 10_000, 1_500);
  assert.equal(parseNak(left ?? Buffer.alloc(0)), [{ first: 1, last: 4_096 }]);
});

test('a NAK that comes too early is answered when the packet is overdue', () => {
  const world = new World();
  world.send(0, 1, 1, 1_000);
  assert.is(world.nak(1, 1, 1_010), undefined);
  world.resender.drain(-1, 1_020);
  assert.is(world.sent.length, 0);
  world.resender.drain(-1, 1_700);
  assert.equal(world.sent, [{ slot: 1, sequence: 1 }]);
  world.resender.drain(-1, 1_701);
  assert.is(world.sent.length, 1);
});

test('what SRT has acknowledged meanwhile is not sent again', () => {
  const world = new World();
  world.send(0, 1, 2, 1_000);
  world.nak(1, 2, 1_010);
  world.resender.drain(2, 1_700);
  assert.equal(world.sent, [{ slot: 1, sequence: 2 }]);
});

test('repeats of the encoder are those of the bond, or needed by nobody', () => {
  const world = new World();
  world.send(0, 1, 2, 1_000);
  world.links[0]?.flight.arrive(1);
  assert.ok(world.resender.onRepeat(1, 1_100));
  assert.ok(world.resender.onRepeat(2, 1_400));
  assert.not.ok(world.resender.onRepeat(3, 1_400), 'it goes out as it is');
  assert.equal(world.sent, [{ slot: 1, sequence: 2 }]);
  assert.is(world.resender.suppressedTotal, 1);
});

test('all that a stalled link had in flight goes out again, oldest first', () => {
  const world = new World();
  world.send(0, 1, 3, 1_000);
  world.send(1, 4, 2, 1_000);
  world.send(0, 6, 3, 1_000);
  const link = world.links[0] as Link;
  link.flight.arrive(7);
  link.stall('silent', 1_300);
  world.resender.onStalled(link, 2, 1_300);
  assert.equal(
    world.sent.map(({ sequence }) => sequence),
    [2, 3, 6, 8],
  );
  assert.equal([...new Set(world.sent.map(({ slot }) => slot))], [1]);
});

test('a link that stalls with nothing sent yet changes nothing', () => {
  const world = new World();
  world.resender.onStalled(world.links[0] as Link, -1, 1_300);
  assert.is(world.sent.length, 0);
});

test('with time for one repeat only, a suspect link is given up as a stalled one', () => {
  const patient = new World(451);
  patient.send(0, 1, 1, 1_000);
  patient.resender.onSuspected(patient.links[0] as Link, -1, 1_150);
  assert.is(patient.sent.length, 0);
  // Less than 250 ms and four round trips of 50 ms.
  const hurried = new World(449);
  hurried.send(0, 1, 1, 1_000);
  hurried.resender.onSuspected(hurried.links[0] as Link, -1, 1_150);
  assert.is(hurried.sent.length, 1);
});

test('a repeat that is lost is repeated without another NAK, by two links where time is short', () => {
  const world = new World(400);
  world.send(0, 1, 1, 1_000);
  world.nak(1, 1, 1_100);
  assert.equal(world.sent, [{ slot: 1, sequence: 1 }]);
  world.links[1]?.flight.lose(1);
  world.resender.onAcked(world.links[1] as Link, -1, 1_260);
  assert.equal(world.sent.slice(1), [
    { slot: 0, sequence: 1 },
    { slot: 1, sequence: 1 },
  ]);
});

test('where the loss of a repeat would be seen too late a copy follows it, by the link that replied last', () => {
  const world = new World(300);
  world.send(0, 1, 1, 1_000);
  // 120 ms are left, and two round trips of 80 ms would be needed.
  world.nak(1, 1, 1_180);
  const repeats = world.sent.length;
  world.links[0]?.onReceived(2, 1_185);
  world.resender.drain(-1, 1_190);
  assert.is(world.sent.length, repeats, 'what loses one packet loses its neighbours');
  world.resender.drain(-1, 1_200);
  assert.equal(world.sent.slice(repeats), [{ slot: 0, sequence: 1 }]);
  world.resender.drain(-1, 1_220);
  assert.is(world.sent.length, repeats + 1);
});

test('no copy follows what has arrived, nor where there is time, and of a burst the oldest have one', () => {
  const copies = (count: number, nakMs: number, ackedUpTo: number, latencyMs = 300) => {
    const world = new World(latencyMs);
    world.send(0, 1, count, 1_000);
    world.nak(1, count, nakMs);
    const repeats = world.sent.length;
    world.resender.drain(ackedUpTo, nakMs + 20);
    return world.sent.slice(repeats).map(({ sequence }) => sequence);
  };
  assert.equal(copies(30, 1_180, -1), [1, 2, 3, 4, 5, 6]);
  assert.equal(copies(30, 1_180, 4), [4, 5, 6]);
  assert.equal(copies(30, 1_110, -1), [], 'its loss is seen in time');
  assert.equal(copies(30, 1_180, -1, 1_000), []);
});

test('a repeat that SRT has acknowledged is watched no more', () => {
  const world = new World(400);
  world.send(0, 1, 1, 1_000);
  world.nak(1, 1, 1_100);
  world.links[1]?.flight.lose(1);
  world.resender.drain(2, 1_250);
  world.resender.drain(-1, 1_260);
  assert.is(world.sent.length, 1);
});

test('what is sent again stays within the budget, and waits for more of it', () => {
  const world = new World(5_000);
  world.send(0, 1, 200, 1_000);
  world.nak(1, 200, 1_500);
  assert.is(world.sent.length, Math.floor(128_000 / 1_332));
  world.resender.drain(-1, 1_600);
  assert.is(world.sent.length, 96);
  world.resender.budget.earn(2 * 1_332 * 5);
  world.resender.drain(-1, 1_700);
  assert.is(world.sent.length, 98);
});

test('after a new connection nothing of the old one is sent', () => {
  const world = new World();
  world.send(0, 1, 1, 1_000);
  world.nak(1, 1, 1_010);
  world.resender.clear();
  world.resender.drain(-1, 1_700);
  assert.is(world.sent.length, 0);
});

test('the budget saves up half a second of what is offered, and 128 kB at least', () => {
  const takes = (budget: ResendBudget, bytes: number) => [
    budget.take(bytes + 1),
    budget.take(bytes),
  ];
  assert.equal(takes(new ResendBudget(), 128_000), [false, true]);
  const small = new ResendBudget();
  small.allow(1_000_000);
  small.earn(1e9);
  assert.equal(takes(small, 128_000), [false, true]);
  const large = new ResendBudget();
  large.allow(8_000_000);
  large.earn(1e9);
  assert.equal(takes(large, 500_000), [false, true]);
  large.earn(10_000);
  assert.equal(takes(large, 2_200), [false, true]);
});

test.run();
