/** The reports of the last drops, counted while a drop is on and saved. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { type Clock, isAbort } from '../../hal/os/clock.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import type { BoxEvent } from '../model/commands.ts';
import { type DropReport, dropReportSchema } from '../model/drop-report.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import {
  countsSchema,
  type DropCounts,
  noteClip,
  noteEnd,
  resumeCounts,
  startCounts,
  stepCounts,
  withLateSales,
} from './counts.ts';
import { reportOf } from './report.ts';

/** As many as MQTT retains. */
const REPORTS_MAX = 8;
const POLL_MS = 1_000;
/** A power cut costs the figures of so long. */
const SAVE_EVERY_MS = 60_000;

export interface ReportsDeps {
  readonly snapshot: () => BoxSnapshot;
  readonly clock: Clock;
  readonly log: Log;
}

/** The reports of the last drops, and the one that is being counted. */
export interface Reports {
  /** The oldest first. */
  list(): readonly DropReport[];
  /** Of the drop that is on, so far. */
  present(): DropReport | undefined;
  /** Something happened that a report counts. */
  record(event: BoxEvent): void;
  /** Counts until `signal` aborts. A disk that cannot be written costs the reports only. */
  run(signal: AbortSignal): Promise<void>;
}

const stored = v.object({
  open: v.optional(countsSchema),
  last: v.optional(countsSchema),
  reports: v.pipe(
    v.array(dropReportSchema),
    v.transform((all) => all.slice(-REPORTS_MAX)),
  ),
});

type Stored = v.InferOutput<typeof stored>;

/** Reads what `file` holds; one that is not there or not readable holds nothing. */
export async function openReports(file: string, deps: ReportsDeps): Promise<Reports> {
  const counter = new Counter(file, parse(await readFile(file, 'utf8').catch(() => '')), deps);
  return {
    list: () => counter.reports,
    present: () => counter.present(),
    record: ({ type, data }) => {
      if (type === 'clip.made') counter.noteClip();
      if (type === 'drop.ended') counter.noteEnd(data['dropId']);
    },
    run: async (signal) => {
      try {
        for (;;) {
          await counter.poll();
          await deps.clock.sleep(POLL_MS, signal);
        }
      } catch (error) {
        if (!isAbort(error, signal)) throw error;
      } finally {
        await counter.save();
      }
    },
  };
}

class Counter {
  reports: readonly DropReport[];
  readonly #file: string;
  readonly #deps: ReportsDeps;
  #counts: DropCounts | undefined;
  /** Of the newest report: that drop may be resumed, where the power ended it. */
  #last: DropCounts | undefined;
  /** Of the wall clock, from the monotonic one. */
  #offsetMs: number | undefined;
  #isSaved = true;
  #savedMs = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;

  constructor(file: string, saved: Stored | undefined, deps: ReportsDeps) {
    this.#file = file;
    this.#deps = deps;
    this.reports = saved?.reports ?? [];
    this.#counts = saved?.open && resumeCounts(saved.open);
    this.#last = saved?.last;
  }

  present(): DropReport | undefined {
    return this.#counts && reportOf(this.#counts);
  }

  noteClip(): void {
    if (this.#counts !== undefined) this.#count(noteClip(this.#counts));
  }

  noteEnd(dropId: unknown): void {
    const counts = this.#counts;
    if (counts === undefined || counts.dropId !== dropId) return;
    this.#count(noteEnd(counts, this.#deps.snapshot()));
  }

  async poll(): Promise<void> {
    const { snapshot, clock } = this.#deps;
    const box = snapshot();
    const { phase, dropId, sinceMs } = box.drop;
    const live = phase === 'live' ? dropId : undefined;
    const counts = this.#counts;
    // Clips of its last moments are still made while it ends.
    if (counts !== undefined && counts.dropId !== live && phase !== 'ending') this.#close(counts);
    if (live !== undefined) {
      this.#count(stepCounts(this.#counts ?? this.#open(live, sinceMs), box, this.#nowMs()));
    }
    if (this.#counts === undefined) this.#noteLateSales(box);
    if (clock.monotonicMs() - this.#savedMs >= SAVE_EVERY_MS) await this.save();
  }

  /** Writes what is not on the disk yet. Never rejects. */
  async save(): Promise<void> {
    if (this.#isSaved) return;
    const { clock, log } = this.#deps;
    this.#savedMs = clock.monotonicMs();
    this.#isSaved = true;
    try {
      const [open, last, reports] = [this.#counts, this.#last, this.reports];
      await saveFile(this.#file, JSON.stringify({ open, last, reports }));
      this.#failure = undefined;
    } catch (error) {
      this.#isSaved = false;
      const reason = messageOf(error);
      if (reason !== this.#failure) log.warn('drop report not saved', { reason });
      this.#failure = reason;
    }
  }

  /** Unix time as it was when counting began, and the time since: setting the clock makes no drop longer. */
  #nowMs(): number {
    const { clock } = this.#deps;
    this.#offsetMs ??= clock.wallMs() - clock.monotonicMs();
    return this.#offsetMs + clock.monotonicMs();
  }

  #count(counts: DropCounts): void {
    this.#counts = counts;
    this.#isSaved = false;
  }

  #open(dropId: string, sinceMs: number): DropCounts {
    if (this.#last?.dropId !== dropId) return startCounts(dropId, sinceMs);
    this.reports = this.reports.filter(({ drop }) => drop !== dropId);
    return resumeCounts(this.#last);
  }

  /** What was begun at a checkout is paid some minutes after the end. */
  #noteLateSales(box: BoxSnapshot): void {
    const newest = this.reports.at(-1);
    const now = newest && withLateSales(newest, box, this.#deps.clock.wallMs());
    if (now === undefined || now === newest) return;
    this.reports = this.reports.with(-1, now);
    if (this.#last?.dropId === now.drop) this.#last = { ...this.#last, sales: now.sales };
    this.#isSaved = false;
    this.#savedMs = Number.NEGATIVE_INFINITY;
  }

  #close(ended: DropCounts): void {
    this.reports = [...this.reports, reportOf(ended)].slice(-REPORTS_MAX);
    this.#last = ended;
    this.#counts = undefined;
    this.#offsetMs = undefined;
    this.#savedMs = Number.NEGATIVE_INFINITY;
    this.#isSaved = false;
  }
}

function parse(text: string): Stored | undefined {
  return parseAs(stored, text);
}
