/** The events of a box on a disk that loses its power, with a broker that comes and goes. */
import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventSpool } from '../../daemon/mqtt/spool/event-spool.ts';
import { openSpool, recordText, segmentPaths } from '../daemon/mqtt/support/spool.ts';
import { seeded } from '../support/seeded.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { Dice, expect, type Scenario } from './scenario.ts';

export type SpoolAction =
  | { readonly do: 'record'; readonly count: number; readonly chars: number }
  | { readonly do: 'send'; readonly count: number }
  /** What was written since the last answer may be there or not, as far as any byte. */
  | { readonly do: 'power-cut' }
  | { readonly do: 'restart' };

export const spoolScenario: Scenario<SpoolAction> = {
  name: 'spool',
  draw: (random) => {
    const dice = new Dice(random);
    return dice.list(3, 20, () => {
      switch (dice.pick(['record', 'record', 'send', 'power-cut', 'restart'])) {
        case 'record':
          return { do: 'record', count: dice.whole(1, 30), chars: dice.pick([0, 20, 1_500]) };
        case 'send':
          return { do: 'send', count: dice.whole(1, 40) };
        case 'power-cut':
          return { do: 'power-cut' };
        default:
          return { do: 'restart' };
      }
    });
  },
  run: async (actions, seed) => {
    const folder = await mkdtemp(join(tmpdir(), 'venuebox-soak-'));
    const world = new SpoolWorld(folder, new Dice(seeded(seed + 1e6)));
    try {
      await world.open();
      for (const action of actions) await world.apply(action);
      await world.apply({ do: 'send', count: 10_000 });
      expect(world.waiting === 0, `${world.waiting} events stay behind`);
      // A record a second is more than an evening has.
      return world.recorded * 1_000;
    } finally {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

class SpoolWorld {
  recorded = 0;
  readonly #folder: string;
  readonly #dice: Dice;
  readonly #clock = new VirtualClock();
  #spool: EventSpool | undefined;
  /** Recorded for certain, and not acknowledged. */
  #owed: number[] = [];
  #lastSeq = 0;
  readonly #texts = new Map<number, string>();

  constructor(folder: string, dice: Dice) {
    this.#folder = folder;
    this.#dice = dice;
  }

  get waiting(): number {
    return this.#owed.length;
  }

  async open(): Promise<void> {
    this.#spool = await openSpool(this.#folder, { clock: this.#clock, maxBytes: 100_000_000 });
  }

  async close(): Promise<void> {
    await this.#spool?.[Symbol.asyncDispose]();
    this.#spool = undefined;
  }

  async apply(action: SpoolAction): Promise<void> {
    switch (action.do) {
      case 'record':
        return await this.#record(action.count, action.chars);
      case 'send':
        return await this.#send(action.count);
      case 'restart':
        await this.close();
        return await this.open();
      case 'power-cut':
        return await this.#cutPower();
    }
  }

  async #record(count: number, chars: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, i) => this.recorded + i);
    this.recorded += count;
    const spool = this.#spool as EventSpool;
    await Promise.all(numbers.map((n) => recordText(spool, `${n} ${'x'.repeat(chars)}`)));
    this.#owed.push(...numbers);
  }

  /** The broker takes them in order; each at least once, and the newest acknowledged is not repeated. */
  async #send(count: number): Promise<void> {
    const spool = this.#spool as EventSpool;
    for (let left = count; left > 0 && spool.state().waiting > 0; ) {
      const records = await spool.next(Math.min(left, 7), AbortSignal.timeout(10_000));
      for (const { seq, payload } of records) this.#onSent(seq, payload.toString());
      const last = records.at(-1)?.seq;
      if (last === undefined) return;
      await spool.ack(last);
      left -= records.length;
    }
  }

  #onSent(seq: number, payload: string): void {
    const number = Number(/"text":"(\d+) /.exec(payload)?.[1]);
    expect(seq > this.#lastSeq, `number ${seq} comes after ${this.#lastSeq}`);
    const before = this.#texts.get(seq);
    expect(before === undefined || before === payload, `number ${seq} is another event`);
    this.#texts.set(seq, payload);
    this.#lastSeq = seq;
    const [next] = this.#owed;
    if (next !== undefined && number >= next) {
      expect(number === next, `event ${next} is lost: ${number} follows`);
      this.#owed.shift();
    }
  }

  /** Nothing after these sizes was promised to anybody. */
  async #cutPower(): Promise<void> {
    const sizes = new Map(segmentPaths(this.#folder).map((path) => [path, statSync(path).size]));
    const cursor = join(this.#folder, 'acked.json');
    const kept = existsSync(cursor) ? readFileSync(cursor) : undefined;
    const torn = this.#dice.whole(1, 40);
    const writing = Array.from({ length: torn }, (_, i) =>
      recordText(this.#spool as EventSpool, `${this.recorded + i} ${'y'.repeat(50)}`),
    );
    await Promise.all(writing);
    await this.close();
    this.recorded += torn;
    for (const path of segmentPaths(this.#folder)) {
      const before = sizes.get(path);
      const size = statSync(path).size;
      if (before === undefined && this.#dice.isTrue(0.5)) rmSync(path);
      else truncateSync(path, this.#dice.whole(Math.min(before ?? 0, size), size));
    }
    if (kept !== undefined) writeFileSync(cursor, kept);
    await this.open();
  }
}
