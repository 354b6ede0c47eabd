import type { Clock } from '../hal/os/clock.ts';
import type { Log } from '../hal/os/log.ts';
import type { Notify } from '../hal/os/notify.ts';
import { supervise } from '../hal/os/supervise.ts';
import type { Task } from '../hal/os/task.ts';
import { readModel } from '../hal/system/model.ts';
import { runControl } from './cli/control/server.ts';
import type { Config } from './config/config.ts';
import type { Devices } from './devices/devices.ts';
import { runMetrics } from './metrics/server.ts';
import type { Commander } from './model/commands.ts';
import type { DropReport } from './model/drop-report.ts';
import type { BoxSnapshot, BrokerState } from './model/snapshot.ts';
import { runBroker } from './mqtt/client/own-broker.ts';
import type { EventLog } from './mqtt/events.ts';
import { runStatus } from './mqtt/run.ts';
import { type PanelPart, runPanel } from './panel/run.ts';
import { runHeartbeat } from './watchdog/run.ts';
import type { LogTail } from './web/log-tail.ts';
import { runOperator } from './web/server.ts';

/** What the machine that the box runs on gives to its doors. */
export interface DoorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The newest lines of `log`, for the operator's page. */
  readonly logTail: LogTail;
  /** Where the box keeps what must outlast it. */
  readonly stateFolder: string;
  /** Where the command line of this machine finds it. */
  readonly controlSocket: string;
  readonly notify: Notify;
  readonly watchdogUsec: number | undefined;
  /** A PIN for the operator's page was made: to be shown once, never logged. */
  readonly onNewPin: (pin: string, file: string) => void;
}

/** The box behind the doors. */
export interface Doors extends DoorDeps {
  readonly config: Config;
  /** With the address of the box's own broker, where that is the one. */
  readonly mqtt: Config['mqtt'];
  readonly devices: Devices;
  readonly events: EventLog;
  /** Of the last drops. */
  readonly reports: () => readonly DropReport[];
  /** Shows the stage to the crew before it is live; a secret. */
  readonly previewPath: string;
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  readonly onBroker: (broker: BrokerState) => void;
  readonly onPanelAway: (part: PanelPart, reason: string | undefined) => void;
}

/** What may be away without harm. */
const SIDE_POLICY = { firstPauseMs: 1_000, longestPauseMs: 30_000, healthyMs: 10_000 };

/**
 * All ways by which the box is asked and shown: buttons and lamps, the operator's page,
 * the command line, MQTT, Prometheus, systemd.
 */
export function openDoors(box: Doors): readonly Task[] {
  const { config, clock, log, snapshot, commander, devices } = box;
  const aside = (name: string, task: Task): Task => {
    return (signal) => supervise(name, task, { policy: SIDE_POLICY, clock, log }, signal);
  };
  const tasks: Task[] = [
    (signal) => {
      const onAway = box.onPanelAway;
      return runPanel({ ...devices.panel, snapshot, commander, onAway, clock, log }, signal);
    },
    (signal) => runOperator(config.operator, operatorDeps(box), signal),
    (signal) => runControl(box.controlSocket, { snapshot, commander, clock, log }, signal),
    (signal) => runHeartbeat(box, signal),
    (signal) => runStatus(box.mqtt, statusDeps(box), signal),
  ];
  const { broker_port: brokerPort } = config.mqtt;
  if (brokerPort > 0) {
    tasks.push(aside('broker', (signal) => runBroker('127.0.0.1', brokerPort, log, signal)));
  }
  if (config.metrics.port > 0) {
    tasks.push(aside('metrics', (signal) => runMetrics(config.metrics, { snapshot, log }, signal)));
  }
  return tasks;
}

function operatorDeps(box: Doors): Parameters<typeof runOperator>[1] {
  const { viewers } = box.config;
  return {
    ...box,
    boxName: box.config.box.name,
    slips: box.devices.slips.list,
    ...(box.devices.hand === undefined ? {} : { panel: box.devices.hand }),
    viewers: {
      port: viewers.port,
      ...(viewers.tls && { tlsPort: viewers.tls.port }),
      previewPath: box.config.edge.upstream === '' ? box.previewPath : '',
    },
  };
}

function statusDeps(box: Doors): Parameters<typeof runStatus>[1] {
  const { renditions, drop, uplink, recording, edge } = box.config;
  const isEdge = edge.upstream !== '';
  const model = readModel();
  return {
    ...box,
    snapshots: box.snapshot,
    facts: {
      ...(model === undefined ? {} : { model }),
      nodeVersion: process.version,
      // An edge makes none of its own, and records nothing.
      renditions: isEdge ? [] : renditions.map(({ name }) => name),
      capabilities: [
        'll-hls',
        ...(uplink === undefined ? [] : ['srt']),
        ...(recording.targets.length === 0 || isEdge ? [] : ['recording']),
        ...(isEdge ? ['edge'] : []),
      ],
      drop: { title: drop.title, startsAt: drop.starts_at },
    },
    documents: () => ({ reports: box.reports() }),
    stateDir: box.stateFolder,
    onChange: box.onBroker,
  };
}
