/**
 * `npm run chaos -- --seed N --minutes M [--only WORD,WORD]`: a box with simulated hardware, guests,
 * a buyer, a broker and a far end, to which happens what a seed draws. Prints a line for each
 * fault and a table, and exits with 1 where a promise was broken.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Dice } from '../../test/simulation/scenario.ts';
import { commandOf, isAlive } from '../../test/support/box.ts';
import { seeded } from '../../test/support/seeded.ts';
import {
  checkFarEnd,
  checkLedger,
  checkOutput,
  checkRecordings,
  heldBy,
  moviesIn,
  processesWith,
} from './checks.ts';
import { DISK_FAULTS } from './disk-faults.ts';
import { OUTSIDE_FAULTS } from './outside-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { printHeld, printLog, printTable } from './report.ts';
import { type Row, runStep, settle } from './step.ts';
import { openVenue, type Venue } from './venue.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '5' },
    /** Only faults with one of these words in their names. */
    only: { type: 'string', default: '' },
  },
});

const FAULTS = [...PROCESS_FAULTS, ...DISK_FAULTS, ...OUTSIDE_FAULTS].filter(({ name }) =>
  values.only.split(',').some((word) => name.includes(word)),
);
/** One after the other mostly, and sometimes at once. */
const AT_ONCE = [1, 1, 1, 2, 3] as const;
/** A process that starts may be silent for 20 s. */
const START_MS = 25_000;

async function runChaos(seed: number, minutes: number): Promise<readonly string[]> {
  const dice = new Dice(seeded(seed));
  const problems: string[] = [];
  const rows: Row[] = [];
  const held: ReturnType<typeof heldBy>[] = [];
  await using venue = await openVenue();
  await sleep(START_MS);
  const usual = new Set((await venue.status()).warnings.map(({ key }) => key));
  problems.push(...(await settle(venue, usual)));
  const before = heldBy(venue);
  const endMs = performance.now() + minutes * 60_000;
  while (performance.now() < endMs && problems.length === 0 && isAlive(venue.box.pid)) {
    const count = Math.min(FAULTS.length, dice.pick(AT_ONCE));
    const drawn = new Set(Array.from({ length: count }, () => dice.pick(FAULTS)));
    const step = await runStep(venue, [...drawn], usual, dice);
    rows.push(...step.rows);
    problems.push(...step.problems);
    held.push(heldBy(venue));
  }
  const after = heldBy(venue);
  if (problems.length > 0) await printLog(venue);
  printTable(rows);
  problems.push(...printHeld(before, held, after));
  problems.push(...(await endVenue(venue)));
  return problems;
}

/** The box ends by itself, and what it leaves behind is whole. */
async function endVenue(venue: Venue): Promise<readonly string[]> {
  const { box, folders } = venue;
  const parts = venue.watchers.map((guest) => guest.parts);
  box.kill('SIGTERM');
  const ended = await Promise.race([box.ended, sleep(60_000, 'never' as const)]);
  const orphans = processesWith(`STATE_DIRECTORY=${box.folder}`);
  console.log(`parts seen: ${parts.join(', ')}; prints sold: ${venue.buyer.promised.size}`);
  console.log(`recordings: ${folders.map((one) => moviesIn(one).length).join(', ')}`);
  console.log(`the far end has ${Math.round((await venue.farEnd.receivedBytes()) / 1e6)} MB`);
  return [
    ...(ended === 0 ? [] : [`SIGTERM ended the box with ${ended}`]),
    ...orphans.map((pid) => `left behind: ${commandOf(pid).slice(0, 200)}`),
    ...venue.watchers.flatMap((guest) => guest.faults),
    ...checkOutput(box.output()),
    ...(await checkRecordings(folders)),
    ...(await checkLedger(box.folder, venue)),
    ...(await checkFarEnd(venue.farEnd.file)),
  ];
}

const problems = await runChaos(Number(values.seed), Number(values.minutes));
console.log(`\nseed ${values.seed}: ${problems.length === 0 ? 'no promise was broken' : 'BROKEN'}`);
for (const problem of problems.slice(0, 40)) console.log(`  ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
