/** The media path of a box with a camera: media, input and uplink processes. */
import type { Sound } from '../../hal/audio/port.ts';
import type { Camera, SetLive } from '../../hal/camera/port.ts';
import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Supervised } from '../../hal/os/supervise.ts';
import { openSwitch } from '../../hal/os/switch.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import type { CameraKind } from '../../pipelines/capture/camera-choice.ts';
import { bitrateProperty } from '../../pipelines/capture/encoder.ts';
import type { SourceFigures, SourceKind } from '../../pipelines/capture/messages.ts';
import type { ClipMade } from '../../pipelines/media/archive.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { MediaFigures } from '../../pipelines/media/messages.ts';
import type { TargetState } from '../../pipelines/recording/settings.ts';
import type { Config } from '../config/config.ts';
import { UPLINK_TRACK, type UplinkConfig } from '../config/uplink.ts';
import type { UplinkFigures } from '../model/snapshot.ts';
import { type MediaChild, openMedia } from './children/media.ts';
import { openSupervision } from './children/supervision.ts';
import { openUplink } from './children/uplink.ts';
import type { DataUseStore } from './data-use-store.ts';
import { openDropRecording } from './drop-recording.ts';
import type { Encoders } from './element-check.ts';
import { openLiveInput } from './live-input.ts';
import { mediaSettings, uplinkSettings } from './settings.ts';
import { openSuspendedEncoders, type Suspension } from './suspended-encoders.ts';
import { openUplinkMessages } from './uplink-messages.ts';

export interface MediaPathDeps {
  readonly config: Config;
  readonly camera: Camera;
  readonly camera2: Camera | undefined;
  readonly sound: Sound;
  readonly encoders: Encoders;
  readonly passphrase: string | undefined;
  readonly dataUse: DataUseStore;
  readonly stateFolder: string;
  /** Under which the crew sees the stage before it is live; a secret. */
  readonly previewPath: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The drop that the process was started for is on: whoever asked for it waits for its picture. */
  readonly isFirstDrop: () => boolean;
  /** Viewers are served, before the first frame. */
  readonly onListening: () => void;
  readonly onLevels: (levels: Levels) => void;
  readonly onFigures: (figures: MediaFigures) => void;
  /** What the sources bring, once a second; undefined while they are not wanted. */
  readonly onSources: (figures: SourceFigures | undefined) => void;
  readonly onRecording: (targets: readonly TargetState[]) => void;
  readonly onUplink: (figures: UplinkFigures) => void;
  readonly onChild: (name: string, supervised: Supervised) => void;
}

/** Capture, media and uplink: three supervised children and what they ask of each other. */
export interface MediaPath {
  /**
   * Runs them. Rejects where a person must mend it: viewers cannot be served at
   * all, or the drop that the process was started for has no picture.
   */
  readonly run: Task;
  /** Camera and encoder run from the checks to the end of a drop. */
  setCapturing(isWanted: boolean): void;
  /** Ends the process of a source; another one is started. */
  restartSource(kind: SourceKind, reason: string): void;
  /** Puts a camera on air, where there are two. */
  choose(camera: CameraKind): void;
  /** Sets a property of the camera's pipeline that runs, where one does. */
  setLive: SetLive;
  /** Kills a media process that has stalled; another one is started. */
  endMedia(): void;
  /** SRT goes upstream while a drop is live. */
  setUplinking(isWanted: boolean): void;
  /** A clip of the last seconds. Rejects where none can be made. */
  clip(signal: AbortSignal): Promise<ClipMade>;
  /**
   * Records a drop, by its id, or none. Begins at once; resolves when each target has
   * closed its files, or ten seconds later.
   */
  setRecording(dropId: string | undefined, signal: AbortSignal): Promise<void>;
  /** What rests to save power, until told otherwise. */
  suspend(rest: Suspension): void;
  /** Viewers start over: with poster and countdown, until the next drop. */
  clear(): void;
}

