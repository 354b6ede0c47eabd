/**
 * A rehearsal of a real box on two shaped links, and beside each of its figures what a benchmark
 * measures from outside on the same box: the clock in the frames that Chromium shows, a link
 * that goes dead on the way, and the SRT receiver's count of what it gave up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../../daemon/cli/control/client.ts';
import type { Rehearsal } from '../../../daemon/model/readiness.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { bestOf } from '../../../daemon/ready/link-measurement.ts';
import { quantiles } from '../../../pipelines/origin/viewers.ts';
import { type Box, startDetailedBox, until } from '../../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../../test/support/chromium.ts';
import { openShapedLinks, type ShapedLinks } from '../bond/shaped-links.ts';
import { type Figure, round } from '../machine.ts';

/** Rehearsals, each with one drill; the benchmark from outside has as many links cut, and two at least. */
const RUNS = Number(process.env['RUNS'] ?? 1);
const CUTS = Math.max(2, RUNS);
/** All of it ends within three minutes, with one run. */
const REHEARSAL_MINUTES = 0.75;
const LATENCY_MS = 1_000;
const GOAL_PCT = 10;
const SETTLE_MS = 5_000;
const WATCH_MS = 40_000;
const OUTAGE_MS = 6_000;
const HEAL_MS = 8_000;
const BEFORE_MS = 2_000;
/** So many packets in a row: more than a picture has. */
const SOME = 8;
const LINKS = [
  {
    ...{ id: 'five', address: '127.0.0.2', delayMs: 25, jitterMs: 10, rateBps: 10_000_000 },
    ...{ lossRatio: 0, isBlackHole: false },
  },
  {
    ...{ id: 'lte', address: '127.0.0.3', delayMs: 40, jitterMs: 10, rateBps: 10_000_000 },
    ...{ lossRatio: 0, isBlackHole: false },
  },
];

interface Seen {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly failoverMs: readonly number[];
  readonly lost: number;
  readonly stalls: number;
}

export async function benchRehearsal(): Promise<readonly Figure[]> {
  await using links = await openShapedLinks(LINKS, LATENCY_MS);
  const ids = LINKS.map(({ id, address }) => `{id: ${id}, address: ${address}}`).join(', ');
  const uplink = `{host: 127.0.0.1, port: ${links.port}, latency_ms: ${LATENCY_MS}, rendition: mid, bitrate_bps: 900000, min_bitrate_bps: 400000, links: [${ids}]}`;
  await using box = await startDetailedBox(
    [`uplink=${uplink}`, 'printer.driver=none'],
    ['demo', '--idle'],
  );
  await until(async () => (await fetch(`${box.url}/drop.json`)).ok, 300_000, box.output);
  const rehearsed = await rehearse(box);
  await command(box, 'go-live', { force: true });
  await box.ready();
  const measured = await measure(box, links);
  return [
    compare('latency p50', 'ms', rehearsed.p50Ms, measured.p50Ms),
    compare('latency p95', 'ms', rehearsed.p95Ms, measured.p95Ms),
    compare('failover, median', 'ms', median(rehearsed.failoverMs), median(measured.failoverMs)),
    compare('packets lost over all failovers', '', rehearsed.lost, measured.lost),
    compare('stalls', '', rehearsed.stalls, measured.stalls),
  ];
}

async function rehearse(box: Box): Promise<Seen> {
  const all: Rehearsal[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await command(box, 'rehearse', { minutes: REHEARSAL_MINUTES });
    const { readiness } = await box.state<BoxSnapshot>();
    const { rehearsal } = readiness ?? {};
    if (rehearsal === undefined) throw new Error('no rehearsal');
    console.error(`rehearsal ${run + 1}: ${JSON.stringify([rehearsal.viewer, rehearsal.drill])}`);
    all.push(rehearsal);
  }
  const ms = (pick: (one: Rehearsal) => number | null | undefined) =>
    all.map((one) => (pick(one) ?? Number.NaN) * 1000);
  const sum = (pick: (one: Rehearsal) => number | null | undefined) =>
    all.reduce((total, one) => total + (pick(one) ?? Number.NaN), 0);
  return {
    p50Ms: median(ms(({ viewer }) => viewer?.latency_s.p50)),
    p95Ms: median(ms(({ viewer }) => viewer?.latency_s.p95)),
    failoverMs: ms(({ drill }) => drill?.failover_s),
    lost: sum(({ drill }) => drill?.lost),
    stalls: sum(({ viewer }) => viewer?.stalls),
  };
}

