/**
 * Inside the venue's namespace: a box, and for each case a browser in the guest's. Takes its
 * options as JSON, and prints one line of JSON.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantiles } from '../../../pipelines/origin/viewers.ts';
import { startDetailedBox } from '../../../test/support/box.ts';
import { measureLatency, openChromium, waitInPage } from '../../../test/support/chromium.ts';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import { type Gaps, readGaps, watchGaps } from './gaps.ts';

export interface LossyRun {
  /** The guest's namespace, and where the guest finds the box. */
  readonly guest: string;
  readonly venueAddress: string;
  readonly queries: readonly string[];
  readonly partMs: number;
  readonly seconds: number;
}

export interface LossySeen extends Gaps {
  readonly query: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** How media came at the end. */
  readonly by: string;
  /** Of the picture at the end. */
  readonly heightPx: number;
}

const FREEZE_MS = 250;
const SETTLE_MS = 8_000;
const SLICE_MS = 10_000;

const run = JSON.parse(process.argv[2] ?? '{}') as LossyRun;
const folder = mkdtempSync(join(tmpdir(), 'venuebox-lossy-'));
const chromium = join(folder, 'chromium');
writeFileSync(chromium, `#!/bin/sh\nexec ip netns exec ${run.guest} /usr/bin/chromium "$@"\n`);
chmodSync(chromium, 0o755);
const seen: LossySeen[] = [];
try {
  for (const query of run.queries) seen.push(await watch(query));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify(seen));
// The library of WebRTC in other processes is none of this one's business; sockets may linger.
process.exit(0);

async function watch(query: string): Promise<LossySeen> {
  await using box = await startDetailedBox([
    `viewers.whep.port=${await freeUdpPort()}`,
    'viewers.host=0.0.0.0',
    `viewers.part_ms=${run.partMs}`,
  ]);
  await box.ready();
  await using browser = await openChromium({ width: 960, height: 600 }, chromium);
  const url = new URL(box.url);
  url.hostname = run.venueAddress;
  const page = await browser.open(`${url.href}${query}`);
  await waitInPage(page, 'globalThis.venuebox?.().latencyMs > 0');
  await page.waitForTimeout(SETTLE_MS);
  await watchGaps(page, FREEZE_MS);
  const latenciesMs: number[] = [];
  for (let ms = 0; ms < run.seconds * 1_000; ms += SLICE_MS) {
    latenciesMs.push(...(await measureLatency(page, SLICE_MS)).latenciesMs);
  }
  const { p50, p95 } = quantiles(latenciesMs) ?? { p50: Number.NaN, p95: Number.NaN };
  const shown = (await page.evaluate('globalThis.venuebox()')) as { player: string; way?: string };
  const heightPx = (await page.evaluate('document.querySelector("video").videoHeight')) as number;
  const by = shown.way ?? shown.player;
  return { query, ...(await readGaps(page)), p50Ms: p50, p95Ms: p95, by, heightPx };
}
