/** The encoders' pipeline and what feeds it: pictures and sound without a pause. */
import { readFileSync } from 'node:fs';
import { ifMissing } from '../../hal/os/errors.ts';
import type { GstPipeline } from '../gst/gst.ts';
import { playPipeline, pusherInto } from '../gst/pipeline.ts';
import { openRawReader } from '../source/raw-reader.ts';
import { CameraFeed } from './camera-feed.ts';
import { SOUND_INPUT } from './graph.ts';
import type { CaptureSettings, FromCapture, SourceKind, ToCapture } from './messages.ts';
import { openPictureInputs } from './picture-inputs.ts';
import { SoundFeed } from './sound-feed.ts';
import type { SourceInput } from './source-input.ts';

const FIGURES_EVERY_MS = 1_000;

export interface EncodersDeps {
  readonly send: (message: FromCapture) => void;
  /** The pipeline failed: nothing can be encoded any more. */
  readonly fail: (message: string) => void;
}

/** Runs the encoders. Throws with GStreamer's words where the pipeline cannot be built. */
export function runEncoders(
  settings: CaptureSettings,
  { send, fail }: EncodersDeps,
): (message: ToCapture) => void {
  const nowUs = () => Number(process.hrtime.bigint() / 1000n);
  const pipeline = playPipeline(settings.launch, {
    onPlaying: (clockUs) => send({ type: 'playing', clockUs }),
    onEnd: () => fail('the encoders have ended'),
    onError: fail,
  });
  const startUs = nowUs();
  const sound =
    settings.sound &&
    new SoundFeed(settings.sound, startUs, { push: pusherInto(pipeline, SOUND_INPUT), nowUs });
  const pictures = openPictureInputs(pipeline, settings);
  const camera = new CameraFeed(settings.picture, startUs, {
    push: pictures.push,
    nowUs,
    // Viewers get both from the same moment on.
    onFirst: () => sound?.start(),
    readFile: readFileSync,
  });
  const sources = openSources(
    { camera: camera.input('camera'), camera2: camera.input('camera2'), sound },
    send,
  );
  setInterval(() => {
    const figures = {
      camera: camera.takeFigures(),
      ...(sound === undefined ? {} : { sound: sound.takeFigures() }),
      ...pictures.takeFigures(),
    };
    send({ type: 'figures', figures });
  }, FIGURES_EVERY_MS);
  return (message) => {
    if (message.type === 'source') sources.open(message);
    else if (message.type === 'source-clock') sources.setClock(message);
    else if (message.type === 'overlay') pictures.setOverlay(message.sprites);
    else if (message.type === 'look') pictures.setLook(message.file);
    else if (message.type === 'keyframe') pictures.forceKeyframes();
    else if (message.type === 'choose') camera.choose(message.camera);
    else if (message.type === 'clock') camera.showClock(message.isOn);
    else control(pipeline, message);
  };
}

type Inputs = Readonly<Record<SourceKind, SourceInput | undefined>>;

/** The process of each source that is read now. */
function openSources(inputs: Inputs, send: EncodersDeps['send']) {
  const reading = new Map<SourceKind, { readonly run: number; readonly stop: () => void }>();
  return {
    open: ({ kind, run, path }: Extract<ToCapture, { type: 'source' }>) => {
      const input = inputs[kind];
      if (input === undefined) return;
      reading.get(kind)?.stop();
      input.begin();
      const isCurrent = () => reading.get(kind)?.run === run;
      const stop = openIfThere(path, {
        onCaps: (caps) => {
          if (isCurrent()) input.setCaps(caps);
        },
        onUnit: ({ data, runningUs }) => {
          if (isCurrent()) input.add(data, runningUs);
        },
        onEnd: () => undefined,
      });
      if (stop === undefined) return;
      reading.set(kind, { run, stop });
      send({ type: 'source-opened', kind, run });
    },
    setClock: ({ kind, run, clockUs }: Extract<ToCapture, { type: 'source-clock' }>) => {
      if (reading.get(kind)?.run === run) inputs[kind]?.setClock(clockUs);
    },
  };
}

/** Undefined where the source that writes has ended meanwhile, with its FIFO. */
function openIfThere(...what: Parameters<typeof openRawReader>): (() => void) | undefined {
  try {
    return openRawReader(...what);
  } catch (error) {
    return ifMissing(error);
  }
}

function control(pipeline: GstPipeline, message: ToCapture): void {
  if (message.type === 'bitrate') {
    const element = pipeline.findChild(message.element);
    if (element !== undefined) element['bitrate'] = message.value;
  }
  if (message.type === 'valve') {
    const element = pipeline.findChild(message.element);
    if (element !== undefined) element['drop'] = message.isShut;
  }
}