/** Chromium on the guests' page, and links that go dead beside it. */
async function measure(box: Box, links: ShapedLinks): Promise<Seen> {
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/`);
  await waitInPage(page, 'document.querySelector("video").currentTime > 0');
  await page.waitForTimeout(SETTLE_MS);
  const before = links.dropped();
  const glass = await measureLatency(page, WATCH_MS);
  const { p50, p95 } = quantiles(glass.latenciesMs) ?? { p50: Number.NaN, p95: Number.NaN };
  const failoverMs: number[] = [];
  for (let run = 0; run < CUTS; run += 1) failoverMs.push(await cut(box, links));
  const lost = links.dropped() - before;
  return { p50Ms: p50, p95Ms: p95, failoverMs, lost, stalls: glass.stalls };
}

/** The busiest link goes dead, which only the bond's own measurements can tell. */
async function cut(box: Box, links: ShapedLinks): Promise<number> {
  const best = bestOf(await box.state<BoxSnapshot>());
  if (best === undefined) throw new Error('fewer than two links are up');
  const deadMs = await links.setDead(best, true);
  await sleep(OUTAGE_MS);
  const times = await links.times(best);
  await links.setDead(best, false);
  await sleep(HEAL_MS);
  const failoverMs = failoverAfter(times, deadMs);
  console.error(`${best} dead: left after ${round(failoverMs, 0)} ms`);
  return failoverMs;
}

/**
 * Until the stream left a link: the packets that come on it get three times as rare as in the
 * two seconds before. A bond tries a dead link again with single packets, so some of them are
 * looked at together; the last one before the longest pause among these is the last of the stream.
 */
export function failoverAfter(times: readonly number[], deadMs: number): number {
  const usual = times.filter((ms) => ms < deadMs && ms >= deadMs - BEFORE_MS).length;
  const spacingMs = BEFORE_MS / usual;
  const after = times.filter((ms) => ms >= deadMs);
  const pauseAt = (i: number, count = 1) =>
    (after[i + count] ?? Number.POSITIVE_INFINITY) - (after[i] ?? 0);
  const first = after.findIndex((_, i) => pauseAt(i, SOME) > 3 * SOME * spacingMs);
  const some = [...after.slice(first, first + SOME).keys()].map((n) => first + n);
  const last = some.toSorted((a, b) => pauseAt(b) - pauseAt(a))[0] ?? first;
  return (after[last] ?? deadMs) - deadMs;
}

function compare(name: string, unit: string, rehearsed: number, measured: number): Figure {
  const differencePct = (100 * (rehearsed - measured)) / measured;
  const both = `rehearsal ${round(rehearsed, 0)}, benchmark ${round(measured, 0)} ${unit}`.trim();
  if (rehearsed === measured) return { name, value: both, goal: `within ${GOAL_PCT} %` };
  const value = `${both}: ${differencePct > 0 ? '+' : ''}${round(differencePct, 1)} %`;
  return { name, value, goal: `within ${GOAL_PCT} %` };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function command(box: Box, verb: 'rehearse' | 'go-live', args: object): Promise<void> {
  const request = { ask: 'cmd', verb, args: { ...args }, isDryRun: false } as const;
  const signal = AbortSignal.timeout(300_000);
  for await (const answer of ask([`${box.folder}/control.sock`], request, signal)) {
    if (answer.type === 'error') throw new Error(answer.message);
    if (answer.type === 'outcome') {
      if (verb === 'go-live' && answer.outcome.status !== 'done') {
        throw new Error(answer.outcome.detail ?? answer.outcome.status);
      }
      return;
    }
  }
}
