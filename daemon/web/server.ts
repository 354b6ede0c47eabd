/** The operator's page: its server, sessions, events and commands. */
import { hostname } from 'node:os';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { WhipEndpoint } from '../../pipelines/whip/messages.ts';
import { ownName } from '../config/config.ts';
import { hasChosenPin, type OperatorConfig } from '../config/operator.ts';
import type { PrintedSlip } from '../devices/printed-slips.ts';
import { PanelActions, type SimulatedPanel } from '../devices/simulated-panel.ts';
import type { FirstBoot } from '../first-boot/open.ts';
import type { Commander } from '../model/commands.ts';
import type { AnswerWebhook } from '../model/orders.ts';
import type { Prints } from '../printing/open.ts';
import type { DropRecords } from '../report/recorder.ts';
import { openKnownDevices } from './access/devices.ts';
import type { SignInOpening } from './access/opening.ts';
import { openAssets } from './assets.ts';
import { BoxAnswers, PrintAnswers } from './box-answers.ts';
import { type CrewBox, openCrew } from './crew/open-crew.ts';
import { Events } from './events.ts';
import { ownNames } from './guard.ts';
import { History, runHistory } from './history.ts';
import { serve } from './listen.ts';
import { openPin, readHostPin } from './pin-store.ts';
import type { ViewerPorts } from './protocol.ts';
import { ReportAnswers } from './reports/answers.ts';
import type { RouteDeps } from './routes.ts';
import { SessionAnswers } from './session-answers.ts';
import { SetUpAnswers } from './setup/answers.ts';
import { SignIn } from './sign-in.ts';
import { WhipAnswers } from './whip/answers.ts';

export interface OperatorDeps extends CrewBox {
  readonly boxName: string;
  readonly commander: Commander;
  /** Oldest first; a dozen at most. */
  readonly slips: () => readonly PrintedSlip[];
  readonly prints: Prints;
  /** Of past drops. */
  readonly reports: CrewBox['reports'] & { readonly records: Pick<DropRecords, 'list' | 'read'> };
  /** Pictures of the boxes of the fleet; without one there are none. */
  readonly fleetPictures?: { read(id: string): Buffer | undefined };
  /** Undefined on real hardware. */
  readonly panel?: SimulatedPanel;
  readonly viewers: () => ViewerPorts;
  /** Signed orders of another server, on this port. */
  readonly webhook?: () => AnswerWebhook | undefined;
  /** Of a camera that comes by WHIP, on this port; undefined where none does now. */
  readonly whip?: () => WhipEndpoint | undefined;
  /** Unix time in ms by the stream's clock. */
  readonly streamNowMs: () => number;
  readonly endedLeftMs?: () => number;
  /** The set-up of a box that nobody has set up yet. */
  readonly firstBoot?: FirstBoot;
  /** Sign-in that a person at the box opens by holding MARK. */
  readonly opening: SignInOpening;
  /** A new PIN, to be shown once to the person who started the box and never logged. */
  readonly onNewPin: (pin: string, file: string) => void;
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
  const ownHost = `${ownName()}.local`;
  const { clock, log } = deps;
  const signIn = await openSignIn(config, deps);
  const devices = await openKnownDevices(deps.stateFolder, log);
  const history = new History();
  const events = new Events(deps, history, (session) => signIn.refresh(session));
  const stop = new AbortController();
  const untilEnd = AbortSignal.any([signal, stop.signal]);
  const sessions = new SessionAnswers({
    ...{ signIn, devices },
    onEnd: (session) => events.endSession(session),
    onPin: (request) => {
      void deps.firstBoot?.setUp.learnPin();
      routes.setUp?.keep(request);
    },
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
      reports: new ReportAnswers(deps.reports.records, ownReports(deps), log),
      fleetPicture: (id) => deps.fleetPictures?.read(id),
      panel: deps.panel && new PanelActions(deps.panel, clock, untilEnd),
      onProgress: (progress) => events.sendProgress(progress),
      signal: untilEnd,
    }),
    crew: openCrew(deps, { list: () => sessions.list(), end: sessions.end }, untilEnd),
    events,
    ...openSetUp(config, { ...deps, ownHost }, sessions, untilEnd),
    viewers: deps.viewers,
    ...(deps.webhook && { webhook: deps.webhook }),
    ...(deps.whip && { whip: new WhipAnswers(deps.whip, clock.monotonicMs) }),
    hostNames: () => hostNamesOf(deps, ownHost),
  };
  try {
    await runAll(
      [
        (ending) => serve(config, routes, deps, ending),
        (ending) => events.run(ending),
        (ending) => followPins(deps, signIn, ending),
        (ending) => runHistory(history, (sample) => events.sendSample(sample), deps, ending),
      ],
      signal,
    );
  } finally {
    stop.abort();
  }
}

function ownReports({ boxName, live }: OperatorDeps) {
  return { name: boxName, language: () => live.current().box.language };
}

function hostNamesOf({ boxName, live }: OperatorDeps, ownHost: string): ReadonlySet<string> {
  const { host_names } = live.current().operator;
  return ownNames(boxName, hostname(), [...host_names, ownHost]);
}

function openSetUp(
  { port, tls }: OperatorConfig,
  { firstBoot, stateFolder, snapshot, live, ownHost }: OperatorDeps & { readonly ownHost: string },
  sessions: SessionAnswers,
  signal: AbortSignal,
): { readonly setUp?: SetUpAnswers } {
  if (firstBoot === undefined) return {};
  const hasOwnPin = () => hasChosenPin(live.current().operator);
  const enter = sessions.enter.bind(sessions);
  const own = { hasOwnPin, ownHost, enter, signal };
  const box = { firstBoot, stateFolder, snapshot, ...own };
  return { setUp: new SetUpAnswers({ ...box, port, isTls: tls !== undefined }) };
}

async function openSignIn(config: OperatorConfig, deps: OperatorDeps): Promise<SignIn> {
  const { log, live, stateFolder } = deps;
  const pin = await openPin(config, stateFolder, log);
  if (pin.newPin !== undefined) deps.onNewPin(pin.newPin, pin.file ?? '');
  live.lacks('page', pin.fault);
  log.info('operator PIN loaded', { from: pin.file ?? 'hash' });
  const host = await readHostPin(config.host_pin_file, stateFolder, log);
  const times = () => {
    const { idle_minutes, session_hours } = live.current().operator;
    return { idleMs: idle_minutes * 60_000, maxMs: session_hours * 3_600_000 };
  };
  return new SignIn({ crew: pin.hash, ...(host && { host }) }, times, deps);
}

/** New PINs of the settings hold at once; sessions that have begun go on. */
async function followPins(deps: OperatorDeps, signIn: SignIn, signal: AbortSignal): Promise<void> {
  const { live, stateFolder, log } = deps;
  const filesOf = ({ pin_file, host_pin_file }: OperatorConfig) => `${pin_file} ${host_pin_file}`;
  let files = filesOf(live.current().operator);
  while (!signal.aborted) {
    await live.changed(signal);
    const { operator } = live.current();
    if (filesOf(operator) === files) continue;
    files = filesOf(operator);
    try {
      const { hash: crew, fault } = await openPin(operator, stateFolder, log);
      const host = await readHostPin(operator.host_pin_file, stateFolder, log);
      live.lacks('page', fault);
      signIn.setHashes({ crew, ...(host && { host }) });
    } catch (error) {
      log.error('new PIN not used', { reason: messageOf(error) });
    }
  }
}
