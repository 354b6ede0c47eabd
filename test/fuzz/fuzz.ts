/** Runs parsers over damaged samples, from a seed: `SEED=1 RUNS=5000 npm test -- fuzz`. */
import { Dice } from '../simulation/scenario.ts';
import { seeded } from '../support/seeded.ts';
import { mutateBytes, mutateText } from './mutate.ts';

const SEED = Number(process.env['SEED'] ?? 14);
const RUNS = Number(process.env['RUNS'] ?? 1_500);

/** By name: samples that are valid, and what reads them. It returns, or resolves; nothing is thrown. */
export type Parsers<Input> = Readonly<
  Record<string, readonly [samples: readonly Input[], read: (input: Input) => unknown]>
>;

type AddTest = (title: string, run: () => Promise<void>) => void;

export function fuzzTexts(test: AddTest, parsers: Parsers<string>, runs = RUNS): void {
  fuzz(test, parsers, mutateText, runs);
}

export function fuzzBytes(test: AddTest, parsers: Parsers<Buffer>, runs = RUNS): void {
  fuzz(test, parsers, mutateBytes, runs);
}

/** Undefined for what is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fuzz<Input>(
  test: AddTest,
  parsers: Parsers<Input>,
  mutate: (samples: readonly Input[], dice: Dice) => Input,
  runs: number,
): void {
  for (const [name, [samples, read]] of Object.entries(parsers)) {
    test(`${name}, seed ${SEED}: any damage is an answer`, async () => {
      const dice = new Dice(seeded(SEED));
      for (let run = 0; run < runs; run += 1) {
        const input = mutate(samples, dice);
        try {
          await read(input);
        } catch (error) {
          const shown = Buffer.isBuffer(input) ? input.toString('hex') : JSON.stringify(input);
          throw new Error(`run ${run}: ${shown.slice(0, 600)}`, { cause: error });
        }
      }
    });
  }
}
