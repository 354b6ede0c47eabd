/** `venuebox run` and `venuebox demo`: what a box needs of the process that it runs in. */
import { networkInterfaces } from 'node:os';
import { systemClock } from '../../hal/os/clock.ts';
import { type Log, messageOf, openLog, silentLog } from '../../hal/os/log.ts';
import { openNotify } from '../../hal/os/systemd/notify.ts';
import { PipelineError } from '../../pipelines/errors/pipeline-error.ts';
import { type Config, openCameras } from '../config/config.ts';
import { withoutUnknownKeys } from '../config/file.ts';
import { exposedSecrets } from '../config/files/named-files.ts';
import { claimState, stateFolder } from '../config/files/state-folder.ts';
import { withFoundDrivers } from '../devices/found-drivers.ts';
import { openSetUp } from '../first-boot/progress.ts';
import { SimulatedLinks, withSimulatedUplink } from '../media/simulated-links.ts';
import { findAddresses } from '../model/addresses.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type BootFileDeps, type BootWifi, takeBootFile } from '../settings/boot-file.ts';
import { type LoadedSettings, loadSettings } from '../settings/load.ts';
import { isFallback, isOnTrial } from '../update/on-trial.ts';
import { type Launched, launchedBy } from '../update/open.ts';
import { defaultSocket } from './control/socket-path.ts';
import type { Command } from './parse.ts';
import { configText, demoConfigText } from './read-config.ts';
import { renderNewAddress, renderNewPin, renderWelcome } from './welcome.ts';

/** Of the keys that an older version does not know. */
const SHOWN_MAX = 8;

type StartCommand = Extract<Command, { verb: 'run' | 'demo' }>;

/**
 * Rejects with ConfigError, and with HalError where another box has this one's state.
 *
 * @param sealed What is saved of a secret, for example a hash of the PIN.
 */
export async function prepareStart(
  command: StartCommand,
  version: string,
  sealed: BootFileDeps['sealed'],
  signal: AbortSignal,
) {
  const isDemo = command.verb === 'demo';
  const { env, stdout } = process;
  // The demo's stdout is for its welcome; a service's is the journal.
  const journal = isDemo ? process.stderr : stdout;
  const write = (line: string) => void journal.write(line);
  const style = journal.isTTY ? 'people' : 'journal';
  const early = { clock: systemClock, log: openLog('warn', style, write) };
  await claimState(stateFolder(env), early, signal);
  const launched = launchedBy(env, configArgs(command));
  const loaded = await load(command, stateFolder(env), launched, sealed);
  const { config: asked } = loaded;
  const simulatedLinks = hasSimulatedLinks(command, asked) ? new SimulatedLinks() : undefined;
  const config = simulatedLinks === undefined ? asked : await withSimulatedUplink(asked);
  const log = openLog(config.log.level, style, write);
  warnOfExposed(config, log);
  const addresses = findAddresses(networkInterfaces(), config.viewers, config.operator);
  const renditions = config.edge.upstream === '' ? config.renditions : [];
  const notify = openNotify(env['NOTIFY_SOCKET'], log);
  const deps = {
    loaded,
    clock: systemClock,
    log,
    version,
    stateFolder: stateFolder(env),
    controlSocket: config.control.socket || defaultSocket(env, process.getuid?.() ?? 0),
    playerUrl: addresses.player,
    notify,
    launched,
    watchdogUsec: Number(env['WATCHDOG_USEC']) || undefined,
    ...(simulatedLinks === undefined ? {} : { simulatedLinks }),
    withDrivers: withFoundDrivers(isDemo),
    start: isDemo && !command.isIdle ? ('live' as const) : ('idle' as const),
    // The journal has more readers than the file of the PIN.
    onNewPin: (pin: string, file: string) =>
      void stdout.write(renderNewPin(file, isDemo || stdout.isTTY ? pin : undefined)),
    onReady: (box: BoxSnapshot) => {
      const { playerUrl: player = addresses.player, operatorUrl: operator = '' } = box;
      if (isDemo) stdout.write(renderWelcome(box, renditions, { player, operator }));
    },
    onPlayerUrl: (url: string) => {
      if (isDemo) stdout.write(renderNewAddress(url));
    },
  };
  return { config, deps, onFailure, [Symbol.dispose]: () => notify[Symbol.dispose]() };

  /** The second start that fails is followed by one with the settings before: systemd must not take this for a config that is wrong. */
  function onFailure(error: unknown): never {
    if (!loaded.isOnTrial) throw error;
    throw new PipelineError('SETTINGS', `the new settings cannot be used: ${messageOf(error)}`, {
      advice: 'after the second such start the box goes back to those before',
      cause: error,
    });
  }
}

function warnOfExposed(config: Config, log: Log): void {
  for (const secret of exposedSecrets(config)) log.warn('secret readable by others', { secret });
  for (const camera of openCameras(config)) log.warn('camera open to the network', { camera });
}

/** @param launched The version that runs, where a launcher has started it. */
async function load(
  command: StartCommand,
  folder: string,
  launched: Launched | undefined,
  sealed: BootFileDeps['sealed'],
): Promise<LoadedSettings> {
  if (command.verb === 'demo') {
    return await loadSettings(folder, demoConfigText(command.overrides, command.isIdle));
  }
  const given = configText(command.config, command.overrides);
  const { yaml, unknown } = isFallback(folder, launched)
    ? withoutUnknownKeys(given.yaml)
    : { ...given, unknown: [] };
  const text = { ...given, yaml };
  await takeBootFile(folder, text, { sealed, chooseWifi });
  const loaded = await loadSettings(folder, text, isOnTrial(folder, launched?.id));
  if (unknown.length === 0) return loaded;
  const keys = unknown.slice(0, SHOWN_MAX).join(', ');
  const warning = `${given.source} is for a newer version; this one goes without ${keys}`;
  const warnings = [{ text: warning, until: 'restart' } as const, ...loaded.warnings];
  return { ...loaded, warnings };
}

/** As `venuebox check` takes them. */
function configArgs(command: StartCommand): readonly string[] {
  if (command.verb === 'demo') return [];
  return [command.config, ...command.overrides.flatMap((one) => ['--set', one])];
}

/** The hotspot's way into a network is that of the set-up, when all is answered. */
async function chooseWifi({ ssid, password }: BootWifi, hasPin: boolean): Promise<void> {
  const setUp = await openSetUp(stateFolder(process.env), true, silentLog);
  await setUp.takeWifi(ssid, password, hasPin);
}

/** The demo has an uplink unless the user sets one, or none with `--set uplink=null`. */
function hasSimulatedLinks({ verb, overrides }: StartCommand, config: Config): boolean {
  const isSet =
    config.uplink !== undefined || overrides.some((override) => /^uplink[.=]/.test(override));
  return verb === 'demo' && !isSet && config.edge.upstream === '';
}
