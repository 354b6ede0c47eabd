/** An evening of slips on a printer that is slow, runs out of paper and is switched off, by a box that is killed. */
import type { PrintJob } from '../../daemon/printing/job.ts';
import { PrintQueue } from '../../daemon/printing/queue.ts';
import type { PrintStore } from '../../daemon/printing/store.ts';
import { silentLog } from '../../hal/os/log.ts';
import { openPrinter } from '../../hal/printer/device.ts';
import type { PrintDocument } from '../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../hal/printer/profiles.ts';
import { seeded } from '../support/seeded.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { Dice, expect, type Scenario } from './scenario.ts';
import { SlowPrinter } from './slow-printer.ts';

export type PrintsAction =
  | { readonly do: 'slips'; readonly count: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'paper'; readonly leftMm: number }
  /** Late answers, from now on. */
  | { readonly do: 'late'; readonly ms: number }
  | { readonly do: 'cover' | 'cable' | 'off' | 'repair' | 'kill' };

const STEP_MS = 50;
const END_MS = 3 * 3_600_000;
const MODELS = ['epson-80', 'generic-80', 'generic-58', 'epson-58'] as const;

export const printsScenario: Scenario<PrintsAction> = {
  name: 'prints',
  draw: (random) => {
    const dice = new Dice(random);
    const wait = (): PrintsAction => ({ do: 'wait', ms: dice.pick([50, 200, 1_000, 4_000]) });
    const fault = (): PrintsAction => {
      const what = dice.pick(['paper', 'late', 'cover', 'cable', 'off', 'kill', 'kill'] as const);
      if (what === 'paper') return { do: 'paper', leftMm: dice.whole(0, 60) };
      return what === 'late'
        ? { do: 'late', ms: dice.pick([0, 100, 400, 700, 2_000]) }
        : { do: what };
    };
    const some = () => ({ do: 'slips', count: dice.whole(1, 4) }) as const;
    return dice
      .list(3, 9, (): PrintsAction[] => [
        ...[some(), wait(), fault(), wait()],
        ...(dice.isTrue(0.4) ? [fault(), wait()] : []),
        ...(dice.isTrue(0.7) ? [{ do: 'repair' } as const] : []),
      ])
      .flat();
  },
  run: async (actions, seed) => {
    const world = new PrintsWorld(new Dice(seeded(seed + 1e6)));
    try {
      for (const action of actions) await world.apply(action);
      await world.apply({ do: 'late', ms: 0 });
      await world.apply({ do: 'repair' });
      await world.finish();
      return world.simulatedMs;
    } finally {
      await world.kill();
    }
  },
};

/** Its text tells whether all of it came out, and its picture can be torn. */
function slipOf(id: string): PrintDocument {
  const picture = { width: 160, height: 120, dots: new Uint8Array(160 * 120).fill(1) };
  return [
    { kind: 'text', text: `BEGIN ${id}` },
    { kind: 'dots', picture },
    { kind: 'text', text: `END ${id}` },
  ];
}

/** One run of the box. */
interface Box {
  readonly life: { isDead: boolean };
  readonly ending: AbortController;
  readonly queue: PrintQueue;
  readonly running: Promise<void>;
}

class PrintsWorld {
  readonly #clock = new VirtualClock();
  readonly #printer: SlowPrinter;
  readonly #profile;
  /** What the disk has. */
  readonly #slips = new Map<string, PrintJob>();
  readonly #ids: string[] = [];
  readonly #flagged = new Set<string>();
  #box: Box | undefined;

  constructor(dice: Dice) {
    this.#profile = PRINTER_PROFILES[dice.pick(MODELS)];
    const [mmPerS, chunkMs] = [dice.whole(55, 250), dice.pick([1, 40, 300])];
    const manners = { answersInTurn: dice.isTrue(0.5), confirms: dice.isTrue(0.8) };
    const build = { profile: this.#profile, mmPerS, chunkMs, ...manners };
    this.#printer = new SlowPrinter(build, this.#clock);
    this.#box = this.#start();
  }

  get simulatedMs(): number {
    return this.#clock.monotonicMs();
  }

  async apply(action: PrintsAction): Promise<void> {
    const printer = this.#printer;
    switch (action.do) {
      case 'slips':
        for (let n = 0; n < action.count; n += 1) await this.#add();
        return;
      case 'wait':
        return await this.#pass(action.ms);
      case 'paper':
        return printer.setPaper(action.leftMm);
      case 'late':
        printer.answerMs = action.ms;
        return;
      case 'cover':
        return printer.openCover();
      case 'cable':
        return printer.pullCable();
      case 'off':
        return printer.switchOff();
      case 'repair':
        return printer.repair();
      case 'kill':
        await this.kill();
        this.#box = this.#start();
    }
  }

  /** Until none waits; then all is taken off the printer, and looked at. */
  async finish(): Promise<void> {
    while (this.#box?.queue.figures().waiting !== 0) {
      expect(this.simulatedMs < END_MS, 'a slip waits for ever');
      await this.#pass(500);
    }
    await this.#pass(60_000);
    this.#printer.switchOff();
    const lines = this.#printer.papers.flat();
    for (const id of this.#ids) {
      const begins = lines.flatMap((line, at) => (line === `BEGIN ${id}` ? [at] : []));
      const count = begins.filter((at) => lines[at + 1] === `END ${id}`).length;
      expect(count < 2, `${id} came out ${count} times`);
      const phase = this.#slips.get(id)?.phase;
      expect(count === 1 || this.#flagged.has(id), `${id} (${phase}) is neither out nor flagged`);
    }
  }

  async kill(): Promise<void> {
    const box = this.#box;
    this.#box = undefined;
    if (box === undefined) return;
    box.life.isDead = true;
    box.ending.abort(new Error('killed'));
    await box.running;
  }

  #start(): Box {
    const life = { isDead: false };
    const ending = new AbortController();
    const store: PrintStore = {
      jobs: () => [...this.#slips.values()].toSorted((a, b) => a.number - b.number),
      save: async (job) => {
        if (life.isDead) throw new Error('killed');
        this.#slips.set(job.id, job);
      },
    };
    const os = { clock: this.#clock, log: silentLog };
    const queue = new PrintQueue({
      ...{ store, printer: openPrinter(this.#printer.open, this.#profile, os), ...os },
      render: async ({ id }) => slipOf(id),
      pausedBy: () => undefined,
      perHour: () => 3_600,
    });
    return { life, ending, queue, running: queue.run(ending.signal) };
  }

  async #add(): Promise<void> {
    const id = `s${this.#ids.length}`;
    this.#ids.push(id);
    await this.#box?.queue.add(id, id, { document: 'status' });
  }

  async #pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.#clock.advance(Math.min(STEP_MS, left));
      // All that follows from it, however long a chain of promises it is.
      await new Promise(setImmediate);
      this.#printer.work(STEP_MS);
      for (const { id, phase } of this.#slips.values()) {
        if (phase !== 'uncertain' || this.#flagged.has(id)) continue;
        this.#flagged.add(id);
        await this.#box?.queue.resolve(id);
      }
    }
  }
}
