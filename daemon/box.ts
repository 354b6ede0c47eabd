/** The composition root: what the box consists of, and how its parts are joined. */
import { randomBytes } from 'node:crypto';
import type { ClockAndLog } from '../hal/os/log.ts';
import { WantedRestart } from '../hal/os/supervise.ts';
import type { Notify } from '../hal/os/systemd/notify.ts';
import { runAll, type Task } from '../hal/os/task.ts';
import { announcing } from './announce/run.ts';
import { backfilling } from './backfill/run.ts';
import { runControl } from './cli/control/server.ts';
import type { Config } from './config/config.ts';
import { type Devices, openDevices } from './devices/devices.ts';
import { followDevices } from './devices/follow.ts';
import { runningPanel } from './devices/run-panel.ts';
import { openOwnDrop } from './drop/box-effects.ts';
import { logCommands } from './drop/command-log.ts';
import { openCommander } from './drop/commander.ts';
import type { DropMachine } from './drop/machine.ts';
import { openDrops } from './drops/open.ts';
import { type FirstBoot, openFirstBoot } from './first-boot/open.ts';
import { FleetPictures } from './fleet/pictures.ts';
import { restartStalledMedia } from './health/media-restart.ts';
import { openHealth } from './health/run.ts';
import { lockingCamera } from './media/camera/box-lock.ts';
import { type DataUseStore, openDataUse } from './media/data-use-store.ts';
import { type MediaSource, openMediaSource } from './media/media-source.ts';
import { mediaReports } from './media/reports.ts';
import type { SimulatedLinks } from './media/simulated-links.ts';
import { plannedLinks } from './media/uplink-settings.ts';
import { openMetrics } from './metrics/server.ts';
import type { BoxEvent } from './model/commands.ts';
import { followingGuestAddress } from './model/guest-address.ts';
import type { BoxSnapshot, ModemMaintenance } from './model/snapshot.ts';
import { BoxState, trackStartedAt } from './model/state-store.ts';
import { type LinkInterfaces, openLinkInterfaces } from './modems/link-interfaces.ts';
import { maintainModems } from './modems/maintenance.ts';
import { ownBroker } from './mqtt/client/own-broker.ts';
import { type EventLog, openEventLog, recordEvent } from './mqtt/events.ts';
import { openMqtt } from './mqtt/open.ts';
import { makingNetworks } from './network/open.ts';
import { showShop } from './orders/on-page.ts';
import { openOrders } from './orders/open.ts';
import { openPictureCommands } from './overlay/open.ts';
import { powerOf } from './power/box-adapter.ts';
import { runPower } from './power/run.ts';
import { shutDown } from './power/shut-down.ts';
import { openPrinting } from './printing/open.ts';
import { openReadiness } from './ready/open.ts';
import { openDropReports } from './report/open.ts';
import { openSafeSource } from './safe-mode/source.ts';
import { trackCertificates } from './settings/certificate-expiry.ts';
import { completeConfig } from './settings/complete-config.ts';
import { LiveConfig } from './settings/live-config.ts';
import type { LoadedSettings } from './settings/load.ts';
import { type Launched, openUpdates } from './update/open.ts';
import { runWatchdog } from './watchdog/run.ts';
import { SignInOpening } from './web/access/opening.ts';
import { openSettings } from './web/crew/open-settings.ts';
import { savingLog } from './web/crew/saved-log.ts';
import { LogTail, tailLog } from './web/log-tail.ts';
import { openOperatorPage } from './web/open.ts';

export interface BoxDeps extends ClockAndLog {
  readonly version: string;
  /** Where files lie that must survive a restart. */
  readonly stateFolder: string;
  /** Settings of the operator's page, as they were at the start. */
  readonly loaded: LoadedSettings;
  readonly controlSocket: string;
  /** What phones of this network open, at the start. */
  readonly playerUrl: string;
  /** Called when they open another address. */
  readonly onPlayerUrl?: (playerUrl: string) => void;
  /** Names the drivers that the config leaves open; and the links of the demo's uplink, where it has them. */
  readonly withDrivers: (config: Config) => Config;
  readonly simulatedLinks?: SimulatedLinks;
  readonly notify: Notify;
  /** How a launcher has started it; undefined where none did. */
  readonly launched: Launched | undefined;
  /** Why it runs without picture and guests; undefined where it runs as it should. */
  readonly safeMode?: string | undefined;
  readonly watchdogUsec: number | undefined;
  /** Whether the box goes live at the start, or waits for a command; a drop that a power cut interrupted is resumed either way. */
  readonly start: 'idle' | 'live';
  /** A PIN for the operator's page was made: show it once, never log it. */
  readonly onNewPin: (pin: string, file: string) => void;
  /** Called once, when frames flow, or when the box waits for a command. */
  readonly onReady?: (box: BoxSnapshot) => void;
}

