/**
 * Plays the stream in every player that is installed, through a course of faults, and prints
 * a table. `npm run bench:players [-- NAME…] [--at-once N] [--set KEY=VALUE…]
 * [--steady S] [--only FAULT,FAULT]`
 */

import { watchMachine } from '../machine.ts';
import { BROWSER_PLAYERS } from './browsers.ts';
import { FULL_COURSE, type PhaseName } from './course.ts';
import { NATIVE_PLAYERS } from './native.ts';
import { type PlayerRow, playAtOnce } from './run.ts';

const { names, settings, atOnce, steadyS, only } = readArguments(process.argv.slice(2));
const isWanted = (name: string) =>
  names.length === 0 || names.some((one) => name.toLowerCase().includes(one.toLowerCase()));
const wanted = [...NATIVE_PLAYERS, ...BROWSER_PLAYERS].filter(({ name }) => isWanted(name));
for (const player of wanted) {
  const missing = player.missing();
  if (missing !== undefined) console.log(`${player.name}: not installed: ${missing}`);
}
const players = wanted.filter((player) => player.missing() === undefined);
const lengthsS = { ...FULL_COURSE.lengthsS, steady: steadyS };
for (const name of Object.keys(lengthsS) as PhaseName[]) {
  if (only.length > 0 && name !== 'steady' && !only.includes(name)) lengthsS[name] = 0;
}
const course = { ...FULL_COURSE, lengthsS };
const machine = watchMachine();
console.log(HEAD().join('\n'));
for (let i = 0; i < players.length; i += atOnce) {
  const rows = await playAtOnce(players.slice(i, i + atOnce), course, settings);
  for (const row of rows) console.log(lineOf(row));
}
const { cores, cpu, load1m } = machine();
console.log(`\non ${cores} x ${cpu}, load ${load1m}`);
process.exit(0);

function HEAD(): readonly string[] {
  const titles = [
    ...['player', 'first frame', 'behind live', 'stalls', 'requests/s'],
    ...['capture killed', 'media killed', '10 s no network', 'connections reset'],
    ...['rendition suspended', 'rendition refused', 'end'],
    ...['refused', 'complaints'],
  ];
  return [`| ${titles.join(' | ')} |`, `| ${titles.map(() => '---').join(' | ')} |`];
}

function lineOf(row: PlayerRow): string {
  const s = (value: number | undefined, none = '-') =>
    value === undefined ? none : `${value.toFixed(1)} s`;
  const stood = (phase: keyof PlayerRow['stoodS']) =>
    phase in row.stoodS ? s(row.stoodS[phase], 'stopped') : '-';
  const end = `${row.hasSeenEnd ? 'seen' : 'not seen'}, ${s(row.missedAtEndS)} missed`;
  return `| ${[
    ...[row.name, s(row.firstFrameS, 'none'), s(row.behindS), row.stalls],
    ...[row.requestsPerS.toFixed(1), stood('capture'), stood('media'), stood('network')],
    ...[
      stood('reset'),
      stood('saving'),
      stood('rendition'),
      end,
      row.refused,
      row.complaints.join('; ') || '-',
    ],
  ].join(' | ')} |`;
}

function readArguments(args: readonly string[]) {
  const found = {
    ...{ names: [] as string[], settings: [] as string[], only: [] as string[] },
    ...{ atOnce: 1, steadyS: 60 },
  };
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    const value = args[i + 1] ?? '';
    if (!arg.startsWith('--')) found.names.push(arg);
    else if (arg === '--set') found.settings.push(value);
    else if (arg === '--only') found.only = value.split(',');
    else if (arg === '--at-once') found.atOnce = Number(value);
    else if (arg === '--steady') found.steadyS = Number(value);
    else throw new Error(`unknown: ${arg}`);
    if (arg.startsWith('--')) i += 1;
  }
  return found;
}
