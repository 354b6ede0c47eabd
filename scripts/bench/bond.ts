/**
 * Measures the bonding against its goals and prints them as a table:
 *
 *     node --import tsx scripts/bench/bond.ts [--only TEXT]…
 *
 * Needs root for namespaces, and Debian's srt-tools. Each case is run once more with each
 * program that SRTLA_SENDERS and SRTLA_RECEIVERS name in place of ours: see peer-programs.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { peerPrograms } from '../../test/support/network/peer-programs.ts';
import * as cases from './bond/cases.ts';
import { cpu } from './bond/cpu.ts';
import * as field from './bond/field.ts';
import type { Ends, Row } from './bond/measure.ts';
import { rate } from './bond/rate.ts';

type Case = readonly [name: string, run: (ends: Ends) => Promise<readonly Row[]>];

const CASES: readonly Case[] = [
  ['hole 300', (ends) => cases.blackHole(ends, 300, 10)],
  ['hole 500', (ends) => cases.blackHole(ends, 500, 5)],
  ['hole 1000', (ends) => cases.blackHole(ends, 1000, 0)],
  ['hole 2000', (ends) => cases.blackHole(ends, 2000, 0)],
  ['IPv6', (ends) => cases.blackHole(ends, 300, 10, 6)],
  ['unplug', cases.unplug],
  ['mtu', field.smallMtu],
  ['three', field.threeLinks],
  ['unequal', (ends) => cases.goodput(ends, 20, 2, { rateBps: 20_900_000, minMbps: 20.8 })],
  ['swing', cases.swing],
  ['outage 5', (ends) => cases.outage(ends, 5)],
  ['outage 60', (ends) => cases.outage(ends, 60)],
  ['registration', cases.registration],
  ['squeeze', cases.squeeze],
  ['goodput 5', (ends) => cases.goodput(ends, 5, 5)],
  ['goodput 8', (ends) => cases.goodput(ends, 8, 2.5)],
  ['far', cases.farShare],
  ['rate link-aware', (ends) => rate(ends, 'link-aware')],
  ['rate classic', (ends) => rate(ends, 'classic')],
  ['cpu 6', (ends) => cpu(ends, 6, 5)],
  ['cpu 12', (ends) => cpu(ends, 12)],
  ['cpu 50', (ends) => cpu(ends, 50, 12)],
];

interface Result extends Row {
  /** The program of others in place of ours. */
  readonly by?: string;
  readonly isMet: boolean | null;
  /** The machine's load average over the last minute when the case ended. */
  readonly load: number;
}

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const peers: readonly { readonly by?: string; readonly ends: Ends }[] = [
  { ends: {} },
  ...peerPrograms('SRTLA_SENDERS').map(({ name, argv }) => {
    return { by: name, ends: { senderCommand: argv } };
  }),
  ...peerPrograms('SRTLA_RECEIVERS').map(({ name, argv }) => {
    return { by: name, ends: { relayCommand: argv } };
  }),
];
const results: Result[] = [];
for (const [name, run] of CASES) {
  if (values.only?.every((text) => !name.includes(text))) continue;
  for (const { by, ends } of peers) {
    try {
      for (const row of await run(ends)) {
        const found = { isMet: isMet(row), load: loadavg()[0] ?? 0 };
        const result = { ...row, ...found, ...(by === undefined ? {} : { by }) };
        results.push(result);
        console.log(renderRow(result));
      }
    } catch (error) {
      console.log(renderHead(name, by), `could not be measured: ${String(error)}`);
      if (by === undefined) process.exitCode = 1;
    }
  }
}
mkdirSync('bench-results', { recursive: true });
const machine = { cpu: cpus()[0]?.model, cores: cpus().length };
writeFileSync(
  'bench-results/bond.json',
  `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`,
);

function isMet({ value, goal }: Row): boolean | null {
  if (goal === undefined) return null;
  return value <= (goal.max ?? Number.POSITIVE_INFINITY) && value >= (goal.min ?? 0);
}

/** What others reach stands below ours. */
function renderHead(name: string, by: string | undefined): string {
  return (by === undefined ? name : `  ${by}: ${name}`).padEnd(46);
}

function renderRow({ name, by, value, unit, goal, isMet: met, load, note = '' }: Result): string {
  const figure = `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.padEnd(14);
  const bound = goal?.max === undefined ? `>= ${goal?.min}` : `<= ${goal.max}`;
  const isJudged = met !== null && by === undefined;
  const verdict = isJudged ? `${bound.padEnd(8)}${met ? 'met' : 'MISSED'}` : '';
  const said = `${verdict.padEnd(16)}load ${load.toFixed(2)}`;
  return `${renderHead(name, by)} ${figure}${said}${note === '' ? '' : `  ${note}`}`;
}
