import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import type { BoxEvent } from '../model/commands.ts';
import { type DropReport, dropReportSchema } from '../model/drop-report.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { reportOf } from './report.ts';
import { noteClip, resumeTally, startTally, stepTally, type Tally, tallySchema } from './tally.ts';

/** As many as MQTT keeps. */
const REPORTS_MAX = 8;
const LOOK_EVERY_MS = 1_000;
/** A power cut costs the figures of so long. */
const KEEP_EVERY_MS = 60_000;

export interface ReportsDeps {
  readonly snapshot: () => BoxSnapshot;
  readonly clock: Clock;
  readonly log: Log;
}

/** The reports of the last drops, and the one that is being counted. */
export interface Reports {
  /** The oldest first. */
  list(): readonly DropReport[];
  /** Something happened that a report counts. */
  record(event: BoxEvent): void;
  /** Counts until `signal` aborts. A disk that takes nothing costs the reports and ends nothing. */
  run(signal: AbortSignal): Promise<void>;
}

const stored = v.object({
  open: v.optional(tallySchema),
  last: v.optional(tallySchema),
  reports: v.pipe(
    v.array(dropReportSchema),
    v.transform((all) => all.slice(-REPORTS_MAX)),
  ),
});

/** Reads what `file` keeps; one that is not there or makes no sense is none. */
export async function openReports(
  file: string,
  { snapshot, clock, log }: ReportsDeps,
): Promise<Reports> {
  const kept = parse(await readFile(file, 'utf8').catch(() => ''));
  let reports: readonly DropReport[] = kept?.reports ?? [];
  let tally = kept?.open && resumeTally(kept.open);
  /** Of the newest report: that drop may go on, where the power ended it. */
  let last: Tally | undefined = kept?.last;
  let isKept = true;
  let keptMs = Number.NEGATIVE_INFINITY;
  let failure: string | undefined;

  const keep = async (): Promise<void> => {
    keptMs = clock.monotonicMs();
    isKept = true;
    try {
      await saveFile(file, JSON.stringify({ open: tally, last, reports }));
      failure = undefined;
    } catch (error) {
      isKept = false;
      const reason = messageOf(error);
      if (reason !== failure) log.warn('the report of the drop is not kept', { reason });
      failure = reason;
    }
  };
  const open = (dropId: string, sinceMs: number): Tally => {
    if (last?.dropId !== dropId) return startTally(dropId, sinceMs);
    reports = reports.filter(({ drop }) => drop !== dropId);
    return resumeTally(last);
  };
  const close = (ended: Tally): void => {
    reports = [...reports, reportOf(ended)].slice(-REPORTS_MAX);
    last = ended;
    tally = undefined;
    keptMs = Number.NEGATIVE_INFINITY;
    isKept = false;
  };
  const look = async (): Promise<void> => {
    const box = snapshot();
    const { phase, dropId, sinceMs } = box.drop;
    const live = phase === 'live' ? dropId : undefined;
    // Clips of its last moments are still made while it ends.
    if (tally !== undefined && tally.dropId !== live && phase !== 'ending') close(tally);
    if (live !== undefined) {
      tally = stepTally(tally ?? open(live, sinceMs), box, clock.wallMs());
      isKept = false;
    }
    if (!isKept && clock.monotonicMs() - keptMs >= KEEP_EVERY_MS) await keep();
  };
  return {
    list: () => reports,
    record: ({ type }) => {
      if (type !== 'clip.made' || tally === undefined) return;
      tally = noteClip(tally);
      isKept = false;
    },
    run: async (signal) => {
      try {
        do await look();
        while (await pause(clock, LOOK_EVERY_MS, signal));
      } finally {
        if (!isKept) await keep();
      }
    },
  };
}

function parse(text: string): v.InferOutput<typeof stored> | undefined {
  try {
    return v.parse(stored, JSON.parse(text));
  } catch {
    return undefined;
  }
}
