import { hostname } from 'node:os';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { OperatorConfig } from '../config/operator.ts';
import { PanelActions, type SimulatedPanel } from '../devices/simulated-panel.ts';
import type { Slip } from '../devices/slips.ts';
import type { Commander } from '../model/commands.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { openAssets } from './assets.ts';
import { BoxAnswers } from './box-answers.ts';
import { Events } from './events.ts';
import { ownNames } from './guard.ts';
import { History, runHistory } from './history.ts';
import { serve } from './listen.ts';
import type { LogTail } from './log-tail.ts';
import { openPin } from './pin-store.ts';
import type { RouteDeps } from './routes.ts';
import { SessionAnswers } from './session-answers.ts';
import { SignIn } from './sign-in.ts';
import type { ViewerPorts } from './wire.ts';

export interface OperatorDeps {
  readonly boxName: string;
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  /** The last printed slips, oldest first; a dozen at most. */
  readonly slips: () => readonly Slip[];
  readonly logTail: LogTail;
  /** The demo's hardware; undefined on a box with a real one. */
  readonly panel?: SimulatedPanel;
  readonly viewers: ViewerPorts;
  /** Where the PIN is kept when the config brings none. */
  readonly stateFolder: string;
  /** A PIN was made: show it to whoever started the box, once, and never log it. */
  readonly onNewPin: (pin: string, file: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The operator's page, on its own port, behind a PIN. Resolves when `signal` aborts.
 *
 * Rejects with PipelineError PORT_TAKEN, LISTEN_FAILED or BAD_CERTIFICATE, and with
 * ConfigError where the PIN cannot be read or kept.
 */
export async function runOperator(
  config: OperatorConfig,
  deps: OperatorDeps,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = deps;
  const pin = await openPin(config, deps.stateFolder);
  if (pin.newPin !== undefined) deps.onNewPin(pin.newPin, pin.file ?? '');
  log.info('operator PIN', { kept: pin.file ?? 'as a hash' });

  const times = {
    idleMs: config.idle_minutes * 60_000,
    longestMs: config.session_hours * 3_600_000,
  };
  const signIn = new SignIn(pin.hash, times, clock, log);
  const history = new History();
  const events = new Events(deps, history, (session) => signIn.keep(session));
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const routes: RouteDeps = {
    assets: openAssets(),
    sessions: new SessionAnswers({
      signIn,
      onEnd: (session) => events.endSession(session),
      isTls: config.tls !== undefined,
      port: config.port,
      sessionS: config.session_hours * 3_600,
    }),
    box: new BoxAnswers({
      snapshot: deps.snapshot,
      commander: deps.commander,
      slips: deps.slips,
      panel: deps.panel && new PanelActions(deps.panel, clock, both),
      onProgress: (progress) => events.tellProgress(progress),
      signal: both,
    }),
    events,
    viewers: deps.viewers,
    hostNames: ownNames(deps.boxName, hostname(), config.host_names),
  };
  try {
    await runAll(
      [
        (all) => serve(config, routes, log, all),
        (all) => events.run(all),
        (all) => runHistory(history, (sample) => events.tellSample(sample), deps, all),
      ],
      signal,
    );
  } finally {
    ending.abort();
  }
}
