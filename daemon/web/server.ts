/** The operator's page: its server, sessions, events and commands. */
import { hostname } from 'node:os';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { OperatorConfig } from '../config/operator.ts';
import type { PrintedSlip } from '../devices/printed-slips.ts';
import { PanelActions, type SimulatedPanel } from '../devices/simulated-panel.ts';
import type { Commander } from '../model/commands.ts';
import type { AnswerWebhook } from '../model/orders.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Prints } from '../printing/open.ts';
import type { LiveConfig } from '../settings/live-config.ts';
import type { Settings } from '../settings/settings.ts';
import { openAssets } from './assets.ts';
import { BoxAnswers, PrintAnswers } from './box-answers.ts';
import { SettingsAnswers } from './crew/settings-answers.ts';
import { openKnownDevices } from './door/devices.ts';
import type { SignInOpening } from './door/opening.ts';
import { Events } from './events.ts';
import { ownNames } from './guard.ts';
import { History, runHistory } from './history.ts';
import { serve } from './listen.ts';
import type { LogTail } from './log-tail.ts';
import { openPin } from './pin-store.ts';
import type { ViewerPorts } from './protocol.ts';
import type { RouteDeps } from './routes.ts';
import { SessionAnswers } from './session-answers.ts';
import { SignIn } from './sign-in.ts';

export interface OperatorDeps {
  readonly boxName: string;
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  /** Oldest first; a dozen at most. */
  readonly slips: () => readonly PrintedSlip[];
  readonly prints: Prints;
  readonly logTail: LogTail;
  /** Undefined on real hardware. */
  readonly panel?: SimulatedPanel;
  readonly viewers: ViewerPorts;
  /** Signed orders of another server, on this port. */
  readonly webhook?: AnswerWebhook;
  /** Unix time in ms by the stream's clock. */
  readonly streamNowMs: () => number;
  /** Sign-in that a person at the box opens by holding MARK. */
  readonly opening: SignInOpening;
  /** For the PIN, where the config has none, and the key of known devices. */
  readonly stateFolder: string;
  /** A new PIN, to be shown once to the person who started the box and never logged. */
  readonly onNewPin: (pin: string, file: string) => void;
  readonly settings: Settings;
  readonly live: LiveConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Serves the page on its own port until `signal` aborts.
 *
 * Rejects with PipelineError PORT_TAKEN, LISTEN_FAILED or BAD_CERTIFICATE, and with
 * ConfigError where the PIN cannot be read or saved.
 */
export async function runOperator(
  config: OperatorConfig,
  deps: OperatorDeps,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = deps;
  const pin = await openPin(config, deps.stateFolder, deps.log);
  if (pin.newPin !== undefined) deps.onNewPin(pin.newPin, pin.file ?? '');
  log.info('operator PIN loaded', { from: pin.file ?? 'hash' });

  const times = () => {
    const { idle_minutes, session_hours } = deps.live.current().operator;
    return { idleMs: idle_minutes * 60_000, maxMs: session_hours * 3_600_000 };
  };
  const { opening } = deps;
  const signIn = new SignIn(pin.hash, times, { clock, log, opening });
  const devices = await openKnownDevices(deps.stateFolder, log);
  const history = new History();
  const events = new Events(deps, history, (session) => signIn.refresh(session));
  const stop = new AbortController();
  const untilEnd = AbortSignal.any([signal, stop.signal]);
  const sessions = new SessionAnswers({
    ...{ signIn, devices },
    onEnd: (session) => events.endSession(session),
    isTls: config.tls !== undefined,
    port: config.port,
    sessionS: config.session_hours * 3_600,
  });
  const routes: RouteDeps = {
    assets: openAssets(),
    sessions,
    box: new BoxAnswers({
      snapshot: deps.snapshot,
      commander: deps.commander,
      slips: deps.slips,
      prints: new PrintAnswers(deps.prints, sessions),
      panel: deps.panel && new PanelActions(deps.panel, clock, untilEnd),
      onProgress: (progress) => events.sendProgress(progress),
      signal: untilEnd,
    }),
    settings: new SettingsAnswers(deps.settings),
    events,
    viewers: deps.viewers,
    ...(deps.webhook && { webhook: deps.webhook }),
    hostNames: ownNames(deps.boxName, hostname(), config.host_names),
  };
  try {
    await runAll(
      [
        (ending) => serve(config, routes, deps, ending),
        (ending) => events.run(ending),
        (ending) => followPin(deps, signIn, ending),
        (ending) => runHistory(history, (sample) => events.sendSample(sample), deps, ending),
      ],
      signal,
    );
  } finally {
    stop.abort();
  }
}

/** A new PIN of the settings holds at once; sessions that have begun go on. */
async function followPin(deps: OperatorDeps, signIn: SignIn, signal: AbortSignal): Promise<void> {
  const { live, stateFolder, log } = deps;
  let file = live.current().operator.pin_file;
  while (!signal.aborted) {
    await live.changed(signal);
    const { operator } = live.current();
    if (operator.pin_file === file) continue;
    file = operator.pin_file;
    const pin = await openPin(operator, stateFolder, log).catch(() => undefined);
    if (pin !== undefined) signIn.setHash(pin.hash);
  }
}
