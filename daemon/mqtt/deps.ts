import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Commander } from '../model/commands.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { EventLog } from './events.ts';
import type { BoxFacts } from './payloads/report.ts';
import type { Documents } from './retained.ts';

/** What the rest of the box gives to its status over MQTT. */
export interface StatusDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly snapshots: () => BoxSnapshot;
  readonly facts: BoxFacts;
  readonly events: EventLog;
  readonly commander: Commander;
  /** Where command ids are kept; its folder must be there. */
  readonly stateDir: string;
  readonly documents?: () => Documents;
  /** For whoever shows how MQTT is. */
  readonly onChange?: (state: MqttState) => void;
  /** 0 to 1, spreads a fleet's reconnects. */
  readonly random?: () => number;
}

export type MqttState =
  | { readonly phase: 'connected'; readonly protocol: 4 | 5 }
  | { readonly phase: 'away'; readonly reason: string };
