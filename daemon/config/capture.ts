/** `camera`, `sound`, `encoder`, `renditions`, `profiles` and `drop.look` of the config. */
import * as v from 'valibot';
import { METER_ID } from '../../pipelines/capture/graph.ts';
import { OWN_LOOKS } from '../../pipelines/look/own-looks.ts';
import {
  between,
  even,
  type Fault,
  flag,
  integer,
  name,
  oneOf,
  repeatedFaults,
  text,
  textOf,
} from './rules.ts';
import { UPLINK_TRACK } from './uplink.ts';

const cameraDevice = {
  driver: v.optional(
    oneOf('test', 'v4l2', 'libcamera', 'rtsp', 'srt', 'whip', 'file', 'custom'),
    'test',
  ),
  device: v.optional(text, ''),
  format: v.optional(oneOf('raw', 'mjpeg'), 'raw'),
  file: v.optional(text, ''),
  launch: v.optional(text, ''),
  url: v.optional(text, ''),
  latency_ms: v.optional(integer(0, 10_000), 200),
  transport: v.optional(oneOf('tcp', 'udp'), 'tcp'),
  credentials_file: v.optional(text, ''),
  port: v.optional(integer(1, 65535), 8190),
};

export const cameraSchema = v.strictObject({
  ...cameraDevice,
  width: v.optional(even(64, 3840), 1280),
  height: v.optional(even(64, 2160), 720),
  fps: v.optional(integer(5, 60), 30),
  lock_exposure: v.optional(flag, true),
  away_text: v.optional(textOf(60), 'Back in a moment'),
});

/** Its picture is made the first one's size. */
export const secondCameraSchema = v.strictObject(cameraDevice);

export const soundSchema = v.strictObject({
  driver: v.optional(oneOf('test', 'alsa', 'camera', 'file', 'custom', 'none'), 'test'),
  device: v.optional(text, 'default'),
  file: v.optional(text, ''),
  launch: v.optional(text, ''),
  channels: v.optional(integer(1, 2), 2),
  pick: v.optional(
    v.pipe(
      v.array(integer(1, 64)),
      v.minLength(1, 'must name at least one channel'),
      v.maxLength(2, 'must name two channels at most'),
    ),
  ),
  bitrate_bps: v.optional(integer(24_000, 320_000), 128_000),
});

const rendition = v.strictObject({
  name,
  width: even(64, 3840),
  height: even(64, 2160),
  bitrate_bps: integer(50_000, 30_000_000),
});

export const encoderSchema = v.strictObject({
  driver: v.optional(oneOf('auto', 'v4l2h264enc', 'x264enc', 'openh264enc'), 'auto'),
  speed: v.optional(oneOf('ultrafast', 'superfast', 'veryfast', 'faster'), 'superfast'),
  keyframe_ms: v.optional(integer(1000, 2000), 1000),
});

export const DEFAULT_RENDITIONS = [
  { name: 'high', width: 1280, height: 720, bitrate_bps: 2_400_000 },
  { name: 'mid', width: 854, height: 480, bitrate_bps: 1_300_000 },
  { name: 'low', width: 640, height: 360, bitrate_bps: 700_000 },
];

export const renditionsSchema = v.pipe(
  v.array(rendition),
  v.minLength(1, 'must list at least one rendition'),
  v.maxLength(4, 'must list four renditions at most'),
);

const renditionNames = v.pipe(v.array(name), v.minLength(1, 'must name at least one rendition'));

/** A profile that is left out is made from the renditions: see `ladderOf`. */
export const profilesSchema = v.strictObject({
  phone: v.optional(renditionNames),
  laptop: v.optional(renditionNames),
  'low-data': v.optional(renditionNames),
});

/** Colours of the picture that viewers get; recordings have the camera's. */
export const lookSchema = v.strictObject({
  name: v.optional(oneOf('none', ...OWN_LOOKS), 'none'),
  cube_file: v.optional(text, ''),
  strength: v.optional(between(0, 1), 1),
});

export type LookConfig = v.InferOutput<typeof lookSchema>;

export function hasLook({ name, cube_file, strength }: LookConfig): boolean {
  return (name !== 'none' || cube_file !== '') && strength > 0;
}

/** @param at Where it stands in its file. */
export function* lookFaults(
  { name, cube_file }: LookConfig,
  at: readonly (string | number)[],
): Generator<Fault> {
  if (name === 'none' || cube_file === '') return;
  yield {
    path: [...at, 'cube_file'],
    message: `must be empty: ${[...at, 'name'].join('.')} is ${name}`,
  };
}

type Renditions = v.InferOutput<typeof renditionsSchema>;

