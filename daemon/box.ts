import { randomBytes } from 'node:crypto';
import { messageOf } from '../hal/os/log.ts';
import { runAll, type Task } from '../hal/os/task.ts';
import type { Config } from './config/config.ts';
import { claimState } from './config/state-folder.ts';
import { type Devices, openDevices } from './devices/devices.ts';
import { followDevices } from './devices/follow.ts';
import { openPrintRoom } from './devices/printing.ts';
import { logCommands } from './drop/command-log.ts';
import { openCommander } from './drop/commander.ts';
import { openDrop } from './drop/machine.ts';
import { openReports } from './drop/reports.ts';
import { reviveMedia } from './health/media-restart.ts';
import { openHealth } from './health/run.ts';
import { type DoorDeps, openDoors } from './interfaces.ts';
import { keepCameraLock } from './media/camera-lock.ts';
import { openKeptLock } from './media/camera-lock-store.ts';
import { openDataUse } from './media/data-use-store.ts';
import { restingLoads } from './media/loads.ts';
import { openProgramme } from './media/media-source.ts';
import { plannedLinks } from './media/settings.ts';
import { restIn } from './media/sheddable.ts';
import type { BoxEvent } from './model/commands.ts';
import type { ModemCare } from './model/snapshot.ts';
import { keepStartedAt } from './model/started-at.ts';
import { BoxState } from './model/state-store.ts';
import { careForModems } from './modems/maintenance.ts';
import { type EventLog, openEventLog } from './mqtt/events.ts';
import { powerOff } from './power/logind.ts';
import { runPower } from './power/run.ts';

export interface BoxDeps extends DoorDeps {
  readonly version: string;
  /** What phones of this network open. */
  readonly playerUrl: string;
  /** Whether a box that was not cut off begins live, or waits to be asked. */
  readonly start: 'idle' | 'live';
  /** Called once, when it does what it was started for: frames flow, or it waits. */
  readonly onReady?: (state: BoxState) => void;
}

/**
 * Runs a whole box until `signal` aborts: the one place where everything meets.
 *
 * Rejects with a ConfigError, HalError or PipelineError when it cannot start.
 */
