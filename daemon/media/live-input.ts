/** Camera, sound card and encoders: three processes that fail each alone. */
import { join } from 'node:path';
import type { SetLive } from '../../hal/camera/port.ts';
import type { LaunchFragment } from '../../hal/gst/launch.ts';
import { anySignal, untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { HalError } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import type { CameraKind } from '../../pipelines/capture/camera-choice.ts';
import { type Graph, renderGraph, SAMPLE_RATE_HZ } from '../../pipelines/capture/graph.ts';
import type { SourceFigures, SourceKind } from '../../pipelines/capture/messages.ts';
import { encodeSlateUnits, slateUnitFiles } from '../../pipelines/capture/slate-units.ts';
import { renderCameraGraph, renderSoundGraph } from '../../pipelines/source/graph.ts';
import { openSlateFiles, type SlateFiles } from '../../pipelines/source/slate-files.ts';
import type { Config } from '../config/config.ts';
import type { DropConfig } from '../config/drop.ts';
import { SourceStalls } from './camera/source-stalls.ts';
import { type CaptureChild, openCapture } from './children/capture.ts';
import { openLastMessage } from './children/last-message.ts';
import type { MediaChild } from './children/media.ts';
import { openSource, type SourceChild } from './children/source.ts';
import type { Inputs } from './inputs/inputs.ts';
import type { StreamLook } from './look/stream-look.ts';
import { captureSettings, graphSettings, slateSettings } from './settings.ts';

const NO_SLATES: SlateFiles = { titleFile: '', textFile: '' };

export interface LiveInputDeps {
  readonly config: () => Config;
  /** The drop that is on, or the next one. */
  readonly presentDrop: () => DropConfig;
  /** Those of the config that is in force. */
  readonly inputs: () => Inputs;
  readonly stateFolder: string;
  /** Of the stream that is on, or begins. */
  readonly look: Pick<StreamLook, 'hasClean' | 'file'>;
  /** The process that the encoders feed. */
  readonly media: MediaChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly onPlaying: () => void;
  readonly onFigures: (figures: SourceFigures) => void;
  /** Makes a supervised task of a child; see `openSupervision`. */
  readonly supervise: (name: string, run: Task, isRecovering: () => boolean) => Task;
  /** Whether encoders that do not start may still start by themselves. */
  readonly isRecovering: () => boolean;
}

export interface LiveInput {
  readonly capture: CaptureChild;
  /** The encoders' pipeline, of the stream that is on. */
  graph(): Graph;
  readonly run: Task;
  /** Ends a source's process; its supervisor starts it again. */
  restartSource(kind: SourceKind, reason: string): void;
  /** Puts a camera on air, also of an encoder that is started later. */
  choose(camera: CameraKind): void;
  /** Burns the time into the picture, also of an encoder that is started later, or no more. */
  showClock(isOn: boolean): void;
  /** Sets a property of the camera's pipeline, where it runs. */
  readonly setLive: SetLive;
}

export function openLiveInput(deps: LiveInputDeps): LiveInput {
  const { config, inputs, clock, log, supervise } = deps;
  const encoding = () =>
    graphSettings(config(), inputs().hasSound, inputs().encoders, deps.look.hasClean);
  const graph = () => renderGraph(encoding());
  log.debug('capture pipeline', { launch: graph().launch });
  let slates: SlateFiles = NO_SLATES;
  const send: CaptureChild['send'] = (message) => capture.send(message);
  const clockInPicture = openLastMessage(send);
  const choice = openLastMessage(send);
  const capture = openCapture({
    settings: async (signal) => {
      slates = await openSlates(deps, signal);
      const units = slateUnitFiles(slates.titleFile, encoding());
      return captureSettings(config(), inputs().hasSound, graph(), slates, units);
    },
    media: deps.media,
    clock,
    log,
    onPlaying: () => {
      clockInPicture.onPlaying();
      if (inputs().camera2 !== undefined) choice.onPlaying();
      if (deps.look.file !== '') capture.send({ type: 'look', file: deps.look.file });
      deps.onPlaying();
    },
    onFigures: (figures) => {
      for (const { kind, hasSent } of stalls.step(figures)) {
        if (hasSent) restartSource(kind, 'no frames');
        else processes[kind].fail(new HalError('TIMEOUT', 'it sends nothing'));
      }
      deps.onFigures(figures);
    },
  });
  const stalls = new SourceStalls();
  const processes = openSources(deps, capture, stalls);
  const restartSource = (kind: SourceKind, reason: string) => processes[kind].restart(reason);
  const runSource = (kind: SourceKind) => supervise(kind, processes[kind].run, () => true);
  const tasks = () => [
    supervise('capture', capture.run, deps.isRecovering),
    encodeSlates(capture, (signal) => encodeSlateUnits(slates.titleFile, encoding(), signal), log),
    runSource('camera'),
    ...(inputs().camera2 === undefined ? [] : [runSource('camera2')]),
    ...(inputs().hasSound ? [runSource('sound')] : []),
  ];
  return {
    capture,
    graph,
    run: (signal) => runAll(tasks(), signal),
    restartSource,
    choose: (camera) => choice.set({ type: 'choose', camera }),
    showClock: (isOn) => clockInPicture.set({ type: 'clock', isOn }),
    setLive: (element, property, value) =>
      processes.camera.send({ type: 'set', element, property, value }),
  };
}

/** Their processes, each of the device that the config names at its start. */
function openSources(
  { config, inputs, clock, log }: LiveInputDeps,
  capture: CaptureChild,
  stalls: SourceStalls,
): Readonly<Record<SourceKind, SourceChild>> {
  const ofCamera = (source: LaunchFragment) => {
    const { width: widthPx, height: heightPx } = config().camera;
    return renderCameraGraph(source, { widthPx, heightPx });
  };
  const ofSound = (source: LaunchFragment) => renderSoundGraph(source, SAMPLE_RATE_HZ);
  const open = (kind: SourceKind) =>
    openSource({
      ...{ kind, capture, clock, log },
      device: () => inputs()[kind],
      onPlaying: ({ isCalled }) => stalls.begin(kind, isCalled),
      onEnd: () => stalls.end(kind),
      graph: kind === 'sound' ? ofSound : ofCamera,
    });
  return { camera: open('camera'), camera2: open('camera2'), sound: open('sound') };
}

/** Once the encoders run, which do not wait for it. */
function encodeSlates(capture: CaptureChild, encode: Task, log: Log): Task {
  return async (signal) => {
    for (;;) {
      const playing = await capture.playing(signal).catch(() => undefined);
      if (playing === undefined) return;
      await encode(signal).catch((error: unknown) => {
        if (signal.aborted) return;
        log.warn('title picture not encoded', { reason: messageOf(error) });
      });
      using ends = anySignal(playing.gone, signal);
      await untilAborted(ends.signal);
    }
  };
}

/** Without them the last picture stands, and black in its place. */
async function openSlates(
  { config, presentDrop, stateFolder, log }: LiveInputDeps,
  signal: AbortSignal,
): Promise<SlateFiles> {
  try {
    const settings = slateSettings({ ...config(), drop: presentDrop() }, stateFolder);
    return await openSlateFiles(join(stateFolder, 'slates'), settings, signal);
  } catch (error) {
    signal.throwIfAborted();
    log.warn('title picture not drawn', { reason: messageOf(error) });
    return NO_SLATES;
  }
}