export function openMediaPath(deps: MediaPathDeps): MediaPath {
  const { config, camera, sound, encoders, clock, log } = deps;
  let hasFlowed = false;
  let hasPlayed = false;
  let hasListened = false;
  let sources: SourceFigures | undefined;
  const media: MediaChild = openMedia({
    settings: mediaSettings(
      config,
      sound.source !== undefined,
      deps.stateFolder,
      deps.previewPath,
      clock.wallMs(),
    ),
    clock,
    log,
    onListening: () => {
      hasListened = true;
      suspended.onMediaServing();
      recording.onMediaServing();
      deps.onListening();
    },
    onKeyframesWanted: () => input.capture.send({ type: 'keyframe' }),
    // Its last words come after the switch.
    onLevels: (levels) => {
      if (capturing.isWanted) deps.onLevels(levels);
    },
    onRecording: (targets) => {
      recording.onTargets(targets);
      deps.onRecording(targets);
    },
    onFigures: (figures) => {
      suspended.onFigures(figures);
      hasFlowed ||= figures.isFlowing;
      const framesPerS = sources?.camera.framesPerS;
      deps.onFigures({ ...figures, ...(framesPerS === undefined ? {} : { framesPerS }) });
    },
  });
  const recording = openDropRecording((message) => media.send(message), clock);
  const suspended = openSuspendedEncoders({
    toMedia: (message) => media.send(message),
    toCapture: (message) => input.capture.send(message),
    valveOf: (rendition) => input.graph.outputs.find(({ id }) => id === rendition)?.valve,
    restartCapture: (reason) => input.capture.restart(reason),
    clock,
  });
  let uplinkTargetBps = config.uplink?.bitrate_bps ?? 0;
  let uplinkMaxBps = Number.POSITIVE_INFINITY;
  const setUplinkBitrate = (targetBps: number) => {
    uplinkTargetBps = targetBps;
    const output = input.graph.outputs.find(({ id }) => id === UPLINK_TRACK);
    const value = bitrateProperty(encoders.video, Math.min(targetBps, uplinkMaxBps));
    if (output === undefined || value === undefined) return;
    input.capture.send({ type: 'bitrate', element: output.encoder, value });
  };
  const child = openSupervision(deps);
  const input = openLiveInput({
    config,
    camera,
    camera2: deps.camera2,
    sound,
    encoders,
    stateFolder: deps.stateFolder,
    media,
    clock,
    log,
    supervise: child,
    isMending: () => hasFlowed || hasPlayed || !deps.isFirstDrop(),
    onPlaying: () => {
      hasPlayed = true;
      suspended.onCapturePlaying();
      log.info('encoders started', { video: encoders.video });
      // A new encoder starts at the most; the links may carry less now.
      setUplinkBitrate(uplinkTargetBps);
    },
    onFigures: (figures) => {
      if (!capturing.isWanted) return;
      sources = figures;
      deps.onSources(figures);
    },
  });
  const capturing = openSwitch(input.run);
  const uplinking = openSwitch(
    config.uplink === undefined ? untilAborted : uplinkTask(config.uplink),
  );

  function uplinkTask(wanted: UplinkConfig): Task {
    const { passphrase, dataUse } = deps;
    const uplink = openUplink({
      settings: () =>
        uplinkSettings(
          wanted,
          sound.source !== undefined,
          passphrase,
          dataUse.useAt(clock.wallMs()),
        ),
      media,
      clock,
      log,
      onMessage: openUplinkMessages(wanted, {
        clock,
        log,
        dataUse,
        child: () => uplink,
        onTarget: setUplinkBitrate,
        onFigures: (figures) => {
          if (uplinking.isWanted) deps.onUplink(figures);
        },
      }),
    });
    // Viewers and recordings go on, whatever is wrong with the way upstream.
    return child('uplink', uplink.run, () => true);
  }

  return {
    run: (signal) => {
      const serving = child('media', media.run, () => hasListened);
      return runAll([serving, capturing.run, uplinking.run], signal);
    },
    setCapturing: (isWanted) => {
      if (isWanted) recording.forgetLast();
      capturing.set(isWanted);
      if (isWanted) return;
      sources = undefined;
      deps.onSources(undefined);
    },
    setLive: input.setLive,
    restartSource: (kind, reason) => input.restartSource(kind, reason),
    choose: (kind) => input.choose(kind),
    endMedia: () => media.kill(),
    setUplinking: (isWanted) => uplinking.set(isWanted),
    setRecording: (dropId, signal) => recording.set(dropId, signal),
    clip: (signal) => media.clip(config.clips.length_s, signal),
    suspend: (wanted) => {
      suspended.set(wanted);
      uplinkMaxBps = wanted.uplinkMaxBps ?? Number.POSITIVE_INFINITY;
      setUplinkBitrate(uplinkTargetBps);
    },
    clear: () => media.restart('the drop is over'),
  };
}
