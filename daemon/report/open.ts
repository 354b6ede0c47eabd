/** What is kept of drops: a short report of each for MQTT, and its figures over time for the page. */
import { runAll } from '../../hal/os/task.ts';
import { openReports, type ReportsDeps } from '../drop/reports.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { DropReport } from '../model/drop-report.ts';
import { type DropRecords, openRecords } from './recorder.ts';

export interface DropReports {
  /** Of the last drops, the oldest first. */
  list(): readonly DropReport[];
  readonly records: DropRecords;
  record(event: BoxEvent): void;
  /** Until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export async function openDropReports(
  stateFolder: string,
  deps: ReportsDeps,
): Promise<DropReports> {
  const reports = await openReports(`${stateFolder}/reports.json`, deps);
  const records = openRecords({ ...deps, folder: `${stateFolder}/reports`, reports });
  return {
    list: reports.list,
    records,
    record: (event) => {
      reports.record(event);
      records.record(event);
    },
    run: (signal) => runAll([reports.run, records.run], signal),
  };
}
