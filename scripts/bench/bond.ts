/**
 * Measures the bonding against its goals and prints them as a table:
 *
 *     node --import tsx scripts/bench/bond.ts [--only TEXT] [--relay 'ARGV'] [--sender 'ARGV']
 *
 * Needs root for namespaces, and Debian's srt-tools. `--relay` and `--sender` put
 * another SRTLA program in place of ours; its argv may hold {relayPort},
 * {listenerPort}, {bondPort}, {receiverHost}, {receiverPort} and {addresses}.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import * as cases from './bond/cases.ts';
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
  ['cpu 6', (ends) => cases.cpu(ends, 6, 8)],
  ['cpu 12', (ends) => cases.cpu(ends, 12)],
  ['cpu 50', (ends) => cases.cpu(ends, 50, 20)],
];

interface Result extends Row {
  readonly isMet: boolean | null;
  /** The machine's load average over the last minute when the case ended. */
  readonly load: number;
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, relay: { type: 'string' }, sender: { type: 'string' } },
});
const ends: Ends = {
  ...(values.relay === undefined ? {} : { relayCommand: values.relay.split(' ') }),
  ...(values.sender === undefined ? {} : { senderCommand: values.sender.split(' ') }),
};
const results: Result[] = [];
for (const [name, run] of CASES) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  try {
    for (const row of await run(ends)) {
      const result = { ...row, isMet: isMet(row), load: loadavg()[0] ?? 0 };
      results.push(result);
      console.log(renderRow(result));
    }
  } catch (error) {
    console.log(`${name.padEnd(46)} could not be measured: ${String(error)}`);
    process.exitCode = 1;
  }
}
mkdirSync('bench-results', { recursive: true });
const machine = { cpu: cpus()[0]?.model, cores: cpus().length };
writeFileSync(
  'bench-results/bond.json',
  `${JSON.stringify({ at: new Date().toISOString(), machine, ends, results }, null, 2)}\n`,
);

function isMet({ value, goal }: Row): boolean | null {
  if (goal === undefined) return null;
  return value <= (goal.max ?? Number.POSITIVE_INFINITY) && value >= (goal.min ?? 0);
}

function renderRow({ name, value, unit, goal, isMet: met, load, note }: Result): string {
  const figure = `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.padEnd(14);
  const bound = goal?.max === undefined ? `>= ${goal?.min}` : `<= ${goal.max}`;
  const verdict =
    met === null ? ''.padEnd(16) : `${bound.padEnd(8)}${met ? 'met' : 'MISSED'}`.padEnd(16);
  return `${name.padEnd(46)}${figure}${verdict}load ${load.toFixed(2)}${note === undefined ? '' : `  ${note}`}`;
}
