/** Small faults that are put into a source, to try the tests. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mutate } from '../../scripts/mutation/mutants.ts';

const test = suite('mutants');

const SOURCE = `
function clamp(value, max) {
  // A comment with "quotes" and a > b.
  if (value < 0 && max > 0) return 0;
  const isOver = value > max;
  return isOver ? max : value + 0;
}
function firstOf(list) {
  const big = list.filter((one) => one >= 10);
  list.sort();
  return !big.some((one) => one === 11);
}
`;

/** What the mutated source answers while a mutant is on. */
function load(source: string) {
  const run = new Function(
    ...['mutation', 'learns', 'differs'],
    `${source.replaceAll('globalThis.', '')}; return { clamp, firstOf };`,
  );
  let active = 0;
  const program = run(
    (id: number) => id === active,
    false,
    () => undefined,
  ) as {
    clamp(value: number, max: number): number;
    firstOf(list: number[]): boolean;
  };
  return {
    ...program,
    setMutant: (id: number) => {
      active = id;
    },
  };
}

test('without a mutant the source does what it did', () => {
  const { clamp, firstOf } = load(mutate('a.ts', SOURCE, 1).source);
  assert.equal([clamp(-1, 5), clamp(3, 5), clamp(9, 5)], [0, 3, 5]);
  assert.equal([firstOf([11]), firstOf([12]), firstOf([1])], [false, true, true]);
});

test('each mutant is one change, in its place', () => {
  const { source, mutants } = mutate('a.ts', SOURCE, 100);
  assert.equal(
    mutants.map(({ id }) => id),
    mutants.map((_, i) => 100 + i),
  );
  const changes = mutants.map(({ line, from, to }) => `${line}: ${from} -> ${to}`);
  for (const change of [
    '4: value < 0 && max > 0 -> (value < 0) || (max > 0)',
    '4: value < 0 -> value <= 0',
    '5: value > max -> value <= max',
    '6: isOver -> true',
    '6: value + 0 -> value - 0',
    '9: list.filter((one) => one >= 10) -> list',
    '10: list.sort(); -> undefined',
    '11: one === 11 -> one !== 11',
  ]) {
    assert.ok(changes.includes(change), `${change} of\n${changes.join('\n')}`);
  }
  const program = load(source);
  const idOf = (change: string) => 100 + changes.indexOf(change);
  program.setMutant(idOf('6: isOver -> true'));
  assert.is(program.clamp(3, 5), 5);
  program.setMutant(idOf('9: list.filter((one) => one >= 10) -> list'));
  assert.is(program.firstOf([11]), false);
  program.setMutant(idOf('11: one === 11 -> one !== 11'));
  assert.is(program.firstOf([11]), true);
});

test('types, imports and literals that a type follows from stay as they are', () => {
  const { mutants } = mutate(
    'a.ts',
    `import { a } from './a.ts';
type Flag = true | false;
const kinds = { isOn: true as const };
interface B { readonly isOn: true }
`,
    1,
  );
  assert.equal(mutants, []);
});

test.run();
