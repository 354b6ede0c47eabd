/** What MQTT receives from the rest of the box. */
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Commander } from '../model/commands.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { MqttState } from './broker/state.ts';
import type { FleetBodies } from './changes.ts';
import type { Incoming } from './client/connection.ts';
import type { EventLog } from './events.ts';
import type { Pages } from './pages.ts';
import type { BoxFacts } from './payloads/snapshot-payloads.ts';
import type { Documents } from './retained.ts';

/** What a fleet has to do with the broker. */
export interface FleetMessages {
  readonly filters: readonly string[];
  /** What this box publishes of itself. */
  bodies(): FleetBodies;
  receive(message: Incoming): void;
  /** The connection began, or ended. */
  connected(isConnected: boolean): void;
}

export interface MqttDeps extends ClockAndLog {
  readonly snapshots: () => BoxSnapshot;
  readonly facts: BoxFacts;
  readonly events: Pick<EventLog, 'spool' | 'record' | 'state'>;
  readonly commander: Commander;
  /** An existing folder: command ids are saved there. */
  readonly stateDir: string;
  readonly documents?: () => Documents;
  /** Addresses of the box's pages now; by default none. */
  readonly pages?: () => Pages;
  /** Undefined where the box is in no fleet. */
  readonly fleet?: FleetMessages;
  /** The connection changed. */
  readonly onChange?: (state: MqttState) => void;
  /** 0 to 1: spreads the reconnects of several boxes. */
  readonly random?: () => number;
}