/**
 * Runs the box until `signal` aborts.
 *
 * Rejects with a ConfigError, HalError or PipelineError when it cannot start.
 */
export async function runBox(asked: Config, deps: BoxDeps, signal: AbortSignal): Promise<void> {
  const { clock, stateFolder } = deps;
  const logTail = new LogTail();
  const log = tailLog(deps.log, logTail, asked.log.level, clock.wallMs);
  const live = new LiveConfig(deps.loaded, { clock, log }, completeConfig(asked, deps.withDrivers));
  const config = live.current();
  await savingLog({ logTail, stateFolder, clock, log }, async () => {
    const source = await (deps.safeMode === undefined
      ? openMediaSource(config, { ...deps, log })
      : openSafeSource());
    await using devices = await openDevices(config, source.simulated, { clock, log }, signal);
    await using dataUse = openDataUse(stateFolder, clock.wallMs(), log);
    const links = openLinkInterfaces(stateFolder, live.current, { clock, log });
    await using events = await openEventLog(config.mqtt, stateFolder, { clock, log });
    const ending = new AbortController();
    const untilEnd = AbortSignal.any([signal, ending.signal]);
    const end = () => ending.abort(new WantedRestart());
    const parts = { log, logTail, live, config, source, devices, dataUse, links, events };
    await runAll(tasksOf(await joinParts({ ...deps, ...parts, untilEnd, end })), untilEnd);
  });
}

/** What is opened before the parts, and closed after they have ended. */
interface Resources extends BoxDeps {
  readonly logTail: LogTail;
  /** As it is now, and as it was at the start. */
  readonly live: LiveConfig;
  readonly config: Config;
  readonly source: MediaSource;
  readonly devices: Devices;
  readonly dataUse: DataUseStore;
  readonly links: LinkInterfaces;
  readonly events: EventLog;
  readonly untilEnd: AbortSignal;
  /** Ends the box from within. */
  readonly end: () => void;
}

function configuredFacts({ live, source, links }: Resources) {
  const planned = plannedLinks(live.current(), links.nameOf);
  return { ...planned, ...source.facts(), settingsFault: live.fault() };
}

type Parts = Resources & Awaited<ReturnType<typeof joinParts>>;

