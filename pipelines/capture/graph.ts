/** The launch line of the encoders' pipeline. */
import { type AudioEncoder, type VideoEncoder, videoEncoderLaunch } from './encoder.ts';

export interface RenditionSettings {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly bitrateBps: number;
}

export interface GraphSettings {
  readonly picture: { readonly widthPx: number; readonly heightPx: number; readonly fps: number };
  readonly hasSound: boolean;
  readonly gopFrames: number;
  readonly renditions: readonly RenditionSettings[];
  /** Of the camera's own colours, for recordings, where viewers may get a look. */
  readonly clean?: RenditionSettings | undefined;
  readonly audio: { readonly id: string; readonly channels: number; readonly bitrateBps: number };
  readonly encoder: VideoEncoder;
  readonly speed: 'ultrafast' | 'superfast' | 'veryfast' | 'faster';
  readonly audioEncoder: AudioEncoder | undefined;
  /** The sound for WebRTC, beside that of HLS. */
  readonly opus?: { readonly id: string; readonly bitrateBps: number };
}

/** An encoded track and the file descriptor that it is written to. */
export interface TrackOutput {
  readonly id: string;
  /** `meter`: raw audio for the level meter, S16LE. */
  readonly kind: 'video' | 'audio' | 'meter';
  readonly fd: number;
  /** Names of its elements in the graph. */
  readonly encoder: string;
  readonly sink: string;
  /** Closed by `drop=true`, so that the encoder is suspended; video only. */
  readonly valve?: string;
}

export interface Graph {
  readonly launch: string;
  readonly outputs: readonly TrackOutput[];
}

/** Names of the elements that frames and samples are pushed into. */
export const CAMERA_INPUT = 'camera';
/** The same frames without the look, where recordings have an encoder of their own. */
export const CLEAN_INPUT = 'clean';
export const SOUND_INPUT = 'microphone';
export type PictureInput = typeof CAMERA_INPUT | typeof CLEAN_INPUT;

/** ID of the meter's output. */
export const METER_ID = 'meter';

/** Sampling rate of the encoder and the meter. */
export const SAMPLE_RATE_HZ = 48_000;

/** An AAC frame has 1024 samples. */
export const AUDIO_FRAME_MS = (1024 * 1000) / SAMPLE_RATE_HZ;

/** Frames that may wait for the encoders; beyond that the oldest are dropped. */
const BACKLOG_FRAMES = 12;

/** The first descriptor after stdin, stdout and stderr. */
const FIRST_FD = 3;

/**
 * Renders the pipeline of the encoders.
 *
 * ```
 * frames ! gate ! tee ! valve ! scale ! encode ! GDP ! fd 3
 *                    \ ! valve ! scale ! encode ! GDP ! fd 4
 * frames without the look ! gate ! tee ! valve ! scale ! encode ! GDP ! fd
 * samples ! tee ! AAC ! GDP ! fd 5
 *              \ ! S16LE ! fd 6
 *              \ ! Opus ! GDP ! fd 7
 * ```
 *
 * Frames and samples are pushed in at a constant rate, whatever the sources do, so that
 * key frames by count stay aligned in all renditions.
 */
export function renderGraph(settings: GraphSettings): Graph {
  const { clean } = settings;
  const renditions = clean === undefined ? settings.renditions : [...settings.renditions, clean];
  const video = renditions.map(({ id }, i) => trackOutput(id, 'video', i));
  const audio = !settings.hasSound
    ? undefined
    : trackOutput(settings.audio.id, 'audio', renditions.length);
  const branches = renditions.map((rendition, i) =>
    renderRendition(rendition, video[i] as TrackOutput, settings),
  );
  const inputs: readonly PictureInput[] =
    clean === undefined ? [CAMERA_INPUT] : [CAMERA_INPUT, CLEAN_INPUT];
  const parts = [...inputs.map((input) => renderSource(input, settings)), ...branches];
  if (audio === undefined) return { launch: parts.join(' '), outputs: video };
  const meter = trackOutput(METER_ID, 'meter', renditions.length + 1);
  parts.push(renderSound(audio, settings), renderMeter(meter));
  const outputs = [...video, audio, meter];
  if (settings.opus !== undefined) {
    const opus = trackOutput(settings.opus.id, 'audio', outputs.length);
    parts.push(renderOpus(opus, settings.opus.bitrateBps));
    outputs.push(opus);
  }
  return { launch: parts.join(' '), outputs };
}

/**
 * The same encoders for the first picture that comes: each writes its key frame to a file, as GDP.
 *
 * @param fileOf By rendition.
 */
