/** The probe viewer, as the daemon runs it: a supervised child. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { entryPoint } from '../../hal/os/process.ts';
import { supervise } from '../../hal/os/supervise.ts';
import { openWorker } from '../../hal/os/worker.ts';
import type {
  FromProbe,
  ProbeSettings,
  ToProbe,
  ViewerFigures,
} from '../../pipelines/probe/messages.ts';

export interface ProbeSeen {
  readonly page?: Extract<FromProbe, { type: 'page' }>;
  readonly posters?: Extract<FromProbe, { type: 'posters' }>;
  readonly figures?: ViewerFigures;
  /** Of each picture that was looked at. */
  readonly lightRatios: readonly number[];
}

export interface Probe {
  /** Runs it until `signal` aborts. Never rejects but with the signal's reason. */
  run(signal: AbortSignal): Promise<void>;
  /** What was measured until now counts no more. */
  restart(): void;
  seen(): ProbeSeen;
}

export type OpenProbe = (settings: ProbeSettings) => Probe;

const GRACE_MS = 2_000;
const POLICY = { firstPauseMs: 200, longestPauseMs: 5_000, healthyMs: 10_000 };
const LIGHTS_MAX = 1_000;

export function openProbeWith({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Log;
}): OpenProbe {
  return (settings) => {
    const worker = openWorker<ProbeSettings, ToProbe, FromProbe>(
      {
        name: 'probe',
        entry: entryPoint(import.meta.url, '../../pipelines/probe/main'),
        graceMs: GRACE_MS,
      },
      { clock, log },
    );
    let seen: ProbeSeen = { lightRatios: [] };
    const onMessage = (message: FromProbe) => {
      if (message.type === 'page') seen = { ...seen, page: message };
      if (message.type === 'posters') seen = { ...seen, posters: message };
      if (message.type === 'figures') seen = { ...seen, figures: message.figures };
      if (message.type === 'light') {
        seen = { ...seen, lightRatios: [...seen.lightRatios, message.ratio].slice(-LIGHTS_MAX) };
      }
    };
    return {
      run: (signal) =>
        supervise(
          'probe',
          (ends) => worker.run({ settings, onMessage }, ends),
          { policy: POLICY, clock, log },
          signal,
        ),
      restart: () => worker.send({ type: 'restart' }),
      seen: () => seen,
    };
  };
}
