/** Updates under power cuts at every step: there is always one working version, and it starts. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { putOnTrial } from '../../../daemon/update/install.ts';
import { compareReleases, compareVersions } from '../../../daemon/update/release.ts';
import type { VersionStore } from '../../../daemon/update/store.ts';
import { runTrial } from '../../../daemon/update/trial.ts';
import {
  damaged,
  gaveUp,
  INSTALLED,
  installedOnly,
  namedIn,
  onTrial,
  parseVersions,
  pickStart,
  proved,
  renderVersions,
  STARTS_MAX,
  type Versions,
  withoutSpare,
} from '../../../daemon/update/versions.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('versions');

/** How a version of the program is. */
type Quality = 'good' | 'dies' | 'hangs' | 'blind';
const QUALITIES: readonly Quality[] = ['good', 'dies', 'hangs', 'blind'];

class PowerCut extends Error {}

const NOTHING_EXPECTED = { pages: [], picture: false };

/** A machine with a disk, whose power may be cut before and after anything that it does to the disk. */
class Machine {
  readonly qualities = new Map<string, Quality>([[INSTALLED, 'good']]);
  readonly #random: () => number;
  #text = renderVersions(installedOnly('tag'));
  /** Trees on the disk, and whether all of each is there. */
  readonly #trees = new Map<string, boolean>();
  /** Those that have proved themselves. */
  readonly #proven = new Set([INSTALLED]);
  cutsLeft: number;

  constructor(random: () => number, cuts: number) {
    this.#random = random;
    this.cutsLeft = cuts;
  }

