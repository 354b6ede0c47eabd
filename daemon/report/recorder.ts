/** The figures of each drop, and the list of past drops. */
import { pause } from '../../hal/os/async.ts';
import { errnoOf } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { POLL_MS, type Reports, type ReportsDeps, SAVE_EVERY_MS } from '../drop/reports.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { DropReport } from '../model/drop-report.ts';
import { round } from '../model/rounding.ts';
import { FILES_MAX, RecordFiles } from './files.ts';
import { logTextOf } from './log-text.ts';
import { addTo, type DropRecord, type LogEntry, type PastDrop, summaryOf } from './record.ts';
import { sampleOf } from './sample.ts';
import { SeriesRecorder } from './series.ts';

export interface RecorderDeps extends ReportsDeps {
  readonly folder: string;
  readonly reports: Pick<Reports, 'list' | 'present'>;
}

const ID = /^[\w-]{1,64}$/;

/** The drop that is on. */
interface Open {
  readonly id: string;
  readonly startedMs: number;
  readonly series: SeriesRecorder;
  readonly log: LogEntry[];
  /** Of the monotonic clock, less what was before the box was started. */
  readonly beganMs: number;
}

/** Records the figures of each drop while it is on. */
export class DropRecords {
  readonly #deps: RecorderDeps;
  readonly #files: RecordFiles;
  readonly #past = new Map<string, PastDrop>();
  #open: Open | undefined;
  /** What happened before the first poll of the drop. */
  #early: LogEntry[] = [];
  #savedMs = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;
  /** The newest report, as its file has it. */
  #written: DropReport | undefined;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#files = new RecordFiles(deps.folder);
  }

  /** The newest first. */
  list(): readonly PastDrop[] {
    const all = new Map(this.#deps.reports.list().map((one) => [one.drop, summaryOf(one, false)]));
    for (const [id, past] of this.#past) all.set(id, past);
    if (this.#open !== undefined) all.delete(this.#open.id);
    return [...all.values()].toSorted((a, b) => (a.started < b.started ? 1 : -1));
  }

  /** Undefined where nothing is kept of it. */
  read(id: string): DropRecord | undefined {
    if (!ID.test(id)) return undefined;
    const report = this.#deps.reports.list().find(({ drop }) => drop === id) ?? null;
    try {
      const record =
        this.#open?.id === id ? this.#recordOf(this.#open, null) : this.#files.read(id);
      return { ...record, report: report ?? record.report };
    } catch {
      if (report === null) return undefined;
      const series = new SeriesRecorder().series();
      const started_ms = Date.parse(report.started);
      return { v: 1, drop: id, started_ms, report, series, log: [] };
    }
  }

  /** Something happened. */
  record(event: BoxEvent): void {
    const text = logTextOf(event);
    if (text === undefined) return;
    if (event.type === 'drop.live') this.#early = [];
    const open = this.#open;
    const at_s = open === undefined ? 0 : this.#elapsedS(open);
    const log = open?.log ?? this.#early;
    addTo(log, { at_s, type: event.type, text });
  }

  /** Records until `signal` aborts. A disk that cannot be written costs the records only. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#index(signal);
    do await this.#poll();
    while (await pause(this.#deps.clock, POLL_MS, signal));
    if (this.#open !== undefined) await this.#save(this.#recordOf(this.#open, null));
  }

  async #poll(): Promise<void> {
    const { snapshot, reports, clock } = this.#deps;
    const box = snapshot();
    const { phase, dropId } = box.drop;
    const live = phase === 'live' && dropId !== undefined && ID.test(dropId) ? dropId : undefined;
    const open = this.#open;
    if (open !== undefined && open.id !== live) {
      const report = reports.list().find(({ drop }) => drop === open.id);
      // It is still ending, or its report is being made.
      if (phase === 'ending' || report === undefined) return;
      await this.#close(open, report);
    }
    if (live === undefined) return await this.#rewrite();
    this.#open ??= this.#begin(live);
    const present = reports.present();
    const totals = {
      stalls: present?.stalls ?? undefined,
      switches: present?.switches ?? undefined,
      hearts: present?.hearts ?? undefined,
      prints: present?.prints ?? undefined,
      orders: present?.sales?.orders,
      clips: present?.clips ?? undefined,
    };
    this.#open.series.add(sampleOf(box, totals), this.#elapsedS(this.#open));
    if (clock.monotonicMs() - this.#savedMs >= SAVE_EVERY_MS) {
      await this.#save(this.#recordOf(this.#open, null));
    }
  }

  /** A drop that goes on after the box was off has its figures in the file. */
  #begin(id: string): Open {
    const { clock, reports } = this.#deps;
    const before = this.#readOld(id);
    const startedMs = before?.started_ms ?? clock.wallMs();
    const present = reports.present();
    const startMs = present?.drop === id ? Date.parse(present.started) : startedMs;
    const lastS = before?.series.at_s.at(-1) ?? 0;
    const elapsedMs = Math.max(lastS * 1000, clock.wallMs() - startMs, 0);
    // A clock that was set by days makes no drop longer.
    const isKnown = elapsedMs - lastS * 1000 < 86_400_000;
    const log = [...(before?.log ?? [])];
    for (const entry of this.#early) addTo(log, entry);
    this.#early = [];
    return {
      ...{ id, startedMs: before?.started_ms ?? startMs, log },
      series: new SeriesRecorder(before?.series),
      beganMs: clock.monotonicMs() - (isKnown ? elapsedMs : lastS * 1000),
    };
  }

  #readOld(id: string): DropRecord | undefined {
    try {
      return this.#files.read(id);
    } catch (error) {
      const reason = messageOf(error);
      if (errnoOf(error) !== 'ENOENT')
        this.#deps.log.warn('old report not readable', { id, reason });
      return undefined;
    }
  }

  async #close(open: Open, report: DropReport): Promise<void> {
    this.#open = undefined;
    this.#written = report;
    await this.#save(this.#recordOf(open, report));
    this.#past.set(open.id, summaryOf(report, true));
    await this.#prune();
  }

  /** Its last orders are paid after its end. */
  async #rewrite(): Promise<void> {
    const newest = this.#deps.reports.list().at(-1);
    if (newest === undefined || newest === this.#written) return;
    this.#written = newest;
    const record = ID.test(newest.drop) ? this.#readOld(newest.drop) : undefined;
    if (record === undefined || JSON.stringify(record.report) === JSON.stringify(newest)) return;
    await this.#save({ ...record, report: newest });
    this.#past.set(newest.drop, summaryOf(newest, true));
  }

  #recordOf({ id, startedMs, series, log }: Open, report: DropReport | null): DropRecord {
    return { v: 1, drop: id, started_ms: startedMs, report, series: series.series(), log };
  }

  #elapsedS({ beganMs }: Open): number {
    return Math.max(0, round((this.#deps.clock.monotonicMs() - beganMs) / 1000, 1));
  }

  async #save(record: DropRecord): Promise<void> {
    const { clock, log } = this.#deps;
    this.#savedMs = clock.monotonicMs();
    try {
      await this.#files.save(record);
      this.#failure = undefined;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== this.#failure) log.warn('figures of the drop not saved', { reason });
      this.#failure = reason;
    }
  }

  /** What is on the disk, one file after the other. */
  async #index(signal: AbortSignal): Promise<void> {
    const { log, reports } = this.#deps;
    try {
      for (const id of await this.#files.ids()) {
        if (signal.aborted) return;
        // The box goes on between two of them.
        await new Promise((resolve) => setImmediate(resolve));
        const record = this.#readOld(id);
        const report = reports.list().find(({ drop }) => drop === id) ?? record?.report;
        if (report) this.#past.set(id, summaryOf(report, record !== undefined));
      }
      await this.#prune();
    } catch (error) {
      log.warn('past drops not readable', { reason: messageOf(error) });
    }
  }

  /** The oldest go first. */
  async #prune(): Promise<void> {
    const over = [...this.#past.keys()].toSorted().slice(0, -FILES_MAX);
    for (const id of over) {
      this.#past.delete(id);
      await this.#files.remove(id).catch(() => undefined);
    }
  }
}