async function joinParts(given: Resources) {
  const { config, live, source, devices, events, clock, log, stateFolder, playerUrl } = given;
  const state: BoxState = new BoxState(
    { name: config.box.name, version: given.version, safeMode: given.safeMode, playerUrl },
    {
      startedAt: trackStartedAt(clock),
      configured: () => configuredFacts(given),
      certificate: trackCertificates(live.current, clock),
      drop: () => drop.state(),
      dropFaults: () => drop.faults(),
      warnings: () => health.warnings(),
      events: () => events.state(),
      prints: () => prints.figures(),
      shop: () => shop.service.state(),
      plannedDrops: () => drops.state(),
      overlay: () => picture.state(),
      update: () => updates.state(),
    },
  );
  const drops = await openDrops(live.current, given);
  const snapshot = () => state.snapshot();
  const reports = openDropReports(stateFolder, { snapshot, clock, log });
  const onEvent = (event: BoxEvent) => recordEvent(event, [reports, shop.service, drops], given);
  const { order, ...shop } = await openOrders(live.current, { ...given, drops, snapshot, onEvent });
  const health = openHealth({ snapshot, onEvent, clock, log });
  // A secret of this run, for the crew: the operator's page shows the stage before it is live.
  const previewPath = `/preview/${randomBytes(16).toString('base64url')}`;
  const mediaPath = source.open({
    ...{ dataUse: given.dataUse, links: given.links },
    ...{ config: live.current, stateFolder, previewPath, clock, log },
    presentDrop: drops.present,
    isFirstDrop: () => drop.isFirst(),
    liveDropId: () => (drop.state().phase === 'live' ? drop.state().dropId : undefined),
    ...mediaReports({ ...given, state, health, viewersPort: () => live.current().viewers.port }),
  });
  const { isEdge } = source;
  const moved = { isEdge, mediaPath, state, onEvent, powerOff: () => shutDown(given) };
  const drop: DropMachine = await openOwnDrop({ ...given, ...moved });
  const settings = openSettings({ ...given, snapshot, mediaPath });
  const slips = { ...devices, ...given, snapshot, drops, orders: shop.service };
  const prints = await openPrinting(live, { ...slips, ownHotspot: () => firstBoot.ownHotspot() });
  const boot = { ...given, ...prints, mediaPath, snapshot, state, settings };
  const firstBoot: FirstBoot = await openFirstBoot(config, boot);
  const updates = await openUpdates({ ...given, mediaPath, snapshot, onEvent });
  const shown = { isEdge, presentDrop: drops.present, mediaPath, snapshot, onEvent };
  const picture = openPictureCommands(live.current, { ...given, ...shown });
  const commands = { ...picture.commands, print: prints.print, order, drops: drops.command };
  const inner = openCommander({ drop, isEdge, snapshot, ...commands, update: updates.command });
  const parts = { state, snapshot, reports, onEvent, health, previewPath, mediaPath, drop, drops };
  const ready = await openReadiness(live.current, inner, { ...given, ...parts, prints });
  return {
    ...given,
    ...{ ...parts, ...shop, prints, picture, settings, firstBoot, updates },
    fleetPictures: new FleetPictures(),
    opening: new SignInOpening(clock),
    ...{ testUplink: ready.testUplink, commander: logCommands(ready, log) },
  };
}

/** All that runs side by side; the first that fails ends the box. */
function tasksOf(box: Parts): readonly Task[] {
  const { live, devices, health, mediaPath, state } = box;
  const onMaintenance = (modemMaintenance: readonly ModemMaintenance[]) =>
    state.set({ modemMaintenance });
  return [
    // The drop and its media.
    mediaPath.run,
    live.part('backfill', (now) => backfilling(now, { ...box, ...mediaPath })),
    (signal) => box.drops.run(box, signal),
    box.drop.run,
    box.reports.run,
    box.picture.run,
    (signal) => box.service.run(signal),
    live.part('webhook', (now) => box.runningWebhook(now)),
    (signal) => showShop(() => box.service.state(), mediaPath.showShop, box.stateFolder, signal),
    live.part('lock', (now) => lockingCamera(now, box)),
    live.part('source', (now) => () => box.source.use(now)),
    // Faults, power and devices.
    health.run,
    (signal) => restartStalledMedia({ ...box, ...health, ...mediaPath }, signal),
    (signal) => runPower(powerOf(box), signal),
    (signal) => followDevices(devices, state, box, signal),
    live.part('battery', (now) => (signal) => devices.battery.use(now.power, signal)),
    live.part('printer', (now) => async (signal) => {
      await devices.printer.use(now.printer);
      await box.prints.run(signal);
    }),
    box.links.run,
    live.part('modems', (now) => (signal) => {
      devices.modems.use(now.modems);
      return maintainModems({ ...box, config: now, modems: devices.modems, onMaintenance }, signal);
    }),
    // The ways to command the box and to see how it is.
    live.part('panel', (now) => runningPanel(now, box)),
    openOperatorPage(box),
    box.firstBoot.run,
    live.part('network', (now) => makingNetworks(now, box)),
    live.part('addresses', (now) => followingGuestAddress(now, box)),
    live.part('announce', (now) => announcing(now, box)),
    (signal) => runControl(box.controlSocket, box, signal),
    live.part('mqtt', (now) => openMqtt(now, box)),
    box.settings.run,
    box.updates.run,
    live.part('broker', ({ mqtt }) => ownBroker(mqtt.broker_port, box)),
    live.part('metrics', (now) => openMetrics(now.metrics, box)),
    (signal) => runWatchdog(box, signal),
  ];
}
