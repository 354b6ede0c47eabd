/** Viewers' figures: real guests are counted, and hostile reports stay within bounds. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Beacon, Viewers } from '../../../pipelines/origin/viewers.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('viewers');

const BEACON: Beacon = {
  id: 'abcdefgh',
  player: 'venuebox',
  rendition: 'high',
  stalls: 0,
  stalledMs: 0,
};

const clientOf = (address: string, connections = 1, isProxy = false) => ({
  address,
  connection: { address: { connections, isProxy } },
});

/** A phone that has fetched two parts five times a second for a while. */
function watch(viewers: Viewers, client: ReturnType<typeof clientOf>, s: number, fromMs = 0): void {
  for (let i = 0; i < 10 * s; i += 1) viewers.addFetch(client, fromMs + i * 100);
}

test('viewers are counted while their pages report, with p50 and p95 per rendition', () => {
  const viewers = new Viewers((id) => ['high', 'low'].includes(id));
  for (let i = 0; i < 20; i += 1) {
    const client = clientOf(`192.0.2.${i}`);
    watch(viewers, client, 0.5);
    const figures = { id: `viewer-${i}`, latencyMs: 300 + i * 10, startupMs: 400 };
    viewers.add({ ...BEACON, ...figures }, client, 500);
  }
  const { latencyMsByRendition, startupMs, ...figures } = viewers.figures(1_000);
  assert.is(figures.viewers, 20);
  assert.equal(latencyMsByRendition['high'], { p50: 390, p95: 480, n: 20 });
  assert.is(startupMs?.p50, 400);
  assert.is(viewers.figures(20_000).viewers, 0);
});

test('a viewer that is pushed its media counts for as long as that goes on', () => {
  const viewers = new Viewers(() => true);
  const client = clientOf('192.0.2.1', 3);
  const leave = [viewers.addStream(client, 0), viewers.addStream(client, 0)];
  for (const id of ['viewer-a', 'viewer-b', 'viewer-c']) {
    viewers.add({ ...BEACON, id }, client, 70_000);
  }
  assert.is(viewers.figures(70_000).viewers, 2);
  for (const one of leave) one();
  viewers.add({ ...BEACON, id: 'viewer-d' }, client, 140_000);
  assert.is(viewers.figures(140_000).viewers, 0);
});

test('at random, who has not been heard of for 16 s is gone, and nobody else', () => {
  const random = seeded(29);
  const viewers = new Viewers(() => true);
  const heardMs = new Map<string, number>();
  for (let nowMs = 0; nowMs < 300_000; nowMs += Math.floor(random() * 400)) {
    const n = Math.floor(random() * 60);
    const client = clientOf(`192.0.2.${n}`);
    viewers.addFetch(client, nowMs);
    viewers.add({ ...BEACON, id: `viewer-${n}` }, client, nowMs);
    heardMs.set(`viewer-${n}`, nowMs);
    const there = [...heardMs.values()].filter((atMs) => nowMs - atMs <= 16_000);
    assert.is(viewers.figures(nowMs).viewers, there.length);
  }
});

test('of 40,000 addresses a newcomer is counted once others have not been heard of for a minute', () => {
  const viewers = new Viewers(() => true);
  for (let n = 0; n < 40_000; n += 1) viewers.addFetch({ address: `10.0.${n >> 8}.${n & 255}` }, 0);
  const guest = clientOf('192.0.2.1');
  const countAt = (nowMs: number) => {
    viewers.addFetch(guest, nowMs);
    viewers.add(BEACON, guest, nowMs);
    return viewers.figures(nowMs).viewers;
  };
  assert.equal([countAt(10), countAt(31_000), countAt(61_000)], [0, 0, 1]);
});

test('all of 6,000 guests are counted, 150 of them behind one router', () => {
  const viewers = new Viewers(() => true);
  const router = clientOf('198.51.100.1', 300);
  for (let i = 0; i < 6_000; i += 1) {
    const client = i < 150 ? router : clientOf(`10.0.${i >> 8}.${i & 255}`);
    watch(viewers, client, 1);
    viewers.add({ ...BEACON, id: `viewer-${i}`, stalls: 1, stalledMs: 300 }, client, 1_000);
  }
  const { viewers: count, stallsTotal } = viewers.figures(1_000);
  assert.is(count, 6_000);
  assert.ok(stallsTotal > 5_800, `${stallsTotal} stalls`);
});

test('a trusted proxy’s guests are counted, though its cache hides what they fetch', () => {
  const viewers = new Viewers(() => true);
  for (let i = 0; i < 50; i += 1) {
    const client = clientOf(`203.0.113.${i}`, 8, true);
    viewers.add({ ...BEACON, id: `viewer-${i}` }, client, 0);
  }
  assert.is(viewers.figures(0).viewers, 50);
});