/** Name of the sound's track, beside those of the renditions. */
export const AUDIO_TRACK = 'audio';
/** The sound for WebRTC. */
export const OPUS_TRACK = 'opus';
/** Name of the picture without a look, which is recorded where viewers get one. */
export const CLEAN_TRACK = 'recording';
const RESERVED: readonly string[] = [AUDIO_TRACK, OPUS_TRACK, METER_ID, UPLINK_TRACK, CLEAN_TRACK];
/** A player that changes down on a bad network finds a rendition that it can play. */
const STEP_MAX = 2;

/** The key of the camera that is a phone or OBS by WHIP; undefined where none is. */
export function whipCameraOf({
  camera,
  camera2,
}: {
  readonly camera: CameraDevice;
  readonly camera2?: CameraDevice | undefined;
}): 'camera' | 'camera2' | undefined {
  if (camera.driver === 'whip') return 'camera';
  return camera2?.driver === 'whip' ? 'camera2' : undefined;
}

type CameraDevice = v.InferOutput<typeof secondCameraSchema>;

/** Drivers of cameras that may send sound. */
const WITH_SOUND: readonly CameraDevice['driver'][] = ['rtsp', 'srt', 'whip'];

export function* deviceFaults(
  camera: v.InferOutput<typeof cameraSchema>,
  camera2: CameraDevice | undefined,
  sound: v.InferOutput<typeof soundSchema>,
): Generator<Fault> {
  const second = camera2 === undefined ? {} : { camera2 };
  for (const [device, { driver, file, launch }] of Object.entries({ camera, ...second, sound })) {
    if (driver === 'file' && file === '') {
      yield { path: [device, 'file'], message: 'must name a media file, as the driver is file' };
    }
    if (driver === 'custom' && launch.trim() === '') {
      yield {
        path: [device, 'launch'],
        message: 'must hold a gst-launch fragment, as the driver is custom',
      };
    }
  }
  for (const [name, one] of Object.entries({ camera, ...second })) yield* cameraFaults(name, one);
  if (sound.driver === 'camera' && !WITH_SOUND.includes(camera.driver)) {
    yield {
      path: ['sound', 'driver'],
      message: 'can be camera only where camera.driver is rtsp, srt or whip',
    };
  }
  if (camera.driver === 'whip' && camera2?.driver === 'whip') {
    const message = 'must not be whip: camera.driver is, and one phone or OBS sends at a time';
    yield { path: ['camera2', 'driver'], message };
  }
}

const SCHEMES = { rtsp: /^rtsps?:\/\/[^/\s]/, srt: /^srt:\/\/\S/ } as const;

function* cameraFaults(name: string, { driver, url, device }: CameraDevice): Generator<Fault> {
  if ((driver === 'rtsp' || driver === 'srt') && !SCHEMES[driver].test(url)) {
    const example = driver === 'rtsp' ? 'rtsp://10.0.0.9/live' : 'srt://:7001?mode=listener';
    yield { path: [name, 'url'], message: `must be an address like ${example}` };
  }
  if (driver === 'v4l2' && device === '') {
    yield {
      path: [name, 'device'],
      message: 'must name a device like /dev/video0, as the driver is v4l2',
    };
  }
}

export function* renditionFaults(
  renditions: Renditions,
  profiles: v.InferOutput<typeof profilesSchema>,
): Generator<Fault> {
  const names = renditions.map((entry) => entry.name);
  for (const [i, entry] of names.entries()) {
    if (!RESERVED.includes(entry)) continue;
    yield {
      path: ['renditions', i, 'name'],
      message: `must not be ${entry}: the box uses that name`,
    };
  }
  yield* repeatedFaults(names.map((entry, i) => [['renditions', i, 'name'], entry]));
  yield* stepFaults(renditions);
  for (const [profile, entries] of Object.entries(profiles)) {
    for (const [i, entry] of (entries ?? []).entries()) {
      if (names.includes(entry)) continue;
      const message = `unknown rendition ${entry}; there are: ${names.join(', ')}`;
      yield { path: ['profiles', profile, i], message };
    }
  }
}

function* stepFaults(renditions: Renditions): Generator<Fault> {
  const sorted = [...renditions.entries()].toSorted(
    ([, a], [, b]) => b.bitrate_bps - a.bitrate_bps,
  );
  for (const [at, [i, { bitrate_bps }]] of sorted.entries()) {
    const next = sorted[at + 1]?.[1];
    if (next === undefined || bitrate_bps <= STEP_MAX * next.bitrate_bps) continue;
    const message = `must be at most twice that of the next lower rendition, ${next.name} (${next.bitrate_bps}); add one between them`;
    yield { path: ['renditions', i, 'bitrate_bps'], message };
  }
}
