/** The reports of the last drops, counted while a drop is on and saved. */
import * as v from 'valibot';
import { pause } from '../../hal/os/async.ts';
import { eachEntry, eachItem } from '../../hal/os/files/known-keys.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { openSaved, type Saved } from '../../hal/os/state/saved.ts';
import type { BoxEvent } from '../model/commands.ts';
import { type DropReport, dropReportSchema, REPORTS_MAX } from '../model/drop-report.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import {
  countsSchema,
  type DropCounts,
  noteClip,
  noteEnd,
  resumeCounts,
  soldBefore,
  startCounts,
  stepCounts,
  withLateSales,
} from './counts.ts';
import { reportOf } from './report.ts';

export const POLL_MS = 1_000;
/** A power cut costs the figures of so long. */
export const SAVE_EVERY_MS = 60_000;

export interface ReportsDeps extends ClockAndLog {
  readonly snapshot: () => BoxSnapshot;
}

const stored = eachEntry({
  open: countsSchema,
  last: countsSchema,
  reports: v.pipe(
    eachItem(dropReportSchema),
    v.transform((all) => all.slice(-REPORTS_MAX)),
  ),
});

/** The reports of the last drops, and the one that is being counted. */
export class Reports {
  readonly #deps: ReportsDeps;
  readonly #saved: Saved<v.InferOutput<typeof stored>>;
  #reports: DropReport[];
  #counts: DropCounts | undefined;
  /** Of the newest report: that drop may be resumed, where the power ended it. */
  #last: DropCounts | undefined;
  /** Of the wall clock, from the monotonic one. */
  #offsetMs: number | undefined;
  #savedMs = Number.NEGATIVE_INFINITY;

  constructor(file: string, deps: ReportsDeps) {
    this.#deps = deps;
    this.#saved = openSaved(file, stored, { what: 'drop reports', log: deps.log });
    const { reports = [], open, last } = this.#saved.value ?? {};
    this.#reports = reports;
    this.#counts = open && resumeCounts(open);
    this.#last = last;
  }

  /** The oldest first. */
  list(): readonly DropReport[] {
    return this.#reports;
  }

  /** Of the drop that is on, so far. */
  present(): DropReport | undefined {
    return this.#counts && reportOf(this.#counts);
  }

  /** Something happened that a report counts. */
  record({ type, data }: BoxEvent): void {
    const counts = this.#counts;
    if (counts === undefined) return;
    if (type === 'clip.made') this.#counts = noteClip(counts);
    if (type === 'drop.ended' && counts.dropId === data['dropId'])
      this.#counts = noteEnd(counts, this.#deps.snapshot());
  }

  /** Counts until `signal` aborts. A disk that cannot be written costs the reports only. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      do await this.#poll();
      while (await pause(this.#deps.clock, POLL_MS, signal));
    } finally {
      await this.#save();
    }
  }

  async #poll(): Promise<void> {
    const { snapshot, clock } = this.#deps;
    const box = snapshot();
    const { phase, dropId, sinceMs } = box.drop;
    const live = phase === 'live' ? dropId : undefined;
    const counts = this.#counts;
    // Clips of its last moments are still made while it ends.
    if (counts !== undefined && counts.dropId !== live && phase !== 'ending') this.#close(counts);
    if (live !== undefined) {
      this.#counts = stepCounts(this.#counts ?? this.#open(live, sinceMs, box), box, this.#nowMs());
    }
    if (this.#counts === undefined) this.#noteLateSales(box);
    if (clock.monotonicMs() - this.#savedMs >= SAVE_EVERY_MS) await this.#save();
  }

  async #save(): Promise<void> {
    this.#savedMs = this.#deps.clock.monotonicMs();
    const [open, last, reports] = [this.#counts, this.#last, this.#reports];
    if (open ?? last ?? reports[0])
      await this.#saved.save({ ...(open && { open }), ...(last && { last }), reports });
  }

  /** Unix time as it was when counting began, and the time since: setting the clock makes no drop longer. */
  #nowMs(): number {
    const { clock } = this.#deps;
    this.#offsetMs ??= clock.wallMs() - clock.monotonicMs();
    return this.#offsetMs + clock.monotonicMs();
  }

  #open(dropId: string, sinceMs: number, box: BoxSnapshot): DropCounts {
    if (this.#last?.dropId !== dropId) {
      const salesBefore = soldBefore(box, this.#reports, this.#last);
      return { ...startCounts(dropId, sinceMs), salesBefore };
    }
    this.#reports = this.#reports.filter(({ drop }) => drop !== dropId);
    return resumeCounts(this.#last);
  }

  /** What was begun at a checkout is paid some minutes after the end. */
  #noteLateSales(box: BoxSnapshot): void {
    const newest = this.#reports.at(-1);
    const before = this.#last?.dropId === newest?.drop ? this.#last?.salesBefore : undefined;
    const now = newest && withLateSales(newest, box, this.#deps.clock.wallMs(), before);
    if (now === undefined || now === newest) return;
    this.#reports = this.#reports.with(-1, now);
    if (this.#last?.dropId === now.drop) this.#last = { ...this.#last, sales: now.sales };
    this.#savedMs = Number.NEGATIVE_INFINITY;
  }

  #close(ended: DropCounts): void {
    this.#reports = [...this.#reports, reportOf(ended)].slice(-REPORTS_MAX);
    this.#last = ended;
    this.#counts = undefined;
    this.#offsetMs = undefined;
    this.#savedMs = Number.NEGATIVE_INFINITY;
  }
}