export function renderSlateGraph(settings: GraphSettings, fileOf: (id: string) => string): string {
  const branches = settings.renditions.map((rendition) => {
    const file = ['gdppay crc-header=false', `filesink location="${fileOf(rendition.id)}"`];
    const track = trackOutput(rendition.id, 'video', 0);
    return renderRendition(rendition, track, { ...settings, clean: undefined }, file);
  });
  return [renderSource(CAMERA_INPUT, settings, 1), ...branches].join(' ');
}

function trackOutput(id: string, kind: TrackOutput['kind'], index: number): TrackOutput {
  const names = { encoder: `encoder-${id}`, sink: `sink-${id}` };
  const valve = kind === 'video' ? { valve: `valve-${id}` } : {};
  return { id, kind, fd: FIRST_FD + index, ...names, ...valve };
}

/** Frames arrive at a constant rate (camera-feed.ts); those that no encoder takes in time are dropped. */
function renderSource(
  input: PictureInput,
  { picture: { widthPx, heightPx, fps } }: GraphSettings,
  frames?: number,
): string {
  const count = frames === undefined ? '' : `num-buffers=${frames} `;
  return [
    `appsrc name=${input} ${count}is-live=true format=time max-bytes=0 max-buffers=${BACKLOG_FRAMES} leaky-type=downstream ` +
      `caps=video/x-raw,format=I420,width=${widthPx},height=${heightPx},framerate=${fps}/1,` +
      'pixel-aspect-ratio=1/1,interlace-mode=progressive',
    'queue max-size-buffers=4 max-size-bytes=0 max-size-time=0',
    `valve name=${gateOf(input)}`,
    `tee name=${framesOf(input)}`,
  ].join(' ! ');
}

/** The valve that all frames of an input go through. */
export function gateOf(input: PictureInput): string {
  return input === CAMERA_INPUT ? 'gate' : `gate-${input}`;
}

function framesOf(input: PictureInput): string {
  return input === CAMERA_INPUT ? 'frames' : `frames-${input}`;
}

function renderRendition(
  rendition: RenditionSettings,
  { encoder, fd, sink, valve }: TrackOutput,
  { encoder: kind, gopFrames, speed, clean }: GraphSettings,
  output = renderOutput(fd, sink),
): string {
  const { width, height, bitrateBps } = rendition;
  return [
    `${framesOf(rendition === clean ? CLEAN_INPUT : CAMERA_INPUT)}.`,
    `valve name=${valve}`,
    'queue max-size-buffers=3 max-size-bytes=0 max-size-time=0',
    'videoscale',
    `video/x-raw,width=${width},height=${height},pixel-aspect-ratio=1/1`,
    videoEncoderLaunch(kind, encoder, { bitrateBps, gopFrames, speed }),
    'h264parse config-interval=0',
    'video/x-h264,stream-format=avc,alignment=au',
    ...output,
  ].join(' ! ');
}

function renderSound({ encoder, fd, sink }: TrackOutput, settings: GraphSettings): string {
  const { audio, audioEncoder } = settings;
  const caps = `audio/x-raw,format=S16LE,layout=interleaved,rate=${SAMPLE_RATE_HZ},channels=${audio.channels}`;
  return [
    `appsrc name=${SOUND_INPUT} is-live=true format=time max-bytes=1000000 leaky-type=downstream caps=${caps}`,
    'tee name=sound',
    'queue max-size-time=500000000 max-size-buffers=0 max-size-bytes=0',
    'audioconvert',
    `${audioEncoder} name=${encoder} bitrate=${audio.bitrateBps}`,
    'aacparse',
    'audio/mpeg,mpegversion=4,stream-format=raw',
    ...renderOutput(fd, sink),
  ].join(' ! ');
}

/** Frames of 20 ms, as browsers expect them. */
function renderOpus({ encoder, fd, sink }: TrackOutput, bitrateBps: number): string {
  return [
    'sound.',
    'queue max-size-time=500000000 max-size-buffers=0 max-size-bytes=0',
    'audioconvert',
    `opusenc name=${encoder} bitrate=${bitrateBps} complexity=5 frame-size=20`,
    ...renderOutput(fd, sink),
  ].join(' ! ');
}

/** Raw audio beside the encoder; unread audio is dropped. */
function renderMeter({ fd, sink }: TrackOutput): string {
  return [
    'sound.',
    'queue leaky=downstream max-size-time=200000000 max-size-buffers=0 max-size-bytes=0',
    'audioconvert',
    'audio/x-raw,format=S16LE,layout=interleaved',
    `fdsink name=${sink} fd=${fd} sync=false async=false`,
  ].join(' ! ');
}

/** A reader that stops reading loses access units here, and does not block the others. */
function renderOutput(fd: number, sink: string): readonly string[] {
  return [
    'queue leaky=downstream max-size-time=1000000000 max-size-buffers=0 max-size-bytes=0',
    'gdppay crc-header=false',
    `fdsink name=${sink} fd=${fd} sync=false async=false`,
  ];
}
