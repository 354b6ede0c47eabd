/** Which link carries the next packet. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link } from '../../../../pipelines/bond/core/link.ts';
import {
  chargeShare,
  chooseLink,
  enterQueue,
  lossOf,
  weigh,
} from '../../../../pipelines/bond/core/select.ts';
import { activeLink, fill } from '../support/links.ts';

const test = suite('choice of a link');

const tagged = (slot: number, tag: number): Link => Object.assign(activeLink(slot), { tag });

function near(value: number, wanted: number): void {
  assert.ok(Math.abs(value - wanted) <= 1e-6 * Math.abs(wanted), `${value}, not ${wanted}`);
}

test('the next in the fair queue is the one with the lowest tag that has room', () => {
  const links = [tagged(0, 3), undefined, tagged(2, 1), tagged(3, 2)];
  assert.is(chooseLink(links, 'share'), 2);
  fill(links[2] as Link, 1);
  assert.is(chooseLink(links, 'share'), 3);
});

test('where all are full it is the least overloaded one', () => {
  const links = [fill(tagged(0, 1), 1.5), fill(tagged(1, 2), 1.1), fill(tagged(2, 3), 3)];
  assert.is(chooseLink(links, 'share'), 1);
});

test('a backup link is for when no other is active, also where the others are full', () => {
  const backup = activeLink(0, 10, { isBackup: true });
  const primary = fill(activeLink(1), 5);
  assert.is(chooseLink([backup, primary], 'share'), 1);
  assert.is(chooseLink([backup, primary], 'best'), 1);
  primary.stall('silent', 1_000);
  assert.is(chooseLink([backup, primary], 'share'), 0);
  assert.is(chooseLink([backup, primary], 'best'), 0);
});

test('a suspect link is for when none is active, the one heard of last first', () => {
  const suspects = [activeLink(0), activeLink(1), activeLink(2)];
  for (const [i, link] of suspects.entries()) {
    link.onReceived(2, [1_100, 1_300, 1_200][i] ?? 0);
    link.state = { phase: 'suspect', sinceMs: 1_400 };
  }
  assert.is(chooseLink(suspects, 'share'), 1);
  assert.is(chooseLink([...suspects, activeLink(3, 900)], 'best'), 3);
});

test('links that are out, stalled, off or spent carry nothing', () => {
  const stalled = activeLink(0);
  stalled.stall('silent', 1_000);
  const out = activeLink(1);
  out.deregister('gone');
  const off = activeLink(2, 50, { isEnabled: false });
  const spent = activeLink(3, 50, { budgetBytes: 1_000, usedBytes: 1_000 });
  const spentSuspect = activeLink(4, 50, { budgetBytes: 1_000, usedBytes: 1_000 });
  spentSuspect.state = { phase: 'suspect', sinceMs: 1_000 };
  for (const prefer of ['share', 'best'] as const) {
    assert.is(chooseLink([stalled, out, off, spent, spentSuspect, undefined], prefer), -1);
  }
  assert.is(chooseLink([], 'best'), -1);
});

test('the best link has the lowest round trip time, and room, and is not the one to be avoided', () => {
  const links = [activeLink(0, 80), activeLink(1, 30), activeLink(2, 50)];
  assert.is(chooseLink(links, 'best'), 1);
  assert.is(chooseLink(links, 'best', 1), 2);
  fill(links[1] as Link, 1);
  assert.is(chooseLink(links, 'best'), 2);
});

test('loss and overdue ACKs make a link worse', () => {
  const [fast, slow] = [activeLink(0, 50), activeLink(1, 60)];
  fast.lossRatio = 0.04;
  assert.is(chooseLink([fast, slow], 'best'), 0);
  fast.lossRatio = 0.06;
  assert.is(chooseLink([fast, slow], 'best'), 1);
  slow.isAckOverdue = true;
  assert.is(chooseLink([fast, slow], 'best'), 0);
  fast.isAckOverdue = true;
  fast.lossRatio = 0;
  assert.is(chooseLink([fast, slow], 'best'), 0);
});

test('a packet sent again takes another link past its window, up to twice of it', () => {
  const links = [activeLink(0), fill(activeLink(1), 1.8), fill(activeLink(2), 1.5)];
  assert.is(chooseLink(links, 'best', 0), 2);
  fill(links[2] as Link, 2);
  assert.is(chooseLink(links, 'best', 0), 1);
  fill(links[1] as Link, 2);
  assert.is(chooseLink(links, 'best', 0), 0, 'then the one to be avoided');
});

test('what a link carries moves it on in the queue by its share; one that idled does not catch up', () => {
  const links = [tagged(0, 5), undefined, tagged(2, 3), tagged(3, 8)];
  for (const link of links) if (link !== undefined) link.shareBps = 1_000;
  chargeShare(links, 0, 500);
  assert.equal(
    links.map((link) => link?.tag),
    [5.5, undefined, 5, 8],
  );
  chargeShare(links, 1, 500);
  assert.equal(
    links.map((link) => link?.tag),
    [5.5, undefined, 5, 8],
  );
  (links[2] as Link).shareBps = 0;
  chargeShare(links, 2, 500);
  assert.is(links[2]?.tag, 505);
});

test('a link that comes enters where the queue is, with a mean share by its weight', () => {
  const links = [tagged(0, 5), tagged(1, 7), tagged(2, 1), undefined, tagged(4, 2)];
  const [one, two, backup, , entering] = links as Link[];
  Object.assign(one as Link, { shareBps: 2_000 });
  Object.assign(two as Link, { shareBps: 4_000 });
  Object.assign(backup as Link, {
    config: { ...backup?.config, isBackup: true },
    shareBps: 90_000,
  });
  Object.assign(entering as Link, { config: { ...entering?.config, weight: 2 }, shareBps: 1 });
  enterQueue(links, entering as Link);
  assert.equal([entering?.tag, entering?.shareBps], [5, 6_000]);
});

test('the first link begins with a guess', () => {
  const first = activeLink(0, 50, { weight: 0.5 });
  enterQueue([first], first);
  assert.equal([first.tag, first.shareBps], [0, 4e6]);
});

/** Weighed at 2,000 ms; `latencyMs` is SRT's. */
function sharesOf(links: readonly Link[], latencyMs = 1_000): readonly number[] {
  weigh(links, 2_000, latencyMs);
  return links.map(({ shareBps }) => shareBps);
}

