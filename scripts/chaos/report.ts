/** The tables at the end of a chaos run. */
import { signIn } from '../../test/support/operator.ts';
import type { Held } from './checks.ts';
import type { Row } from './step.ts';
import type { Venue } from './venue.ts';

/** Of the issue, where the machine is not busy: printed beside what was measured, and not asserted. */
const HOLE_GOAL_S = 1.5;
const HAS_HOLE_GOAL = /^(?:media|capture) killed$/;
const GROWTH_GOAL_PCT = 10;

export function printTable(rows: readonly Row[]): void {
  const byFault = new Map<string, Row[]>();
  for (const row of rows) byFault.set(row.fault, [...(byFault.get(row.fault) ?? []), row]);
  console.log('\n| fault | times | well again after, s | without a picture, s | goal, s |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [fault, all] of [...byFault].toSorted(([a], [b]) => a.localeCompare(b))) {
    const well = Math.max(...all.map(({ wellAfterS }) => wellAfterS));
    const hole = Math.max(...all.map(({ holeS }) => holeS));
    const goal = HAS_HOLE_GOAL.test(fault) ? HOLE_GOAL_S : '-';
    const figures = [all.length, well.toFixed(1), hole.toFixed(2), goal];
    console.log(`| ${fault} | ${figures.join(' | ')} |`);
  }
}

/** Sessions of the crew, which last for a day. */
const DESCRIPTORS_MORE = 4;
/** V8 takes minutes to size its heap: at the start it is small. */
const MEMORY_MAX_RATIO = 1.5;
const MEMORY_MORE_MB = 30;
/** Between the two halves of a run, in which each process was started again at any time. */
const GROWTH_MAX_RATIO = 1.1;
const GROWTH_MORE_MB = 5;
const GROWTH_MIN_STEPS = 30;

/**
 * What the processes hold at the end, beside what they held at the start; what they hold too much.
 *
 * @param steps After each step.
 */
export function printHeld(
  before: ReadonlyMap<string, Held>,
  steps: readonly ReadonlyMap<string, Held>[],
  after: ReadonlyMap<string, Held>,
): readonly string[] {
  const problems: string[] = [];
  const half = Math.floor(steps.length / 2);
  const mostOf = (name: string, some: typeof steps) =>
    Math.max(0, ...some.map((held) => held.get(name)?.mb ?? 0));
  const title = [
    ...['process', 'descriptors', 'memory, MB', `grown, % (goal: ${GROWTH_GOAL_PCT})`],
    'most in each half of the run, MB',
  ];
  console.log(`\n| ${title.join(' | ')} |\n|${' --- |'.repeat(title.length)}`);
  for (const [name, was] of before) {
    const is = after.get(name);
    if (is === undefined) {
      problems.push(`${name} is missing at the end`);
      continue;
    }
    const [first, second] = [mostOf(name, steps.slice(0, half)), mostOf(name, steps.slice(half))];
    const figures = [
      `${was.descriptors} -> ${is.descriptors}`,
      `${was.mb.toFixed(0)} -> ${is.mb.toFixed(0)}`,
      `${((100 * is.mb) / was.mb - 100).toFixed(0)}`,
      `${first.toFixed(0)} -> ${second.toFixed(0)}`,
    ];
    console.log(`| ${name} | ${figures.join(' | ')} |`);
    if (steps.length >= GROWTH_MIN_STEPS && second > GROWTH_MAX_RATIO * first + GROWTH_MORE_MB)
      problems.push(`${name} held ${first.toFixed(0)} MB at most, then ${second.toFixed(0)}`);
    if (is.descriptors > was.descriptors + DESCRIPTORS_MORE)
      problems.push(`${name} holds ${is.descriptors} descriptors, and ${was.descriptors} before`);
    if (is.mb > MEMORY_MAX_RATIO * was.mb + MEMORY_MORE_MB)
      problems.push(`${name} holds ${is.mb.toFixed(0)} MB, and ${was.mb.toFixed(0)} before`);
  }
  return problems;
}

/** The newest lines of the box's log, which its page has also where its terminal is closed. */
export async function printLog({ box }: Venue): Promise<void> {
  const cookie = await signIn(box.operatorUrl).catch(String);
  const answer = await fetch(`${box.operatorUrl}/log`, { headers: { cookie } }).then(
    (found) => found.text(),
    String,
  );
  console.log(`\nlog of the box:\n${answer.replaceAll('},{', '},\n{')}\n`);
}
