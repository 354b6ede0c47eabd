/** Chooses the encoders and renders their part of the launch line. */
import { PipelineError } from '../errors/pipeline-error.ts';

export type VideoEncoder = 'v4l2h264enc' | 'x264enc' | 'openh264enc';
export type AudioEncoder = 'fdkaacenc' | 'avenc_aac' | 'voaacenc';

export interface EncoderSettings {
  readonly bitrateBps: number;
  /** Frames from one key frame to the next. */
  readonly gopFrames: number;
  readonly speed: 'ultrafast' | 'superfast' | 'veryfast' | 'faster';
}

/** Best first: the Pi's hardware, then software. */
const VIDEO_ENCODERS: readonly VideoEncoder[] = ['v4l2h264enc', 'x264enc', 'openh264enc'];
const AUDIO_ENCODERS: readonly AudioEncoder[] = ['fdkaacenc', 'avenc_aac', 'voaacenc'];

/** The Debian package of each element. */
const ENCODER_PACKAGES: Readonly<Record<VideoEncoder | AudioEncoder, string>> = {
  v4l2h264enc: 'gstreamer1.0-plugins-good, on a Pi with a hardware encoder',
  x264enc: 'gstreamer1.0-plugins-ugly',
  openh264enc: 'gstreamer1.0-plugins-bad',
  fdkaacenc: 'gstreamer1.0-fdkaac',
  avenc_aac: 'gstreamer1.0-libav',
  voaacenc: 'gstreamer1.0-plugins-bad',
};

/**
 * The best H.264 encoder that is installed.
 *
 * @param wanted `auto`, or the one the config names.
 * @throws PipelineError NO_ENCODER, naming the package to install.
 */
export function chooseVideoEncoder(
  wanted: 'auto' | VideoEncoder,
  isInstalled: (element: string) => boolean,
): VideoEncoder {
  const candidates = wanted === 'auto' ? VIDEO_ENCODERS : [wanted];
  const chosen = candidates.find(isInstalled);
  if (chosen !== undefined) return chosen;
  throw noEncoder('H.264', candidates);
}

/** @throws PipelineError NO_ENCODER, naming the packages to install. */
export function chooseAudioEncoder(isInstalled: (element: string) => boolean): AudioEncoder {
  const chosen = AUDIO_ENCODERS.find(isInstalled);
  if (chosen !== undefined) return chosen;
  throw noEncoder('AAC', AUDIO_ENCODERS);
}

function noEncoder(
  what: string,
  candidates: readonly (VideoEncoder | AudioEncoder)[],
): PipelineError {
  const ways = candidates.map((name) => `${name} (${ENCODER_PACKAGES[name]})`);
  const missing = `no ${what} encoder: GStreamer has none of ${ways.join(', ')}`;
  return new PipelineError('NO_ENCODER', missing, { advice: 'install one of them' });
}

/** The encoder's part of the launch line: constant bitrate, no B-frames, key frames by count only. */
export function videoEncoderLaunch(
  encoder: VideoEncoder,
  name: string,
  { bitrateBps, gopFrames, speed }: EncoderSettings,
): string {
  switch (encoder) {
    case 'x264enc':
      return `x264enc name=${name} tune=zerolatency speed-preset=${speed} bitrate=${kbps(bitrateBps)} key-int-max=${gopFrames} bframes=0 vbv-buf-capacity=500 option-string="scenecut=0:sliced-threads=1" ! video/x-h264,profile=main`;
    case 'openh264enc':
      return `openh264enc name=${name} complexity=low rate-control=bitrate bitrate=${bitrateBps} max-bitrate=${Math.round(bitrateBps * 1.2)} gop-size=${gopFrames} scene-change-detection=false enable-frame-skip=false`;
    case 'v4l2h264enc':
      return `v4l2h264enc name=${name} extra-controls="controls,video_bitrate=${bitrateBps},video_bitrate_mode=1,h264_i_frame_period=${gopFrames},repeat_sequence_header=1" ! video/x-h264,level=(string)4,profile=main`;
  }
}

/** The value of the encoder's `bitrate` property, in its own unit; undefined where it cannot be changed. */
export function bitrateProperty(encoder: VideoEncoder, bitrateBps: number): number | undefined {
  if (encoder === 'x264enc') return kbps(bitrateBps);
  if (encoder === 'openh264enc') return bitrateBps;
  // v4l2h264enc takes its bitrate in a structure that the binding cannot set.
  return undefined;
}

function kbps(bps: number): number {
  return Math.max(1, Math.round(bps / 1000));
}