test('a guest’s hearts count up to two a second, and none where they are off', () => {
  const guest = clientOf('192.0.2.1');
  for (const isOn of [true, false]) {
    const viewers = new Viewers(
      () => true,
      () => isOn,
    );
    for (let s = 0; s <= 60; s += 5) {
      watch(viewers, guest, 5, (s - 5) * 1000);
      viewers.add({ ...BEACON, hearts: 3 }, guest, s * 1000);
    }
    assert.is(viewers.figures(60_000).heartsTotal, isOn ? 39 : 0);
    for (let s = 65; s <= 120; s += 5) {
      watch(viewers, guest, 5, (s - 5) * 1000);
      viewers.add({ ...BEACON, hearts: 1_000 }, guest, s * 1000);
    }
    assert.ok(viewers.heartsTotal <= (isOn ? 39 + 12 + 2 * 60 : 0), `${viewers.heartsTotal}`);
    assert.ok(viewers.heartsTotal >= (isOn ? 39 + 2 * 60 : 0), `${viewers.heartsTotal}`);
  }
});

test('an address sends no more hearts under many names, or by many reports', () => {
  const random = seeded(7);
  const nextInt = (max: number) => Math.floor(random() * max);
  const viewers = new Viewers(
    () => true,
    () => true,
  );
  const hostile = clientOf('192.0.2.6', 3);
  const SECONDS = 60;
  for (let ms = 0; ms < SECONDS * 1000; ms += 50) {
    viewers.addFetch(hostile, ms);
    const id = `viewer-${nextInt(200)}`;
    viewers.add({ ...BEACON, id, hearts: nextInt(1_000) }, hostile, ms);
  }
  const possible = 3 * (2 * SECONDS + 12);
  assert.ok(viewers.heartsTotal <= possible, `${viewers.heartsTotal} hearts, ${possible} possible`);
  assert.ok(viewers.heartsTotal > SECONDS, `${viewers.heartsTotal} hearts`);
});

test('without media an address has no viewers', () => {
  const viewers = new Viewers(() => true);
  viewers.add({ ...BEACON, stalls: 10_000, startupMs: 600_000 }, clientOf('192.0.2.1', 200), 0);
  const { viewers: count, stallsTotal, startupMs } = viewers.figures(0);
  assert.equal([count, stallsTotal, startupMs], [0, 0, undefined]);
});

for (let seed = 1; seed <= 20; seed += 1) {
  test(`a hostile phone changes no figure by much, seed ${seed}`, () => {
    const random = seeded(seed);
    const viewers = new Viewers(() => true);
    const guests = Array.from({ length: 40 }, (_, i) => clientOf(`10.0.0.${i}`));
    const phone = [clientOf('192.0.2.1', 6), clientOf('192.0.2.2', 6)] as const;
    const seconds = 60;
    for (let s = 0; s < seconds; s += 1) {
      for (const client of [...guests, ...phone]) watch(viewers, client, 1, s * 1_000);
      if (s % 5 === 4) {
        for (const [i, guest] of guests.entries()) {
          const startup = s === 4 ? { startupMs: 500 } : {};
          viewers.add({ ...BEACON, id: `guest-00${i}`, ...startup }, guest, s * 1_000 + 990);
        }
      }
      for (let i = 0; i < 400; i += 1) {
        const id = random() < 0.5 ? `hostile-${i % 9}` : `hostile-${s}-${i}`;
        const stalls = Math.floor(random() * 10_000);
        const stalledMs = Math.floor(random() * 600_000);
        const times = { startupMs: 600_000, latencyMs: 600_000 };
        const client = phone[random() < 0.5 ? 0 : 1];
        viewers.add({ ...BEACON, id, stalls, stalledMs, ...times }, client, s * 1_000 + 2 * i);
      }
    }
    const figures = viewers.figures(seconds * 1_000);
    assert.ok(figures.viewers >= 40 && figures.viewers <= 52, `${figures.viewers} viewers`);
    // Twelve made-up viewers that stall all the time.
    assert.ok(figures.stalledMsTotal <= 14 * seconds * 1_000, `${figures.stalledMsTotal} ms`);
    assert.ok(figures.stallsTotal <= 14 * seconds * 5, `${figures.stallsTotal} stalls`);
    assert.ok((figures.startupMs?.n ?? 0) <= 52);
    assert.is(figures.startupMs?.p50, 500);
  });
}

test.run();
