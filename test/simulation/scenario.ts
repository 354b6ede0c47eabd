/** What a simulation is made of: actions drawn from a seed, and a world that they happen to. */
import { seeded } from '../support/seeded.ts';

/** A promise of the box that a simulated world has seen broken. */
export class Broken extends Error {}

export function expect(isTrue: boolean, promise: string): void {
  if (!isTrue) throw new Broken(promise);
}

export interface Scenario<Action> {
  readonly name: string;
  draw(random: () => number): readonly Action[];
  /**
   * Lets all of it happen; the same actions and seed give the same world. Resolves with the
   * simulated time in ms. Rejects where a promise is broken.
   */
  run(actions: readonly Action[], seed: number): Promise<number>;
}

export interface Failure<Action = unknown> {
  readonly scenario: string;
  readonly seed: number;
  readonly reason: string;
  /** As few as still break it. */
  readonly actions: readonly Action[];
}

export interface SeedResult {
  readonly simulatedMs: number;
  readonly failure?: Failure;
}

export async function runSeed<Action>(
  scenario: Scenario<Action>,
  seed: number,
): Promise<SeedResult> {
  const actions = scenario.draw(seeded(seed));
  try {
    return { simulatedMs: await scenario.run(actions, seed) };
  } catch (error) {
    const shrunk = await shrink(scenario, actions, seed);
    const reason = await reasonOf(scenario, shrunk, seed);
    const failure = { scenario: scenario.name, seed, actions: shrunk };
    return { simulatedMs: 0, failure: { ...failure, reason: reason ?? String(error) } };
  }
}

const TRIES_MAX = 400;

/** Leaves out whole parts, then smaller ones, as long as something is still broken. */
async function shrink<Action>(
  scenario: Scenario<Action>,
  all: readonly Action[],
  seed: number,
): Promise<readonly Action[]> {
  let actions = all;
  let tries = 0;
  for (let size = Math.ceil(actions.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < actions.length && tries < TRIES_MAX; ) {
      const fewer = [...actions.slice(0, at), ...actions.slice(at + size)];
      tries += 1;
      if ((await reasonOf(scenario, fewer, seed)) === undefined) at += size;
      else actions = fewer;
    }
  }
  return actions;
}

/** Undefined where no promise is broken. */
async function reasonOf<Action>(
  scenario: Scenario<Action>,
  actions: readonly Action[],
  seed: number,
): Promise<string | undefined> {
  try {
    await scenario.run(actions, seed);
    return undefined;
  } catch (error) {
    return error instanceof Broken ? error.message : String((error as Error).stack ?? error);
  }
}

/** Numbers and choices of a world. */
export class Dice {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)] as T;
  }

  whole(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  isTrue(share: number): boolean {
    return this.#random() < share;
  }

  list<T>(min: number, max: number, draw: () => T): readonly T[] {
    return Array.from({ length: this.whole(min, max) }, draw);
  }
}
