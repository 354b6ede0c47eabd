/** Launch lines of the source processes: what a camera or a sound card brings, made uniform. */
import type { LaunchFragment } from '../../hal/gst/launch.ts';

/** Size of the picture that leaves a camera's process. */
export interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Stdin, stdout and stderr come first. */
const FD = 3;

/** Frames of one process leave by this descriptor, as GDP. A reader that stands loses frames here. */
const OUTPUT = [
  'queue leaky=downstream max-size-buffers=4 max-size-bytes=0 max-size-time=0',
  'gdppay crc-header=false',
  `fdsink fd=${FD} sync=false async=false`,
];

/**
 * A camera: any size, rotation, interlacing, pixel shape and rate becomes upright, progressive
 * I420 of one size, with bars where the shape differs, in the rate that it comes in.
 */
export function renderCameraGraph(camera: LaunchFragment, size: PictureSize): string {
  const { widthPx, heightPx } = size;
  return [
    camera.launch,
    'queue leaky=downstream max-size-buffers=4 max-size-bytes=0 max-size-time=0',
    // Without a decoder for its caps these pass through.
    'videoconvert',
    'deinterlace',
    'videoflip video-direction=auto',
    'videoscale add-borders=true',
    `video/x-raw,format=I420,width=${widthPx},height=${heightPx},pixel-aspect-ratio=1/1`,
    ...OUTPUT,
  ].join(' ! ');
}

/** Sound of any rate and any channels becomes interleaved S16LE of one rate, channels as they are. */
export function renderSoundGraph(sound: LaunchFragment, sampleRateHz: number): string {
  return [
    sound.launch,
    'queue leaky=downstream max-size-time=500000000 max-size-buffers=0 max-size-bytes=0',
    'audioconvert',
    'audioresample',
    `audio/x-raw,format=S16LE,layout=interleaved,rate=${sampleRateHz}`,
    ...OUTPUT.with(
      0,
      'queue leaky=downstream max-size-time=500000000 max-size-buffers=0 max-size-bytes=0',
    ),
  ].join(' ! ');
}
