/** The bitrate rules, with the complete chain in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClassicRate } from '../../../pipelines/uplink/classic.ts';
import { LinkAwareRate } from '../../../pipelines/uplink/link-aware.ts';
import type { RateController } from '../../../pipelines/uplink/rate.ts';
import { SrtObserver } from '../../../pipelines/uplink/srt-observer.ts';
import type { PathOptions } from '../bond/support/simulated-path.ts';
import { Venue } from '../bond/support/simulated-venue.ts';

const test = suite('adaptive bitrate, the complete chain in virtual time');

const BOUNDS = { minBps: 500_000, maxBps: 8_000_000 };
const NEAR = { delayMs: 25, jitterMs: 10, rateBps: 5e6 };
const FAR = { delayMs: 40, jitterMs: 10, rateBps: 5e6 };

/** An encoder that does what the controller asks for. */
class Evening {
  readonly observer = new SrtObserver();
  readonly venue: Venue;
  readonly controller: RateController;
  constructor(controller: RateController, links: readonly PathOptions[] = [NEAR, FAR]) {
    this.controller = controller;
    this.venue = new Venue({ links, latencyMs: 1000, tap: this.observer });
  }

  /** @returns what was asked for at each step. */
  run(ms: number): readonly number[] {
    const { venue, controller } = this;
    const asked: number[] = [];
    for (let passedMs = 0; passedMs < ms; passedMs += controller.everyMs) {
      venue.run(controller.everyMs);
      const srt = this.observer.figures(venue.nowMs);
      const { links } = venue.snapshot();
      venue.bitrateBps = controller.update({ nowMs: venue.nowMs, srt, links });
      asked.push(venue.bitrateBps);
    }
    return asked;
  }

  setRate(link: number, rateBps: number): void {
    const path = this.venue.up[link];
    if (path !== undefined) path.options = { ...path.options, rateBps };
  }
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test('link-aware: the bitrate reaches most of what two links of 5 Mbit/s carry, without loss', () => {
  const evening = new Evening(new LinkAwareRate(BOUNDS));
  evening.run(20_000);
  const settled = evening.run(10_000);
  assert.ok(mean(settled) > 6e6, `${mean(settled)}`);
  assert.is(evening.venue.receiver.lost, 0);
});

test('link-aware: when a link fails it falls at once to what the other has delivered', () => {
  const evening = new Evening(new LinkAwareRate(BOUNDS));
  evening.run(25_000);
  evening.venue.cut(0);
  const after = evening.run(1_000);
  assert.ok((after.at(-1) ?? 0) < 4.6e6, `${after.at(-1)}`);
  const later = evening.run(8_000);
  assert.ok(mean(later.slice(40)) > 2.5e6, `${mean(later.slice(40))}`);
  assert.is(evening.venue.receiver.lost, 0);
});

test('link-aware: a squeezed link costs no more than its share, and the rate comes back after it', () => {
  const evening = new Evening(new LinkAwareRate(BOUNDS));
  evening.run(25_000);
  evening.setRate(0, 1e6);
  evening.run(3_000);
  const squeezed = evening.run(7_000);
  assert.ok(mean(squeezed) < 5.6e6 && mean(squeezed) > 3e6, `${mean(squeezed)}`);
  evening.setRate(0, 5e6);
  evening.run(15_000);
  const healed = evening.run(5_000);
  assert.ok(mean(healed) > 5e6, `${mean(healed)}`);
});

test('link-aware: a satellite that changes hands every 15 s is used at what it carried before', () => {
  const evening = new Evening(new LinkAwareRate(BOUNDS), [
    { delayMs: 20, jitterMs: 15, rateBps: 20e6 },
    { delayMs: 40, jitterMs: 10, rateBps: 4e6 },
  ]);
  evening.run(20_000);
  const asked: number[] = [];
  for (let handover = 0; handover < 5; handover += 1) {
    evening.venue.cut(0);
    evening.run(400);
    evening.venue.cut(0, false);
    asked.push(...evening.run(14_600));
  }
  assert.ok(mean(asked) > 5.5e6, `${mean(asked)}`);
});

test('link-aware: without any link it is at its minimum, and rises again with the first one', () => {
  const evening = new Evening(new LinkAwareRate(BOUNDS));
  evening.run(15_000);
  for (const link of [0, 1]) evening.venue.cut(link);
  assert.is(evening.run(5_000).at(-1), BOUNDS.minBps);
  evening.venue.cut(1, false);
  const risen = evening.run(15_000).at(-1) ?? 0;
  assert.ok(risen > 2.5e6 && risen < 5e6, `${risen}`);
});

test('both stay within their bounds whatever happens', () => {
  for (const controller of [new LinkAwareRate(BOUNDS), new ClassicRate(BOUNDS)]) {
    const evening = new Evening(controller);
    const asked = [...evening.run(4_000)];
    evening.venue.cut(0);
    asked.push(...evening.run(3_000));
    evening.venue.cut(1);
    asked.push(...evening.run(3_000));
    evening.venue.cut(0, false);
    asked.push(...evening.run(6_000));
    assert.ok(asked.every((bps) => bps >= BOUNDS.minBps && bps <= BOUNDS.maxBps));
  }
});

test('classic: the bitrate falls on a full path and rises on a free one', () => {
  const evening = new Evening(new ClassicRate(BOUNDS));
  const asked = evening.run(20_000);
  assert.ok(mean(asked) > 2e6, `${mean(asked)}`);
  evening.setRate(0, 5e5);
  evening.setRate(1, 5e5);
  const full = evening.run(5_000);
  assert.ok((full.at(-1) ?? 0) < 2e6, `${full.filter((_, i) => i % 10 === 0)}`);
  evening.setRate(0, 5e6);
  evening.setRate(1, 5e6);
  const free = evening.run(20_000).at(-1) ?? 0;
  assert.ok(free > 3e6, `${free}`);
});

test.run();
