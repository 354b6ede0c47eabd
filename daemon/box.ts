import { openSound } from '../hal/audio/drivers.ts';
import { openCamera } from '../hal/camera/drivers.ts';
import type { Clock } from '../hal/os/clock.ts';
import type { Log } from '../hal/os/log.ts';
import { ProcessError } from '../hal/os/process.ts';
import { type RestartPolicy, type Supervised, supervise } from '../hal/os/supervise.ts';
import { runAll, type Task } from '../hal/os/task.ts';
import { bitrateProperty } from '../pipelines/capture/encoder.ts';
import { renderGraph } from '../pipelines/capture/graph.ts';
import { PipelineError } from '../pipelines/errors.ts';
import { openCapture } from './children/capture.ts';
import { openMedia } from './children/media.ts';
import { openUplink } from './children/uplink.ts';
import type { Config } from './config.ts';
import { runOperator } from './operator/server.ts';
import { findEncoders } from './preflight.ts';
import { graphSettings, mediaSettings, uplinkSettings } from './settings.ts';
import { BoxState } from './state-store.ts';
import { startSteadiness, stepSteadiness } from './steadiness.ts';
import { UPLINK_TRACK } from './uplink/config.ts';
import { openDataUse } from './uplink/data-use-store.ts';
import { openUplinkMessages, readPassphrase } from './uplink/uplink.ts';

export interface BoxDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Where the box keeps what must outlast it. */
  readonly stateFolder: string;
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
  const { clock, log, stateFolder } = deps;
  const camera = openCamera(config.camera);
  const sound = openSound(config.sound);
  const passphrase = await readPassphrase(config.uplink?.passphrase_file ?? '');
  await camera.check(signal);
  await sound.check(signal);
  // Looked up each time: a camera with a stable id may be plugged in elsewhere by then.
  const sources = () => ({ camera: camera.source, sound: sound.source });
  const hasUplink = config.uplink !== undefined;
  const encoders = await findEncoders(config.encoder.driver, hasUplink, sources());
  log.info('encoders chosen', { video: encoders.video, audio: encoders.audio ?? 'none' });
  await using dataUse = await openDataUse(stateFolder, clock.wallMs(), log);

  const state = new BoxState({ camera: camera.name, sound: sound.name, encoder: encoders.video });
  let isReady = false;
  let hasPlayed = false;
  let steadiness = startSteadiness(camera.source.isSteady);
  const graph = () =>
    renderGraph(graphSettings(config, { ...sources(), isSteady: steadiness.isSteady }, encoders));
  log.debug('capture pipeline', { launch: graph().launch });

  const media = openMedia({
    settings: mediaSettings(config, sound.source !== undefined, clock.wallMs()),
    clock,
    log,
    onListening: () => log.info('serving viewers', { port: config.viewers.port }),
    onLevels: (levels) => state.setLevels(levels),
    onFigures: (figures) => {
      const before = steadiness;
      steadiness = stepSteadiness(before, figures.heldFramesTotal);
      if (before.isSteady && !steadiness.isSteady) {
        capture.restart('the camera leaves frames out; they are repeated from now on');
      }
      state.setMedia(figures);
      if (!figures.isFlowing || isReady) return;
      isReady = true;
      deps.onReady?.(state);
    },
  });
  let uplinkTargetBps = config.uplink?.bitrate_bps ?? 0;
  const setUplinkBitrate = (targetBps: number) => {
    uplinkTargetBps = targetBps;
    const outlet = graph().outlets.find(({ id }) => id === UPLINK_TRACK);
    const value = bitrateProperty(encoders.video, targetBps);
    if (outlet === undefined || value === undefined) return;
    capture.send({ type: 'bitrate', element: outlet.encoder, value });
  };
  const capture = openCapture({
    camera,
    sound,
    soundChannels: config.sound.channels,
    graph,
    media,
    clock,
    log,
    onPlaying: () => {
      hasPlayed = true;
      log.info('capturing', { camera: camera.name, sound: sound.name });
      // A new encoder starts at the most; the links may carry less now.
      setUplinkBitrate(uplinkTargetBps);
    },
  });

  const child = (name: string, task: Task, isNeeded = true): Task => {
    let hasRun = false;
    let failures = 0;
    const options = {
      policy: CHILD_POLICY,
      clock,
      log,
      onChange: (supervised: Supervised) => {
        hasRun ||= isReady;
        state.setChild(name, supervised);
      },
      // What is wrong from the start is a person's business; later it may mend itself.
      isFatal: (error: unknown) => {
        if (!isNeeded || hasRun || isReady) return false;
        if (isOwnFailure(error) && !hasPlayed) failures += 1;
        return isStartFault(error) || failures >= START_TRIES;
      },
    };
    return (both) => supervise(name, task, options, both);
  };
  const tasks: Task[] = [
    child('media', media.run),
    child('capture', capture.run),
    (both) => runOperator(config.operator, { state, log }, both),
  ];
  if (config.uplink !== undefined) {
    const wanted = config.uplink;
    const uplink = openUplink({
      settings: () =>
        uplinkSettings(wanted, sound.source !== undefined, passphrase, dataUse.use.bytesByLink),
      media,
      clock,
      log,
      onMessage: openUplinkMessages(wanted, {
        clock,
        log,
        dataUse,
        child: () => uplink,
        onTarget: setUplinkBitrate,
        onFigures: (figures) => state.setUplink(figures),
      }),
    });
    // Viewers and recordings go on, whatever is wrong with the way upstream.
    tasks.push(child('uplink', uplink.run, false));
  }
  await runAll(tasks, signal);
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