export async function runBox(config: Config, deps: BoxDeps, signal: AbortSignal): Promise<void> {
  const { clock, log, stateFolder, start } = deps;
  await claimState(stateFolder, { clock, log }, signal);
  const programme = await openProgramme(config, log, signal);
  await using devices: Devices = await openDevices(config, { clock, log }, signal);
  await using dataUse = await openDataUse(stateFolder, clock.wallMs(), log);
  const mqtt = withOwnBroker(config.mqtt);
  await using events: EventLog = await openEventLog(mqtt, stateFolder, { clock, log });

  const ending = new AbortController();
  const untilEnd = AbortSignal.any([signal, ending.signal]);
  const state = new BoxState(
    {
      name: config.box.name,
      version: deps.version,
      ...programme.facts,
      ...plannedLinks(config),
    },
    {
      startedAt: keepStartedAt(clock),
      drop: () => drop.state(),
      troubles: () => drop.troubles(),
      warnings: () => health.warnings(),
      events: () => events.state(),
      prints: () => printRoom.figures(),
    },
  );
  const snapshot = () => {
    const box = state.snapshot();
    devices.hand?.show(box);
    return box;
  };
  const onEvent = (event: BoxEvent) => {
    log.info('event', { type: event.type });
    reports.hear(event);
    events.record(event).catch((error: unknown) => {
      log.error('event lost', { type: event.type, reason: messageOf(error) });
    });
  };

  const reports = await openReports(`${stateFolder}/reports.json`, { snapshot, clock, log });

  // For this run only: told to whoever has given the PIN.
  const previewPath = `/preview/${randomBytes(16).toString('base64url')}`;
  let isReady = false;
  const beReady = () => {
    if (isReady) return;
    isReady = true;
    deps.onReady?.(state);
  };
  const mediaPath = programme.open({
    config,
    dataUse,
    stateFolder,
    previewPath,
    clock,
    log,
    isFirstDrop: () => drop.isFirst(),
    onListening: () => {
      log.info('serving viewers', { port: config.viewers.port });
      if (drop.state().phase === 'idle') beReady();
    },
    onLevels: (levels) => {
      health.hear(levels);
      state.set({ levels });
    },
    onFigures: (media) => {
      state.set({ media });
      if (media.isFlowing) beReady();
    },
    onRecording: (recording) => {
      health.hearRecording(recording);
      state.set({ recording });
    },
    onUplink: (uplink) => state.set({ uplink }),
    onChild: (name, supervised) => state.setChild(name, supervised),
  });
  const health = openHealth({ snapshot, onEvent, clock, log });
  const drop = await openDrop({
    keptFile: `${stateFolder}/drop.json`,
    start: programme.isEdge ? 'idle' : start,
    resumeWithinS: programme.isEdge ? 0 : config.drop.resume_within_s,
    effects: {
      setCapturing: (isWanted) => {
        mediaPath.setCapturing(isWanted);
        // What was heard last is no longer so.
        if (!isWanted) state.set({ levels: undefined });
      },
      beginDrop: async (dropId) => {
        mediaPath.setUplinking(true);
        await mediaPath.setRecording(dropId, untilEnd);
      },
      endDrop: async () => {
        mediaPath.setUplinking(false);
        await mediaPath.setRecording(undefined, untilEnd);
        mediaPath.clear();
        state.set({ media: undefined, levels: undefined, uplink: undefined });
      },
      mark: async ({ atMs, label }) => {
        const marked = { atMs, ...(label === undefined ? {} : { label }) };
        if (config.clips.folder === '') return marked;
        const { id, path, durationS } = await mediaPath.clip(untilEnd);
        const url = new URL(path, deps.playerUrl).href;
        const clip = { id, url, durationS };
        onEvent({ type: 'clip.made', severity: 'info', atMs: clock.wallMs(), data: clip });
        return { ...marked, clip };
      },
      powerOff: async () => {
        if (config.power.shut_down === 'machine') await powerOff(clock, untilEnd);
        else void clock.sleep(ANSWER_MS, untilEnd).then(() => ending.abort(), ignore);
      },
    },
    snapshot,
    onEvent,
    clock,
    log,
  });
  const printRoom = openPrintRoom({
    printer: devices.printer,
    snapshot,
    title: config.drop.title,
    playerUrl: deps.playerUrl,
    clock,
  });
  const { isEdge } = programme;
  const { print } = printRoom;
  const commander = logCommands(openCommander({ drop, isEdge, snapshot, print }), log);

  const tasks: Task[] = [
    mediaPath.run,
    (both) => {
      const onLocked = (isCameraLocked: boolean) => state.set({ isCameraLocked });
      const camera = programme.lockable;
      const kept = openKeptLock(stateFolder, programme.facts.camera, log);
      return keepCameraLock({ camera, kept, snapshot, onLocked, clock, log }, both);
    },
    (both) => drop.run(both),
    (both) => health.run(both),
    (both) => reports.run(both),
    (both) => {
      const { warnings } = health;
      return reviveMedia({ warnings, endMedia: mediaPath.endMedia, onEvent, clock, log }, both);
    },
    (both) => followDevices(devices, state, { clock, log }, both),
    (both) => {
      const onCare = (modemCare: readonly ModemCare[]) => state.set({ modemCare });
      const { modems } = devices;
      const deps = { config, modems, snapshot, stateFolder, onCare, onEvent, clock, log };
      return careForModems(deps, both);
    },
    (both) =>
      runPower(
        {
          battery: devices.battery,
          settings: () => ({
            ...plannedEnd(config, drop.state()),
            isNotOff: drop.troubles().notOff !== undefined,
          }),
          onBattery: (battery) => state.set({ battery }),
          restingIn: (power) => restingLoads(power, programme.sheddable),
          onPhase: (power, resting) => {
            state.set({ power, resting });
            mediaPath.rest(restIn(power, programme.sheddable));
            drop.apply({ kind: 'power', phase: power });
          },
          onEvent,
          clock,
          log,
        },
        both,
      ),
    ...openDoors({
      ...deps,
      previewPath,
      config,
      mqtt,
      devices,
      events,
      reports: reports.list,
      snapshot,
      commander,
      onBroker: (broker) => state.set({ broker }),
      onPanelAway: (part, reason) => state.setPanelAway(part, reason),
    }),
  ];
  await runAll(tasks, untilEnd);
}

/** Whoever asked for the end of the program is answered before it. */
const ANSWER_MS = 250;

const ignore = (): void => undefined;

/** Without a broker of the venue's, the box's own. */
function withOwnBroker(mqtt: Config['mqtt']): Config['mqtt'] {
  const { url, broker_port: port } = mqtt;
  return url === '' && port > 0 ? { ...mqtt, url: `mqtt://127.0.0.1:${port}` } : mqtt;
}

/** For the power policy: until when the drop is meant to last. */
function plannedEnd({ power }: Config, { phase, sinceMs }: { phase: string; sinceMs: number }) {
  if (power.planned_minutes === 0 || phase !== 'live') return {};
  return { plannedEndMs: sinceMs + power.planned_minutes * 60_000 };
}
