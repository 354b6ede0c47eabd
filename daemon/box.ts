import { openSound } from '../hal/audio/drivers.ts';
import { openCamera } from '../hal/camera/drivers.ts';
import type { Clock } from '../hal/os/clock.ts';
import type { Log } from '../hal/os/log.ts';
import { ProcessError } from '../hal/os/process.ts';
import { type RestartPolicy, type Supervised, supervise } from '../hal/os/supervise.ts';
import { runAll } from '../hal/os/task.ts';
import { renderGraph } from '../pipelines/capture/graph.ts';
import { PipelineError } from '../pipelines/errors.ts';
import type { MediaFigures, MediaSettings } from '../pipelines/media/messages.ts';
import { openChildren } from './children.ts';
import type { Commander } from './commands.ts';
import { AUDIO_TRACK, type Config, ladderOf } from './config.ts';
import type { LogTail } from './operator/log-tail.ts';
import { runOperator } from './operator/server.ts';
import { findEncoders } from './preflight.ts';
import type { BoxSnapshot } from './snapshot.ts';
import { BoxState } from './state-store.ts';

export interface BoxDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The newest lines of `log`, for the operator's page. */
  readonly logTail: LogTail;
  readonly version: string;
  /** What the box keeps over a restart. */
  readonly stateFolder: string;
  /** A PIN for the operator's page was made: to be shown once, never logged. */
  readonly onNewPin: (pin: string, file: string) => void;
  /** Called once, when frames flow and viewers can be served. */
  readonly onReady?: (state: BoxState) => void;
}

/** A dead child is back within the time a viewer's buffer lasts; one that cannot start, every 5 s. */
const CHILD_POLICY: RestartPolicy = { firstPauseMs: 50, longestPauseMs: 5_000, healthyMs: 10_000 };

/**
 * Runs a whole box until `signal` aborts: the one place where everything meets.
 *
 * Rejects with a ConfigError, HalError or PipelineError when it cannot start.
 */
export async function runBox(config: Config, deps: BoxDeps, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps;
  const camera = openCamera(config.camera);
  const sound = openSound(config.sound);
  await camera.check(signal);
  await sound.check(signal);
  const encoders = await findEncoders(config.encoder.driver, camera.source, sound.source);
  log.info('encoders chosen', { video: encoders.video, audio: encoders.audio ?? 'none' });

  let isSteady = camera.source.isSteady;
  const graph = () =>
    renderGraph({
      isSteady,
      camera: camera.source,
      sound: sound.source,
      fps: config.camera.fps,
      gopFrames: gopFrames(config),
      renditions: config.renditions.map(({ name, width, height, bitrate_bps }) => ({
        id: name,
        width,
        height,
        bitrateBps: bitrate_bps,
      })),
      audio: {
        id: AUDIO_TRACK,
        channels: config.sound.channels,
        bitrateBps: config.sound.bitrate_bps,
      },
      encoder: encoders.video,
      speed: config.encoder.speed,
      audioEncoder: encoders.audio,
    });
  log.debug('capture pipeline', { launch: graph().launch });

  const state = new BoxState({ camera: camera.name, sound: sound.name, encoder: encoders.video });
  let isReady = false;
  let holeyS = 0;
  let hasPlayed = false;
  const children = openChildren({
    camera,
    sound,
    soundChannels: config.sound.channels,
    graph,
    media: mediaSettings(config, sound.source !== undefined, startOfDayMs(clock.wallMs())),
    clock,
    log,
    onListening: () => log.info('serving viewers', { port: config.viewers.port }),
    onPlaying: () => {
      hasPlayed = true;
      log.info('capturing', { camera: camera.name, sound: sound.name });
    },
    onLevels: (levels) => state.setLevels(levels),
    onFigures: (figures) => {
      const isHoley = hasHoles(state.snapshot().media, figures);
      holeyS = Math.max(0, holeyS + (isHoley ? 1 : -1));
      if (isSteady && holeyS >= HOLEY_S) {
        isSteady = false;
        children.restartCapture('the camera leaves frames out; they are repeated from now on');
      }
      state.setMedia(figures);
      if (!figures.isFlowing || isReady) return;
      isReady = true;
      deps.onReady?.(state);
    },
  });

  const child = (name: 'media' | 'capture', task: (signal: AbortSignal) => Promise<void>) => {
    let hasRun = false;
    let failures = 0;
    return (both: AbortSignal) =>
      supervise(
        name,
        task,
        {
          policy: CHILD_POLICY,
          clock,
          log,
          onChange: (supervised: Supervised) => {
            hasRun ||= isReady;
            state.setChild(name, supervised);
          },
          // What is wrong from the start is a person's business; later it may mend itself.
          isFatal: (error) => {
            if (hasRun || isReady) return false;
            if (isOwnFailure(error) && !hasPlayed) failures += 1;
            return isStartFault(error) || failures >= START_TRIES;
          },
        },
        both,
      );
  };
  await runAll(
    [
      child('media', children.runMedia),
      child('capture', children.runCapture),
      (both) =>
        runOperator(
          config.operator,
          {
            boxName: config.box.name,
            snapshot: () => wholeSnapshot(config, deps.version, state),
            commander: ALWAYS_ON_AIR,
            slips: () => [],
            logTail: deps.logTail,
            viewers: {
              port: config.viewers.port,
              ...(config.viewers.tls && { tlsPort: config.viewers.tls.port }),
            },
            stateFolder: deps.stateFolder,
            onNewPin: deps.onNewPin,
            clock,
            log,
          },
          both,
        ),
    ],
    signal,
  );
}