test('links that have shown no limit are equal but for their weights', () => {
  const links = [activeLink(0), activeLink(1, 50, { weight: 3 })];
  (links[1] as Link).capacity.bps = 12e6;
  const [one = 0, three = 0] = sharesOf(links);
  near(three, 3 * one);
  near(one, 12e6);
});

test('a link that has shown its limit has a share of that', () => {
  const links = [activeLink(0), activeLink(1)];
  const limited = links[1] as Link;
  for (let sample = 0; sample < 100; sample += 1) limited.rtt.add(250, 1_000);
  for (let tenth = 1; tenth <= 3; tenth += 1) {
    for (let i = 0; i < 20; i += 1) limited.delivered.add(1_000, 1_000 + 100 * tenth);
    weigh(links, 1_100 + 100 * tenth, 1_000);
  }
  assert.ok(limited.capacity.bps < 8e6);
  assert.ok((links[0] as Link).shareBps > limited.shareBps);
});

test('loss takes four times of it off a share, and four fifths at most', () => {
  const lossy = activeLink(0);
  const worse = activeLink(1);
  for (const link of [lossy, worse]) link.sentPackets.add(100, 1_500);
  lossy.lostPackets.add(10, 1_500);
  worse.lostPackets.add(90, 1_500);
  const [some = 0, least = 0, all = 0] = sharesOf([lossy, worse, activeLink(2)]);
  near(some, 0.6 * all);
  near(least, 0.2 * all);
  near(lossy.lossRatio, 0.1);
});

test('loss is that of the last 1.5 s, of thirty packets at least', () => {
  const linkWith = (lost: number, sent: number) => {
    const link = activeLink(0);
    link.lostPackets.add(lost, 1_000);
    link.sentPackets.add(sent, 1_000);
    return link;
  };
  near(lossOf(linkWith(3, 10), 1_200), 0.1);
  near(lossOf(linkWith(3, 60), 1_200), 0.05);
  near(lossOf(linkWith(3, 60), 2_599), 0.05);
  assert.is(lossOf(linkWith(500, 60), 1_200), 1);
  assert.is(lossOf(linkWith(3, 60), 2_600), 0);
});

test('a path that is longer than the shortest by more than 120 ms has less', () => {
  const [near50 = 0, at170 = 0, at340 = 0] = sharesOf([
    activeLink(0, 50),
    activeLink(1, 170),
    activeLink(2, 340),
  ]);
  near(at170, near50);
  near(at340, near50 / 2);
});

test('a path whose packets come too late for SRT has next to nothing', () => {
  // 400 ms there and back beside 50 ms: packets come 175 ms after those of the shorter path.
  const shares = (latencyMs: number) =>
    sharesOf([activeLink(0, 50), activeLink(1, 400)], latencyMs);
  const [short = 0, far = 0] = shares(300);
  near(far, (short * 170) / 400);
  const [, late = 0] = shares(200);
  near(late, (0.01 * short * 170) / 400);
});

test('a link whose ACKs are overdue has a fiftieth', () => {
  const overdue = activeLink(0);
  overdue.isAckOverdue = true;
  const [some = 0, all = 0] = sharesOf([overdue, activeLink(1)]);
  near(some, all / 50);
});

test('what a link carried in advance counts by its present share', () => {
  const links = [tagged(0, 10), tagged(1, 14)];
  for (const link of links) link.shareBps = 4e6;
  weigh(links, 2_000, 1_000);
  assert.is(links[0]?.tag, 10);
  near(links[1]?.tag ?? 0, 10 + (4 * 4e6) / (links[1]?.shareBps ?? 0));
});

test.run();
