import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { BoxSnapshot, Warning } from '../model/snapshot.ts';
import { DEVICE_RULES } from './device-rules.ts';
import { louder, NOTHING_HEARD, NOTHING_SEEN, recordersLost, watchFacts } from './facts.ts';
import { MACHINE_RULES } from './machine-rules.ts';
import { MEDIA_RULES } from './media-rules.ts';
import { MODEM_RULES } from './modem-rules.ts';
import { NETWORK_RULES } from './network-rules.ts';
import { POWER_RULES } from './power-rules.ts';
import { RECORDING_RULES } from './recording-rules.ts';
import { NO_WARNINGS, type Rule, stepHealth, warningsOf } from './step.ts';

export const RULES: readonly Rule[] = [
  ...MEDIA_RULES,
  ...NETWORK_RULES,
  ...MODEM_RULES,
  ...RECORDING_RULES,
  ...POWER_RULES,
  ...DEVICE_RULES,
  ...MACHINE_RULES,
];

export interface HealthDeps {
  readonly snapshot: () => BoxSnapshot;
  /** `alert.raised` and `alert.cleared`. */
  readonly onEvent: (event: BoxEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** The one list of warnings that all places show. */
export interface HealthWatch {
  warnings(): readonly Warning[];
  /** Every measured level, so that a clip between two looks is not missed. */
  hear(levels: Levels): void;
  /** Every word of the recorders: one that died may be back at the next look. */
  hearRecording(recording: BoxSnapshot['recording']): void;
  /** Looks once a second until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const LEVEL = { critical: 'error', warning: 'warn', info: 'info' } as const;

const LOOK_EVERY_MS = 1_000;

export function openHealth({ snapshot, onEvent, clock, log }: HealthDeps): HealthWatch {
  let health = NO_WARNINGS;
  let watching = NOTHING_SEEN;
  let heard = NOTHING_HEARD;
  let recording: BoxSnapshot['recording'] = [];
  let warnings: readonly Warning[] = [];

  const tell = (type: string, { key, severity, text, advice, sinceMs }: Warning) => {
    log[LEVEL[severity]](type, { key, text });
    onEvent({ type, severity, atMs: clock.wallMs(), data: { key, text, advice, sinceMs } });
  };
  const look = () => {
    const nowMs = clock.monotonicMs();
    const seen = watchFacts(watching, snapshot(), heard, nowMs);
    watching = seen.watching;
    heard = NOTHING_HEARD;
    const step = stepHealth(RULES, health, seen.facts, nowMs, clock.wallMs());
    health = step.health;
    warnings = warningsOf(health);
    for (const warning of step.raised) tell('alert.raised', warning);
    for (const warning of step.cleared) tell('alert.cleared', { ...warning, severity: 'info' });
  };
  return {
    warnings: () => warnings,
    hear: (levels) => {
      heard = { ...heard, peakDbfs: louder(heard.peakDbfs, levels) };
    },
    hearRecording: (now) => {
      const lost = recordersLost(recording, now);
      recording = now;
      // As many as there are targets: one that dies twice between two looks is told once.
      const others = heard.lostRecorders.filter(({ id }) => lost.every((one) => one.id !== id));
      heard = { ...heard, lostRecorders: [...others, ...lost] };
    },
    run: async (signal) => {
      while (!signal.aborted) {
        look();
        await pause(clock, LOOK_EVERY_MS, signal);
      }
    },
  };
}
