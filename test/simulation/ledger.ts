/** A shop whose ledger is on a disk that fails and loses its power. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Book, type OrderState } from '../../daemon/orders/book.ts';
import { type LedgerEnd, scanLedger } from '../../daemon/orders/commit.ts';
import { decide, type Shop } from '../../daemon/orders/decide.ts';
import { GroupCommit } from '../../daemon/orders/group-commit.ts';
import { LedgerFile, ledgerPath, openLedgerFile } from '../../daemon/orders/ledger-file.ts';
import { silentLog } from '../../hal/os/log.ts';
import { article } from '../daemon/orders/support/shop.ts';
import { seeded } from '../support/seeded.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { FailingFile } from './failing-file.ts';
import { Dice, expect, type Scenario } from './scenario.ts';

const EDITION = 40;
const ORDERS = 60;
const PENDING_MS = 900_000;
const ITEMS = ['print', 'tee'] as const;

export type LedgerAction =
  | { readonly do: 'orders'; readonly count: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** The share of the disk's steps that fail. */
  | { readonly do: 'disk'; readonly share: number }
  | { readonly do: 'restart' }
  | { readonly do: 'power-cut' };

export const ledgerScenario: Scenario<LedgerAction> = {
  name: 'ledger',
  draw: (random) => {
    const dice = new Dice(random);
    return dice.list(4, 24, () => {
      switch (dice.pick(['orders', 'orders', 'orders', 'wait', 'disk', 'restart', 'power-cut'])) {
        case 'orders':
          return { do: 'orders', count: dice.whole(1, 12) };
        case 'wait':
          return { do: 'wait', ms: dice.pick([1, 1_000, 5_000, 2 * PENDING_MS]) };
        case 'disk':
          return { do: 'disk', share: dice.pick([0, 0, 0.2, 1]) };
        case 'restart':
          return { do: 'restart' };
        default:
          return { do: 'power-cut' };
      }
    });
  },
  run: async (actions, seed) => {
    const folder = await mkdtemp(join(tmpdir(), 'venuebox-soak-'));
    const world = new LedgerWorld(folder, new Dice(seeded(seed + 1e6)));
    try {
      await world.open();
      for (const action of actions) await world.apply(action);
      await world.apply({ do: 'disk', share: 0 });
      await world.apply({ do: 'wait', ms: 10_000 });
      expect(world.unanswered === 0, `${world.unanswered} orders were never answered`);
      await world.apply({ do: 'restart' });
      return world.simulatedMs;
    } finally {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

class LedgerWorld {
  readonly #folder: string;
  readonly #dice: Dice;
  readonly #clock = new VirtualClock();
  readonly #disk: FailingFile;
  #book = new Book();
  #commit: GroupCommit | undefined;
  /** What buyers were told, by order. */
  readonly #told = new Map<string, OrderState>();
  /** Who was told to have a number. */
  readonly #owners = new Map<string, string>();
  /** Of the mark on the disk, the oldest first. */
  #marks: (string | undefined)[] = [undefined];
  unanswered = 0;

  constructor(folder: string, dice: Dice) {
    this.#folder = folder;
    this.#dice = dice;
    this.#disk = new FailingFile(dice);
  }

  get simulatedMs(): number {
    return this.#clock.monotonicMs();
  }

  async open(): Promise<void> {
    const { file, records } = await openLedgerFile(this.#folder, silentLog);
    await file.close();
    this.#book = new Book();
    for (const { record } of records) this.#book.apply(record);
    for (const [id, told] of this.#told) {
      const kept = this.#book.find(id);
      expect(isAsGood(told, kept), `${id} was told ${told.kind}, and is ${kept?.kind}`);
    }
    const path = ledgerPath(this.#folder);
    const bytes = readFileSync(path);
    this.#disk.begin(await open(path, 'r+'), bytes.length);
    const opened = new SimulatedLedger(this.#folder, this.#disk, scanLedger(bytes).end);
    this.#commit = new GroupCommit(opened, {
      ...{ clock: this.#clock, log: silentLog },
      onWritten: () => undefined,
    });
  }

  async close(): Promise<void> {
    await this.#commit?.[Symbol.asyncDispose]();
    this.#commit = undefined;
  }

  async apply(action: LedgerAction): Promise<void> {
    if (action.do === 'orders') for (let i = 0; i < action.count; i += 1) this.#order();
    if (action.do === 'disk') this.#disk.faultShare = action.share;
    if (action.do === 'restart') await this.#restart();
    if (action.do === 'power-cut') await this.#cutPower();
    await this.#pass(action.do === 'wait' ? action.ms : 1);
    const { pending, sold, numbered } = this.#book.pieces('friday', 'print');
    expect(pending + sold <= EDITION && numbered <= EDITION, `${pending} + ${sold} are sold`);
    const mark = this.#readMark();
    if (mark !== this.#marks.at(-1)) this.#marks.push(mark);
  }

  /** The files are real, and answer in real time. */
  async #pass(ms: number): Promise<void> {
    for (let i = 0; i < 4; i += 1) {
      await this.#clock.advance(ms / 4);
      await this.#disk.settled();
    }
  }

  /** As the order service takes one (daemon/orders/order-service.ts). */
  #order(): void {
    const commit = this.#commit as GroupCommit;
    const id = `o${this.#dice.whole(1, ORDERS)}`;
    const what = this.#dice.pick(['confirm', 'confirm', 'reserve', 'cancel'] as const);
    const item = this.#dice.pick(ITEMS);
    const decision = decide(this.#book, { do: what, id, item, source: 'webhook' }, this.#shop());
    if (!('record' in decision)) return;
    const { record } = decision;
    this.#book.apply(record);
    const state = this.#book.find(id) as OrderState;
    this.unanswered += 1;
    void commit.add(record).then(
      () => {
        this.unanswered -= 1;
        this.#tell(id, state);
      },
      () => {
        this.unanswered -= 1;
      },
    );
  }

  #shop(): Shop {
    const articles = [article('print', { edition: EDITION }), article('tee', { stock: 5 })];
    const nowMs = this.#clock.wallMs();
    return { drop: 'friday', articles, isWindowOpen: true, pendingMs: PENDING_MS, nowMs };
  }

  #tell(id: string, state: OrderState): void {
    this.#told.set(id, state);
    if (state.kind !== 'confirmed') return;
    for (const number of state.numbers) {
      const key = `${state.item} ${number}`;
      const owner = this.#owners.get(key) ?? id;
      expect(owner === id, `${key} was sold to ${owner} and to ${id}`);
      this.#owners.set(key, id);
    }
  }

  async #restart(): Promise<void> {
    await this.close();
    this.unanswered = 0;
    await this.open();
  }

  /** The file as far as it was synced for certain, and any part of what was written behind it. */
  async #cutPower(): Promise<void> {
    const path = ledgerPath(this.#folder);
    await this.#disk.settled();
    const now = readFileSync(path);
    const kept = Math.min(this.#disk.syncedBytes, now.length);
    const tail = Buffer.from(now.subarray(kept, this.#dice.whole(kept, now.length)));
    if (this.#dice.isTrue(0.3)) tail.fill(0, this.#dice.whole(0, tail.length));
    const mark = this.#dice.pick(this.#marks.slice(-2));
    // What the old process still does is done to nothing.
    this.#disk.isGone = true;
    const ending = this.close();
    await this.#clock.advance(2_000);
    await ending;
    writeFileSync(path, Buffer.concat([now.subarray(0, kept), tail]));
    const markPath = join(this.#folder, 'acknowledged.json');
    if (mark === undefined) rmSync(markPath, { force: true });
    else writeFileSync(markPath, mark);
    this.#marks = [mark];
    this.unanswered = 0;
    await this.open();
  }

  #readMark(): string | undefined {
    const path = join(this.#folder, 'acknowledged.json');
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }
}

/** A later record of the same order may be on the disk though nobody was told. */
function isAsGood(told: OrderState, kept: OrderState | undefined): boolean {
  if (kept === undefined) return false;
  if (told.kind !== 'confirmed' || kept.kind !== 'confirmed') return true;
  return told.numbers.join() === kept.numbers.join();
}

class SimulatedLedger extends LedgerFile {
  readonly #disk: FailingFile;

  constructor(folder: string, disk: FailingFile, end: LedgerEnd) {
    super(folder, disk, end);
    this.#disk = disk;
  }

  override async mark(): Promise<void> {
    await this.#disk.step(async () => await super.mark());
  }
}
