/** Opens MQTT for a box. */
import { runAll, type Task } from '../../hal/os/task.ts';
import { readModel } from '../../hal/system/model.ts';
import type { Config } from '../config/config.ts';
import { type FleetOwner, openFleet } from '../fleet/open.ts';
import type { DropReport } from '../model/drop-report.ts';
import type { FleetState } from '../model/fleet.ts';
import type { BoxSnapshot, BrokerState } from '../model/snapshot.ts';
import type { MqttDeps } from './deps.ts';
import type { EventLog } from './events.ts';
import { recordLinkEvents } from './link-events.ts';
import { openPages } from './pages.ts';
import { MerchPayload } from './payloads/merch-payload.ts';
import type { BoxFacts } from './payloads/snapshot-payloads.ts';
import { runMqtt } from './run.ts';

interface Box extends FleetOwner, Pick<MqttDeps, 'clock' | 'log' | 'commander'> {
  readonly state: {
    set(change: { broker: BrokerState } | { fleet: FleetState | undefined }): void;
  };
  readonly snapshot: () => BoxSnapshot;
  readonly events: EventLog;
  /** Of the last drops. */
  readonly reports: { list(): readonly DropReport[] };
  readonly stateFolder: string;
}

export function openMqtt(config: Config, box: Box): Task {
  const merch = new MerchPayload();
  const pagesOf = openPages(config, box.clock);
  const { state } = box;
  const pages = () => pagesOf(box.snapshot());
  const onFleet = (known: FleetState | undefined) => state.set({ fleet: known });
  const fleet = openFleet(config, { ...box, pages, onFleet });
  const deps: MqttDeps = {
    ...box,
    onChange: (broker) => state.set({ broker }),
    snapshots: box.snapshot,
    facts: factsOf(config),
    pages,
    documents: () => {
      const body = merch.report(box.snapshot().shop, box.clock.wallMs());
      return { reports: box.reports.list(), ...(body && { merch: body }) };
    },
    ...(fleet && { fleet }),
    stateDir: box.stateFolder,
  };
  const tasks: readonly Task[] = [
    (signal) => runMqtt(config.mqtt, deps, signal),
    (signal) => recordLinkEvents(deps, signal),
    ...(fleet === undefined ? [] : [fleet.run]),
  ];
  return async (signal) => {
    await box.events.use(config.mqtt);
    // There may have been one.
    if (config.mqtt.url === '') state.set({ broker: { phase: 'none' } });
    await runAll(tasks, signal);
  };
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
    drop: {
      ...{ id: drop.id, title: drop.title },
      ...{ startsAt: drop.starts_at, endsAt: drop.ends_at },
    },
  };
}
