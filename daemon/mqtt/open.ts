/** Opens MQTT for a box: what of the config and the machine is published once. */
import type { Task } from '../../hal/os/task.ts';
import { readModel } from '../../hal/system/model.ts';
import type { Config } from '../config/config.ts';
import type { DropReport } from '../model/drop-report.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { StatusDeps } from './deps.ts';
import type { BoxFacts } from './payloads/report.ts';
import { runStatus } from './run.ts';

interface Box
  extends Pick<StatusDeps, 'clock' | 'log' | 'events' | 'commander'>,
    Required<Pick<StatusDeps, 'onChange'>> {
  readonly snapshot: () => BoxSnapshot;
  /** Of the last drops. */
  readonly reports: { list(): readonly DropReport[] };
  readonly stateFolder: string;
}

/** Reports and commands over MQTT, as a task: see {@link runStatus}. */
export function openMqtt(config: Config, box: Box): Task {
  const deps: StatusDeps = {
    ...box,
    snapshots: box.snapshot,
    facts: factsOf(config),
    documents: () => ({ reports: box.reports.list() }),
    stateDir: box.stateFolder,
  };
  return (signal) => runStatus(config.mqtt, deps, signal);
}

function factsOf({ renditions, drop, uplink, recording, edge }: Config): BoxFacts {
  const isEdge = edge.upstream !== '';
  const model = readModel();
  return {
    ...(model === undefined ? {} : { model }),
    nodeVersion: process.version,
    // An edge encodes and records nothing.
    renditions: isEdge ? [] : renditions.map(({ name }) => name),
    capabilities: [
      'll-hls',
      ...(uplink === undefined ? [] : ['srt']),
      ...(recording.targets.length === 0 || isEdge ? [] : ['recording']),
      ...(isEdge ? ['edge'] : []),
    ],
    drop: { title: drop.title, startsAt: drop.starts_at },
  };
}
