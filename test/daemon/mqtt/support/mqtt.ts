/** MQTT of a box, for tests. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type MqttConfig, mqttSchema } from '../../../../daemon/config/mqtt.ts';
import type { Commander } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import type { MqttDeps } from '../../../../daemon/mqtt/deps.ts';
import { type EventLog, openEventLog } from '../../../../daemon/mqtt/events.ts';
import { runMqtt } from '../../../../daemon/mqtt/run.ts';
import { type Clock, systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { scratch } from './mosquitto.ts';
import { FACTS, fullSnapshot, willing } from './snapshot.ts';

export interface RunningMqtt extends AsyncDisposable {
  readonly events: EventLog;
  readonly stateDir: string;
  set(snapshot: BoxSnapshot): void;
  /** As the daemon does. */
  end(): Promise<void>;
}

export interface MqttOptions extends Partial<Pick<MqttDeps, 'documents' | 'onChange' | 'log'>> {
  readonly config?: Partial<v.InferInput<typeof mqttSchema>>;
  readonly clock?: Clock;
  readonly snapshot?: BoxSnapshot;
  readonly commander?: Commander;
  /** Removed by the caller; else it is removed with the test. */
  readonly stateDir?: string;
}

export function mqttConfig(port: number, more: MqttOptions['config'] = {}): MqttConfig {
  return v.parse(mqttSchema, { url: `mqtt://127.0.0.1:${port}`, ...more });
}

/** MQTT with all its real parts, connected to `port`. */
export async function startMqtt(port: number, options: MqttOptions = {}): Promise<RunningMqtt> {
  const own = options.stateDir === undefined ? scratch() : undefined;
  const stateDir = options.stateDir ?? join(own?.path ?? '', 'state');
  mkdirSync(stateDir, { recursive: true });
  const config = mqttConfig(port, options.config);
  const log = options.log ?? silentLog;
  const ending = new AbortController();
  let snapshot = options.snapshot ?? fullSnapshot();
  const events = await openEventLog(config, stateDir, { clock: options.clock ?? systemClock, log });
  const done = runMqtt(
    config,
    {
      clock: options.clock ?? systemClock,
      log,
      snapshots: () => snapshot,
      facts: FACTS,
      events,
      commander: options.commander ?? willing,
      stateDir,
      random: () => 0.5,
      ...(options.documents === undefined ? {} : { documents: options.documents }),
      ...(options.onChange === undefined ? {} : { onChange: options.onChange }),
    },
    ending.signal,
  );
  let isEnded = false;
  const end = async () => {
    if (isEnded) return;
    isEnded = true;
    ending.abort();
    await done;
    await events[Symbol.asyncDispose]();
  };
  return {
    events,
    stateDir,
    set: (next) => {
      snapshot = next;
    },
    end,
    [Symbol.asyncDispose]: async () => {
      await end();
      own?.[Symbol.dispose]();
    },
  };
}