/** The box knows no drops yet: it is on air from its start, and has none of the other devices. */
function wholeSnapshot(config: Config, version: string, state: BoxState): BoxSnapshot {
  const known = state.snapshot();
  return {
    ...known,
    name: config.box.name,
    version,
    drop: { phase: 'live', sinceMs: Date.parse(known.startedAt) },
    power: 'normal',
    warnings: [],
    uplink: undefined,
    recording: [],
    battery: { phase: 'absent' },
    printer: { phase: 'absent' },
    modems: { phase: 'absent' },
    system: undefined,
  };
}

const ALWAYS_ON_AIR: Commander = {
  run: async ({ verb }) => ({
    status: 'rejected',
    code: 'UNSUPPORTED',
    detail: `${verb}: this box is on air from its start to its end`,
  }),
};

/** Frames a second that a steady source may leave out before it is believed to be none. */
const HOLES_FORGIVEN = 3;
/** For so many seconds: the start is rough, and a restart of capture is a second without a picture. */
const HOLEY_S = 5;

function hasHoles(before: MediaFigures | undefined, now: MediaFigures): boolean {
  return before !== undefined && now.heldFramesTotal - before.heldFramesTotal > HOLES_FORGIVEN;
}

/** A camera that GStreamer cannot open at the start, three times, is not there. */
const START_TRIES = 3;

/** The child gave up by itself; nobody killed it. */
function isOwnFailure(error: unknown): boolean {
  return error instanceof ProcessError && error.exitCode !== undefined;
}

function isStartFault(error: unknown): boolean {
  return error instanceof PipelineError && error.code !== 'GRAPH_FAILED';
}

/** Key frames by count, so that they fall on the same frame in every rendition. */
function gopFrames({ camera, encoder }: Config): number {
  return Math.round((camera.fps * encoder.keyframe_ms) / 1000);
}

/** A part is a whole number of frames, as near to what was asked for as that goes. */
function partMs({ camera, viewers }: Config): number {
  const frames = Math.max(1, Math.round((viewers.part_ms * camera.fps) / 1000));
  return (frames * 1000) / camera.fps;
}

/**
 * Media time counts from midnight UTC, so that times and sequence numbers go on
 * growing when the whole box is started anew, and stay small.
 */
function startOfDayMs(nowMs: number): number {
  return nowMs - (nowMs % 86_400_000);
}

function mediaSettings(config: Config, hasSound: boolean, epochMs: number): MediaSettings {
  const { viewers, renditions, sound, drop } = config;
  const { tls } = viewers;
  const video = renditions.map(({ name }) => ({ id: name, kind: 'video' as const }));
  const bitrates = renditions.map(({ name, bitrate_bps }) => [name, bitrate_bps] as const);
  return {
    partMs: partMs(config),
    segmentMs: (gopFrames(config) * 1000) / config.camera.fps,
    windowS: viewers.window_s,
    epochMs,
    tracks: hasSound ? [...video, { id: AUDIO_TRACK, kind: 'audio' }] : video,
    ladder: {
      bitratesBps: Object.fromEntries([
        ...bitrates,
        ...(hasSound ? [[AUDIO_TRACK, sound.bitrate_bps]] : []),
      ]),
      profiles: ladderOf(config),
    },
    drop: { title: drop.title, startsAt: drop.starts_at },
    server: {
      host: viewers.host,
      port: viewers.port,
      maxConnections: viewers.max_connections,
      maxConnectionsPerAddress: viewers.max_connections_per_address,
      ...(tls === undefined
        ? {}
        : { tls: { port: tls.port, certFile: tls.cert_file, keyFile: tls.key_file } }),
    },
  };
}
