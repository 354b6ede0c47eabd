/**
 * `npm run bench:powercut [-- CUTS]`: cuts the power of a whole machine while it
 * records, 100 times, and says what was lost.
 */
import { probe } from '../../test/support/media/movies.ts';
import { playInChromium } from '../../test/support/media/play.ts';
import { cutPower, prepareGuest } from '../lab/power-cut/cuts.ts';
import { findKernel } from '../lab/power-cut/machine.ts';
import { printFigures, saveFigures, watchMachine } from './machine.ts';

const asked = Number(process.argv[2] ?? 100);
const machine = watchMachine();
const kernel = findKernel();
const { work, remove } = await prepareGuest();
process.on('exit', remove);

const lostMs: number[] = [];
/** Without the time for which the host did not run the machine. */
const ownMs: number[] = [];
let cuts = 0;
let unplayable = 0;
let unacknowledged = 0;
let unequal = 0;
let changed = 0;
const movies: string[] = [];
/** Chromium plays so many of them, spread over the run: it takes seconds for each. */
const PLAYED_MAX = 20;
for await (const cut of cutPower(kernel, work, asked, 'running')) {
  const { copies, publishedUs, starvedMs } = cut;
  cuts += 1;
  changed += cut.changed.length;
  movies.push(...copies.map(({ moviePath }) => moviePath));
  for (const { endUs, safeUs, moviePath } of copies) {
    lostMs.push((publishedUs - endUs) / 1000);
    ownMs.push((publishedUs - endUs) / 1000 - starvedMs);
    if (endUs < safeUs) unacknowledged += 1;
    const { complaints, frames } = await probe(moviePath);
    if (complaints !== '' || frames.video === 0) unplayable += 1;
  }
  const [short, long] = copies.toSorted((a, b) => a.bytes.length - b.bytes.length);
  if (!short || !long?.bytes.subarray(0, short.bytes.length).equals(short.bytes)) unequal += 1;
  console.error(
    `cut ${cuts} of ${asked}: ${lostMs.slice(-2).map(Math.round).join(' and ')} ms lost`,
  );
}
const everyNth = Math.ceil(movies.length / PLAYED_MAX);
const played = await playInChromium(movies.filter((_, i) => i % everyNth === 0));
const refused = played.filter(({ error }) => error !== '').length;

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => Math.round(sorted[Math.floor((sorted.length - 1) * q)] ?? 0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
}
const figures = [
  { name: 'power cuts', value: String(cuts), goal: String(asked) },
  { name: 'lost of what was published', value: quantiles(lostMs), goal: '<= 1000 ms' },
  { name: 'less what the machine was starved', value: quantiles(ownMs), goal: '<= 1000 ms' },
  { name: 'copies that ffprobe complains about', value: String(unplayable), goal: '0' },
  {
    name: 'copies that Chromium does not play',
    value: `${refused} of ${played.length} tried`,
    goal: '0',
  },
  { name: 'earlier recordings that a cut changed', value: String(changed), goal: '0' },
  { name: 'copies that lack what was acknowledged', value: String(unacknowledged), goal: '0' },
  { name: 'pairs of copies that differ', value: String(unequal), goal: '0' },
];
const seen = machine();
printFigures('power cuts', figures, seen);
saveFigures('power-cut', figures, seen);
