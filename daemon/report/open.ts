/** What is kept of drops: a short report of each for MQTT, and its figures over time for the page. */
import { runAll } from '../../hal/os/task.ts';
import { Reports, type ReportsDeps } from '../drop/reports.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { DropReport } from '../model/drop-report.ts';
import { DropRecords } from './recorder.ts';

export interface DropReports {
  /** Of the last drops, the oldest first. */
  list(): readonly DropReport[];
  readonly records: DropRecords;
  record(event: BoxEvent): void;
  /** Until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function openDropReports(stateFolder: string, deps: ReportsDeps): DropReports {
  const reports = new Reports(`${stateFolder}/reports.json`, deps);
  const records = new DropRecords({ ...deps, folder: `${stateFolder}/reports`, reports });
  const parts = [reports, records];
  return {
    list: () => reports.list(),
    records,
    record: (event) => {
      for (const part of parts) part.record(event);
    },
    run: (signal) =>
      runAll(
        parts.map((part) => (ends) => part.run(ends)),
        signal,
      ),
  };
}
