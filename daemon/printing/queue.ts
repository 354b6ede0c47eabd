/** Prints the slips of the store, one after another, each at most once. */
import { EventEmitter, once } from 'node:events';
import { anySignal, pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { PrintDocument, Printer, PrintOutcome } from '../../hal/printer/port.ts';
import { obstacleOf } from '../../hal/printer/status.ts';
import type { HeldTickets, PrintFigures } from '../model/prints.ts';
import { HourBudget, type HourBudgetDeps } from './budget.ts';
import * as step from './job.ts';
import { MAX_OPEN, type PrintStore } from './store.ts';

/** So often a printer is asked whether it is well again. */
const RETRY_MS = 3_000;
const PREPARE_EVERY_MS = 10_000;

export interface QueueDeps extends HourBudgetDeps {
  readonly store: PrintStore;
  readonly printer: Printer;
  /** Rejects where it cannot be printed at all. */
  readonly render: (job: step.PrintJob) => Promise<PrintDocument>;
  /** Why nothing is printed now, for example to save power. */
  readonly pausedBy: () => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export class QueueFull extends Error {}

export class PrintQueue {
  readonly #deps: QueueDeps;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #hour: HourBudget;
  /** Ids of slips that are being printed, or removed: who comes second leaves them alone. */
  readonly #claimed = new Set<string>();
  /** What all slips that wait, wait for. Not worth a write: it is found out again after a restart. */
  #obstacle: string | undefined;
  #printedTotal = 0;
  #failedTotal = 0;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
    this.#hour = new HourBudget(deps.store.jobs(), deps);
  }

  /**
   * Resolves when the slip is on the disk. One of the same id is not taken twice.
   *
   * @throws QueueFull
   */
  async add(id: string, title: string, content: step.Content, copy = 1): Promise<step.PrintJob> {
    const { store, clock } = this.#deps;
    const jobs = store.jobs();
    const known = jobs.find((job) => job.id === id);
    if (known !== undefined) return known;
    if (jobs.filter(step.isOpen).length >= MAX_OPEN) {
      throw new QueueFull(`${MAX_OPEN} slips wait, or are to be looked at, already`);
    }
    const number = (jobs.at(-1)?.number ?? 0) + 1;
    const cut = title.slice(0, 200);
    const phase = 'waiting' as const;
    return await this.#save({ id, number, title: cut, content, phase, atMs: clock.wallMs(), copy });
  }

  /** A person has looked at an uncertain slip: it is there. Undefined where it is none. */
  async resolve(id: string): Promise<step.PrintJob | undefined> {
    const job = this.find(id);
    if (job?.phase !== 'uncertain') return undefined;
    return await this.#save(step.resolved(job, this.#deps.clock.wallMs()));
  }

  /**
   * A person wants one that waits no more: nothing of it was sent, and it is not printed by itself
   * later. Undefined where it does not wait.
   */
  async remove(id: string): Promise<step.PrintJob | undefined> {
    const job = this.#waiting().find((one) => one.id === id);
    if (job === undefined) return undefined;
    this.#claimed.add(id);
    try {
      return await this.#save(step.removed(job, this.#deps.clock.wallMs()));
    } finally {
      this.#claimed.delete(id);
      this.#changes.emit('changed');
    }
  }

  find(id: string): step.PrintJob | undefined {
    return this.jobs().find((job) => job.id === id);
  }

  jobs(): readonly step.PrintJob[] {
    return this.#deps.store.jobs().map((job) => step.held(job, this.#obstacle));
  }

  /** Undefined where it is the printer's turn. */
  heldByBox(): HeldTickets | undefined {
    const power = this.#deps.pausedBy();
    if (power !== undefined) return { kind: 'power', reason: power };
    const hour = this.#hour.spentReason();
    return hour === undefined ? undefined : { kind: 'hour', reason: hour };
  }

  figures(): PrintFigures {
    const jobs = this.#deps.store.jobs();
    return {
      waiting: jobs.filter((job) => !step.isDone(job)).length,
      printedTotal: this.#printedTotal,
      failedTotal: this.#failedTotal,
      uncertain: jobs.filter(({ phase }) => phase === 'uncertain').length,
    };
  }

  /** Waits until a slip is done, or until it is known why it waits. */
  async followed(id: string, signal: AbortSignal): Promise<step.PrintJob> {
    for (;;) {
      signal.throwIfAborted();
      const job = this.find(id);
      if (job === undefined) throw new Error(`slip ${id} is gone`);
      if (step.isDone(job) || job.reason !== undefined) return job;
      await once(this.#changes, 'changed', { signal });
    }
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, log } = this.#deps;
    for (const job of store.jobs().filter(({ phase }) => phase === 'sending')) {
      log.warn('slip was interrupted', { slip: job.id });
      await this.#trySave(step.interrupted(job, clock.wallMs()), signal);
    }
    while (!signal.aborted) {
      const [job] = this.#waiting();
      if (job === undefined) {
        await this.#idle(signal);
        continue;
      }
      const obstacle = await this.#findObstacle(signal).catch(() => 'the box ends');
      if (signal.aborted) return;
      this.#hold(obstacle);
      const isTried = obstacle === undefined && !(await this.#printUnlessRemoved(job, signal));
      if (!isTried) await pause(clock, RETRY_MS, signal);
    }
  }

  /** Until something changes. What the first slip would have to wait for is found out meanwhile. */
  async #idle(signal: AbortSignal): Promise<void> {
    const { pausedBy, printer, clock } = this.#deps;
    const changed = new AbortController();
    using ends = anySignal(signal, changed.signal);
    const change = once(this.#changes, 'changed', { signal: ends.signal });
    const isOver = change.catch(() => undefined).then(() => changed.abort());
    while (!ends.signal.aborted) {
      if (pausedBy() === undefined) await printer.prepare?.(ends.signal).catch(() => undefined);
      await pause(clock, PREPARE_EVERY_MS, ends.signal);
    }
    await isOver;
  }

  async #findObstacle(signal: AbortSignal): Promise<string | undefined> {
    return this.heldByBox()?.reason ?? obstacleOf(await this.#deps.printer.status(signal));
  }

  #waiting(): readonly step.PrintJob[] {
    const jobs = this.#deps.store.jobs();
    return jobs.filter(({ id, phase }) => phase === 'waiting' && !this.#claimed.has(id));
  }

  #hold(obstacle: string | undefined): void {
    if (obstacle === this.#obstacle) return;
    this.#obstacle = obstacle;
    this.#changes.emit('changed');
  }

  /** It may have been removed while the printer was asked. False: it waits, and is tried again. */
  async #printUnlessRemoved({ id }: step.PrintJob, signal: AbortSignal): Promise<boolean> {
    const job = this.#waiting().find((one) => one.id === id);
    if (job === undefined) return true;
    this.#claimed.add(id);
    try {
      await this.#print(job, signal);
    } finally {
      this.#claimed.delete(id);
    }
    return !this.#waiting().some((one) => one.id === id);
  }

  async #print(job: step.PrintJob, signal: AbortSignal): Promise<void> {
    const { store, render, printer, clock, log } = this.#deps;
    let document: PrintDocument;
    try {
      document = await render(job);
    } catch (error) {
      this.#failedTotal += 1;
      log.error('slip cannot be printed', { slip: job.id, reason: messageOf(error) });
      await this.#trySave(step.broken(job, messageOf(error), clock.wallMs()), signal);
      return;
    }
    const options = { isAfterTorn: step.isPerhapsTorn(store.jobs()) };
    const sending = step.begun(job, clock.wallMs());
    // Unless the disk knows of it first, a crash would print it a second time.
    if (!(await this.#trySave(sending, signal))) return;
    const outcome = await printer.print(document, signal, options).catch((error: unknown) => {
      // The box ends: the file says `sending`, and the next start makes it uncertain.
      if (signal.aborted) return undefined;
      return { outcome: 'failed', reason: messageOf(error), sentBytes: 0 } satisfies PrintOutcome;
    });
    if (outcome === undefined) return;
    const after = step.settled(sending, outcome, clock.wallMs());
    if (outcome.outcome !== 'failed' || outcome.sentBytes > 0) this.#hour.spend();
    this.#count(after);
    await this.#trySave(after, signal);
  }

  #count({ phase, id, reason }: step.PrintJob): void {
    if (phase === 'printed' || phase === 'sent') this.#printedTotal += 1;
    else this.#failedTotal += 1;
    if (phase === 'uncertain') this.#deps.log.warn('slip perhaps printed', { slip: id, reason });
  }

  async #save(job: step.PrintJob): Promise<step.PrintJob> {
    await this.#deps.store.save(job);
    this.#changes.emit('changed');
    return job;
  }

  /** Tries until the disk takes it; false where the box ends before. */
  async #trySave(job: step.PrintJob, signal: AbortSignal): Promise<boolean> {
    for (let isFirst = true; ; isFirst = false) {
      try {
        await this.#save(job);
        return true;
      } catch (error) {
        const { clock, log } = this.#deps;
        if (isFirst) log.error('slip not saved', { slip: job.id, reason: messageOf(error) });
        if (!(await pause(clock, RETRY_MS, signal))) return false;
      }
    }
  }
}