  readonly store = {
    load: async () => this.versions(),
    loadForChange: async () => this.versions(),
    save: async (versions: Versions) => {
      this.#perhapsCut();
      this.#text = renderVersions(versions);
      this.#perhapsCut();
    },
    has: async (id: string) => id === INSTALLED || this.#trees.has(id),
    sweep: async (versions: Versions) => {
      for (const id of [...this.#trees.keys()]) {
        if (namedIn(versions).has(id)) continue;
        this.#trees.set(id, false);
        this.#perhapsCut();
        this.#trees.delete(id);
      }
    },
  };

  versions(): Versions {
    return parseVersions(this.#text, 'tag');
  }

  /** As {@link VersionStore.add} and the lines before it in install.ts. */
  async update(id: string, quality: Quality): Promise<void> {
    this.qualities.set(id, quality);
    const hasRoom = this.#random() < 0.5;
    if (!hasRoom) {
      const without = withoutSpare(this.versions());
      await this.store.save(without);
      await this.store.sweep(without);
    }
    this.#perhapsCut();
    this.#trees.set(id, false);
    this.#perhapsCut();
    this.#trees.set(id, true);
    await this.#putOnTrial(id);
  }

  async goBack(): Promise<void> {
    const { previous, good } = this.versions();
    const id = previous ?? INSTALLED;
    if (id !== good) await this.#putOnTrial(id);
  }

  async #putOnTrial(id: string): Promise<void> {
    const isBusy = this.#random() < 0.1;
    await putOnTrial(
      id,
      {
        store: this.store as unknown as VersionStore,
        running: { id: '', version: '', built: '' },
        key: '',
        busyWith: () => (isBusy ? 'a drop' : undefined),
        whatWorks: async () => NOTHING_EXPECTED,
      },
      new AbortController().signal,
    ).catch((error: unknown) => {
      if (error instanceof PowerCut) throw error;
    });
  }

  /** One start by the launcher, and what comes of it. Returns what runs at its end; undefined where it ended. */
  async start(): Promise<string | undefined> {
    const faultOf = async (id: string) => (this.#trees.get(id) === true ? undefined : 'torn');
    const isLive = this.#random() < 0.1;
    const { start, isTrial, next } = await pickStart(this.versions(), {
      isLive,
      nowMs: 0,
      faultOf,
    });
    if (renderVersions(next) !== this.#text) await this.store.save(next);
    this.#perhapsCut();
    assert.ok(start === INSTALLED || this.#trees.get(start) === true, `${start} is not whole`);
    if (!isTrial) assert.ok(this.#proven.has(start), `${start} has proved nothing`);
    return await this.#runs(start);
  }

  async #runs(id: string): Promise<string | undefined> {
    const quality = this.qualities.get(id);
    if (quality === 'dies') return undefined;
    if (quality === 'hangs') {
      // As launch.ts does from outside.
      if (this.versions().trial?.id === id)
        await this.store.save(gaveUp(this.versions(), 'hangs', 0));
      return undefined;
    }
    let hasEnded = false;
    let nowMs = 0;
    await runTrial(
      {
        id,
        store: this.store,
        faultOf: async () => {
          if (quality !== 'good') return 'no picture';
          this.#proven.add(id);
          return undefined;
        },
        phase: () => 'idle',
        onEvent: () => undefined,
        end: () => {
          hasEnded = true;
        },
        clock: {
          wallMs: () => 0,
          monotonicMs: () => nowMs,
          sleep: async (ms) => {
            nowMs += ms;
          },
        },
        log: silentLog,
      },
      new AbortController().signal,
    );
    return hasEnded ? undefined : id;
  }

  #perhapsCut(): void {
    if (this.cutsLeft === 0 || this.#random() > 0.15) return;
    this.cutsLeft -= 1;
    throw new PowerCut();
  }
}

/** Whatever happens, the machine is started again, until it runs. */
async function startUntilItRuns(machine: Machine): Promise<string> {
  const startsMax = (STARTS_MAX + 2) * 3 + machine.cutsLeft * 2;
  for (let i = 0; i < startsMax; i += 1) {
    try {
      const runs = await machine.start();
      if (runs !== undefined) return runs;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
  }
  throw new Error(`nothing runs after ${startsMax} starts`);
}

const SEEDS = Number(process.env['SEEDS'] ?? 400);

test('whatever is cut and whatever is broken, a version that has proved itself runs in the end', async () => {
  let cuts = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = seeded(seed);
    const machine = new Machine(random, 5);
    for (let step = 0; step < 8; step += 1) {
      try {
        if (random() < 0.2) await machine.goBack();
        else {
          const quality = QUALITIES[Math.floor(random() * QUALITIES.length)] ?? 'good';
          await machine.update(`1.${step}-00000000000${step}`, quality);
        }
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      const runs = await startUntilItRuns(machine);
      assert.is(machine.qualities.get(runs), 'good', `seed ${seed}, step ${step}: ${runs} runs`);
    }
    cuts += 5 - machine.cutsLeft;
  }
  assert.ok(cuts > SEEDS, `only ${cuts} cuts in ${SEEDS} runs`);
});

test('without a cut a good version runs, and the one before is kept to go back to', async () => {
  const machine = new Machine(() => 0.99, 0);
  await machine.update('1.1-aaaaaaaaaaaa', 'good');
  assert.is(await startUntilItRuns(machine), '1.1-aaaaaaaaaaaa');
  await machine.update('1.2-bbbbbbbbbbbb', 'good');
  assert.is(await startUntilItRuns(machine), '1.2-bbbbbbbbbbbb');
  assert.is(machine.versions().previous, '1.1-aaaaaaaaaaaa');
  await machine.goBack();
  assert.is(await startUntilItRuns(machine), '1.1-aaaaaaaaaaaa');
  assert.is(machine.versions().previous, '1.2-bbbbbbbbbbbb');
});

test('a version that dies is tried three times, and named with the reason', async () => {
  const machine = new Machine(() => 0.99, 0);
  await machine.update('1.1-aaaaaaaaaaaa', 'dies');
  for (let i = 0; i < STARTS_MAX; i += 1) assert.is(await machine.start(), undefined);
  assert.is(await machine.start(), INSTALLED);
  const { failed, trial } = machine.versions();
  assert.is(trial, null);
  assert.is(failed?.id, '1.1-aaaaaaaaaaaa');
  assert.match(failed?.reason ?? '', 'ended 3 times');
});

test('a drop that was live is resumed by what has proved itself', async () => {
  const versions = onTrial(installedOnly('tag'), '1.1-aaaaaaaaaaaa', NOTHING_EXPECTED);
  const faultOf = async () => undefined;
  const live = await pickStart(versions, { isLive: true, nowMs: 0, faultOf });
  assert.is(live.start, INSTALLED);
  const later = await pickStart(live.next, { isLive: false, nowMs: 0, faultOf });
  assert.is(later.start, '1.1-aaaaaaaaaaaa');
});

test('with another installed program all that updates have left is void', () => {
  const versions = proved(
    onTrial(installedOnly('one'), '1.1-aaaaaaaaaaaa', NOTHING_EXPECTED),
    '1.1-aaaaaaaaaaaa',
  );
  assert.is(parseVersions(renderVersions(versions), 'one').good, '1.1-aaaaaaaaaaaa');
  assert.equal(parseVersions(renderVersions(versions), 'two'), installedOnly('two'));
  for (const text of ['', '{', '[]', '{"v":1}', renderVersions({ ...versions, good: '../etc' })]) {
    assert.equal(parseVersions(text, 'one'), installedOnly('one'), text);
  }
});

test('a version whose files are damaged gives way to the one before, and that to the installed one', () => {
  const one = proved(onTrial(installedOnly('tag'), 'a-1', NOTHING_EXPECTED), 'a-1');
  const two = proved(onTrial(one, 'b-2', NOTHING_EXPECTED), 'b-2');
  const back = damaged(two, 'b-2', 'torn', 0);
  assert.is(back.good, 'a-1');
  assert.is(damaged(back, 'a-1', 'torn', 0).good, INSTALLED);
});

test('versions are compared by their numbers, and then by their time', () => {
  const ordered = ['0.9', '0.10~rc1', '0.10', '0.10.1', '1.0', '1.0+2', '10.0'];
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) {
      assert.is(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} and ${b}`);
    }
  }
  const built = (at: string) => ({ version: '1.0', built: `2026-11-${at}T00:00:00Z` });
  assert.ok(compareReleases(built('29'), built('28')) > 0);
});

test.run();
