/** What MQTT receives from the rest of the box. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Commander } from '../model/commands.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { EventLog } from './events.ts';
import type { BoxFacts } from './payloads/report.ts';
import type { Documents } from './retained.ts';

export interface MqttDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly snapshots: () => BoxSnapshot;
  readonly facts: BoxFacts;
  readonly events: EventLog;
  readonly commander: Commander;
  /** An existing folder: command ids are saved there. */
  readonly stateDir: string;
  readonly documents?: () => Documents;
  /** The connection changed. */
  readonly onChange?: (state: MqttState) => void;
  /** 0 to 1: spreads the reconnects of several boxes. */
  readonly random?: () => number;
}

export type MqttState =
  | {
      readonly phase: 'connected';
      readonly protocol: 4 | 5;
      readonly refusedTopics?: readonly string[];
    }
  | { readonly phase: 'away'; readonly reason: string };
