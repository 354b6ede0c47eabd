import { openSound } from '../hal/audio/drivers.ts';
import { type StandbySound, withStandby } from '../hal/audio/standby.ts';
import { openCamera } from '../hal/camera/drivers.ts';
import type { Clock } from '../hal/os/clock.ts';
import { messageOf } from '../hal/os/log.ts';
import { runAll, type Task } from '../hal/os/task.ts';
import { keepCameraLock } from './camera-lock.ts';
import type { BoxEvent } from './commands.ts';
import type { Config } from './config.ts';
import { type Devices, openDevices } from './devices/devices.ts';
import { followDevices } from './devices/follow.ts';
import { type DoorDeps, openDoors } from './doors.ts';
import { openCommander } from './drop/commander.ts';
import { openDrop } from './drop/machine.ts';
import { reviveMedia } from './health/revive.ts';
import { openHealth } from './health/run.ts';
import { type MediaPath, openMediaPath } from './media-path.ts';
import { restingLoads } from './power/loads.ts';
import { powerOff } from './power/logind.ts';
import { runPower } from './power/run.ts';
import { restIn, sheddableOf } from './power/sheddable.ts';
import { findEncoders } from './preflight.ts';
import { openPrintRoom } from './print/print-room.ts';
import { BoxState } from './state-store.ts';
import { type EventLog, openEventLog } from './status/events.ts';
import { openDataUse } from './uplink/data-use-store.ts';
import { readPassphrase } from './uplink/uplink.ts';

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
  const camera = openCamera(config.camera, (...what) => mediaPath.setLive(...what));
  const microphone = openSound(config.sound);
  const passphrase = await readPassphrase(config.uplink?.passphrase_file ?? '');
  await camera.check(signal);
  // At the start a person is there to plug it in; later the picture goes on without it.
  await microphone.check(signal);
  const sound = withStandby(microphone);
  const sources = { camera: camera.source, sound: sound.source };
  const hasUplink = config.uplink !== undefined;
  const encoders = await findEncoders(config.encoder.driver, hasUplink, sources);
  const sheddable = sheddableOf(config, encoders);
  log.info('encoders chosen', { video: encoders.video, audio: encoders.audio ?? 'none' });
  await using devices: Devices = await openDevices(config, { clock, log }, signal);
  await using dataUse = await openDataUse(stateFolder, clock.wallMs(), log);
  const mqtt = withOwnBroker(config.mqtt);
  await using events: EventLog = await openEventLog(mqtt, stateFolder, log);

  const ending = new AbortController();
  const untilEnd = AbortSignal.any([signal, ending.signal]);
  const state = new BoxState(
    {
      name: config.box.name,
      version: deps.version,
      startedAt: new Date(clock.wallMs()).toISOString(),
      camera: camera.name,
      sound: sound.name,
      encoder: encoders.video,
    },
    {
      drop: () => drop.state(),
      warnings: () => health.warnings(),
    },
  );
  const snapshot = () => {
    const box = state.snapshot();
    devices.hand?.show(box);
    return box;
  };
  const onEvent = (event: BoxEvent) => {
    log.info('event', { type: event.type });
    events.record(event).catch((error: unknown) => {
      log.error('event lost', { type: event.type, reason: messageOf(error) });
    });
  };

  let isReady = false;
  const beReady = () => {
    if (isReady) return;
    isReady = true;
    deps.onReady?.(state);
  };
  const mediaPath = openMediaPath({
    config,
    camera,
    sound,
    encoders,
    passphrase,
    dataUse,
    stateFolder,
    clock,
    log,
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
    start,
    resumeWithinS: config.drop.resume_within_s,
    effects: {
      setCapturing: (isWanted) => mediaPath.setCapturing(isWanted),
      beginDrop: async () => {
        mediaPath.setUplinking(true);
        await mediaPath.setRecording(true, untilEnd);
      },
      endDrop: async () => {
        mediaPath.setUplinking(false);
        await mediaPath.setRecording(false, untilEnd);
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
        else ending.abort();
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
  const commander = openCommander({ drop, snapshot, print: printRoom.print });

  const tasks: Task[] = [
    mediaPath.run,
    (both) => {
      const onLocked = (isCameraLocked: boolean) => state.set({ isCameraLocked });
      const isOn = config.camera.lock_exposure;
      return keepCameraLock({ isOn, camera, snapshot, onLocked, clock, log }, both);
    },
    (both) => followMicrophone(sound, mediaPath, clock, both),
    (both) => drop.run(both),
    (both) => health.run(both),
    (both) => {
      const { warnings } = health;
      return reviveMedia({ warnings, endMedia: mediaPath.endMedia, onEvent, clock, log }, both);
    },
    (both) => followDevices(devices, state, { clock, log }, both),
    (both) =>
      runPower(
        {
          battery: devices.battery,
          settings: () => plannedEnd(config, drop.state()),
          onBattery: (battery) => state.set({ battery }),
          restingIn: (power) => restingLoads(power, sheddable),
          onPhase: (power, resting) => {
            state.set({ power, resting });
            mediaPath.rest(restIn(power, sheddable));
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
      config,
      mqtt,
      devices,
      events,
      snapshot,
      commander,
      onBroker: (broker) => state.set({ broker }),
    }),
  ];
  await runAll(tasks, untilEnd);
}

/** The picture went on without it; its sound is taken up again when it is plugged in. */
async function followMicrophone(
  sound: StandbySound,
  mediaPath: MediaPath,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for await (const { phase } of sound.presence(clock, signal)) {
    if (phase === 'there' && sound.now.phase === 'away') {
      mediaPath.restartCapture('the microphone is back');
    }
  }
}

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
