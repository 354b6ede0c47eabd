/** Polls the box once a second and raises and clears alerts. */
import { pause } from '../../hal/os/async.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { Alert, BoxSnapshot } from '../model/snapshot.ts';
import { BROKER_RULES } from './broker-rules.ts';
import { DESTINATION_RULES } from './destination-rules.ts';
import { DEVICE_RULES } from './device-rules.ts';
import { louder, NO_HISTORY, NOTHING_RECEIVED, recordersLost, watchFacts } from './facts.ts';
import { MACHINE_RULES } from './machine-rules.ts';
import { MEDIA_RULES } from './media-rules.ts';
import { MODEM_RULES } from './modem-rules.ts';
import { NETWORK_RULES } from './network-rules.ts';
import { ORDER_RULES } from './order-rules.ts';
import { OWN_NETWORK_RULES } from './own-network-rules.ts';
import { PICTURE_RULES } from './picture-rules.ts';
import { POWER_RULES } from './power-rules.ts';
import { RECORDING_RULES } from './recording-rules.ts';
import { alertsOf, NO_ALERTS, type Rule, stepHealth } from './step.ts';

export const RULES: readonly Rule[] = [
  ...MEDIA_RULES,
  ...NETWORK_RULES,
  ...OWN_NETWORK_RULES,
  ...DESTINATION_RULES,
  ...BROKER_RULES,
  ...MODEM_RULES,
  ...RECORDING_RULES,
  ...POWER_RULES,
  ...DEVICE_RULES,
  ...MACHINE_RULES,
  ...ORDER_RULES,
  ...PICTURE_RULES,
];

export interface HealthDeps extends ClockAndLog {
  readonly snapshot: () => BoxSnapshot;
  /** `alert.raised` and `alert.cleared`. */
  readonly onEvent: (event: BoxEvent) => void;
}

/** The one list of alerts that all places show. */
export interface HealthWatch {
  warnings(): readonly Alert[];
  /** Every measured level, so that a clip between two polls is not missed. */
  recordLevels(levels: Levels): void;
  /** Every state of the recorders: one that died may be back at the next poll. */
  recordTargets(recording: BoxSnapshot['recording']): void;
  /** Polls once a second until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const LEVEL = { critical: 'error', warning: 'warn', info: 'info' } as const;

const POLL_MS = 1_000;

export function openHealth(deps: HealthDeps): HealthWatch {
  const { snapshot, clock } = deps;
  let health = NO_ALERTS;
  let history = NO_HISTORY;
  let received = NOTHING_RECEIVED;
  let recording: BoxSnapshot['recording'] = [];

  const poll = () => {
    const nowMs = clock.monotonicMs();
    const { facts, ...next } = watchFacts(history, snapshot(), received, nowMs);
    history = next.history;
    received = NOTHING_RECEIVED;
    const step = stepHealth(RULES, health, facts, nowMs, clock.wallMs());
    health = step.health;
    for (const warning of step.raised) report('alert.raised', warning, undefined, deps);
    for (const { severity, key, text, detail } of step.changed) {
      deps.log[LEVEL[severity]]('alert changed', { key, text, detail });
    }
    for (const { warning, cause } of step.cleared) {
      report('alert.cleared', { ...warning, severity: 'info' }, cause, deps);
    }
  };
  return {
    warnings: () => alertsOf(health),
    recordLevels: (levels) => {
      received = { ...received, peakDbfs: louder(received.peakDbfs, levels) };
    },
    recordTargets: (now) => {
      const lost = recordersLost(recording, now);
      recording = now;
      // At most one for each target: one that dies twice between two polls is reported once.
      const others = received.lostRecorders.filter(({ id }) => lost.every((one) => one.id !== id));
      received = { ...received, lostRecorders: [...others, ...lost] };
    },
    run: async (signal) => {
      while (!signal.aborted) {
        poll();
        await pause(clock, POLL_MS, signal);
      }
    },
  };
}

/** @param cause Key of the alert that explains one that is cleared. */
function report(
  type: 'alert.raised' | 'alert.cleared',
  { severity, ...warning }: Alert,
  cause: string | undefined,
  { clock, log, onEvent }: HealthDeps,
): void {
  const explained = cause === undefined ? {} : { cause };
  const { key, text, detail } = warning;
  const message = type === 'alert.raised' ? 'alert raised' : 'alert cleared';
  log[LEVEL[severity]](message, { key, text, detail, ...explained });
  onEvent({ type, severity, atMs: clock.wallMs(), data: { ...warning, ...explained } });
}
