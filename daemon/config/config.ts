import * as v from 'valibot';
import { METER_ID } from '../../pipelines/capture/graph.ts';
import { controlSchema } from './control.ts';
import { boardId, modemsSchema, printerSchema } from './devices.ts';
import { dropMachineSchema } from './drop.ts';
import { edgeFaults, edgeSchema } from './edge.ts';
import { metricsSchema } from './metrics.ts';
import { mqttSchema } from './mqtt.ts';
import { operatorSchema } from './operator.ts';
import { panelFaults, panelSchema } from './panel.ts';
import { powerSchema } from './power.ts';
import { clipsSchema, recordingFaults, recordingSchema } from './recording.ts';
import { even, type Fault, name, oneOf, text, whole } from './rules.ts';
import { UPLINK_TRACK, uplink, uplinkFaults } from './uplink.ts';

/** The box's whole configuration: types, defaults and what each message says. */

const camera = v.strictObject({
  driver: v.optional(oneOf('test', 'v4l2', 'libcamera', 'file', 'custom'), 'test'),
  device: v.optional(text, ''),
  format: v.optional(oneOf('raw', 'mjpeg'), 'raw'),
  file: v.optional(text, ''),
  launch: v.optional(text, ''),
  width: v.optional(even(64, 3840), 1280),
  height: v.optional(even(64, 2160), 720),
  fps: v.optional(whole(5, 60), 30),
  lock_exposure: v.optional(v.boolean('must be true or false'), true),
});

const sound = v.strictObject({
  driver: v.optional(oneOf('test', 'alsa', 'file', 'custom', 'none'), 'test'),
  device: v.optional(text, 'default'),
  file: v.optional(text, ''),
  launch: v.optional(text, ''),
  channels: v.optional(whole(1, 2), 2),
  pick: v.optional(
    v.pipe(
      v.array(whole(1, 64)),
      v.minLength(1, 'must name at least one channel'),
      v.maxLength(2, 'must name two channels at most'),
    ),
  ),
  bitrate_bps: v.optional(whole(24_000, 320_000), 128_000),
});

const rendition = v.strictObject({
  name,
  width: even(64, 3840),
  height: even(64, 2160),
  bitrate_bps: whole(50_000, 30_000_000),
});

const encoder = v.strictObject({
  driver: v.optional(oneOf('auto', 'v4l2h264enc', 'x264enc', 'openh264enc'), 'auto'),
  speed: v.optional(oneOf('ultrafast', 'superfast', 'veryfast', 'faster'), 'superfast'),
  keyframe_ms: v.optional(whole(1000, 2000), 1000),
});

const tls = v.strictObject({
  port: v.optional(whole(1, 65535), 8443),
  cert_file: text,
  key_file: text,
});

const viewers = v.strictObject({
  host: v.optional(text, '0.0.0.0'),
  port: v.optional(whole(1, 65535), 8080),
  part_ms: v.optional(whole(50, 1000), 200),
  window_s: v.optional(whole(6, 7200), 20),
  max_connections: v.optional(whole(1, 20_000), 6000),
  max_connections_per_address: v.optional(whole(1, 20_000), 256),
  tls: v.optional(tls),
});

const drop = v.strictObject({
  title: v.optional(v.pipe(text, v.maxLength(120, 'must be 120 characters at most')), 'Live'),
  starts_at: v.optional(
    v.union(
      [v.literal(''), v.pipe(text, v.isoTimestamp())],
      'must be a time like 2026-05-01T20:00:00Z, or empty',
    ),
    '',
  ),
  ...dropMachineSchema.entries,
});

const power = v.strictObject({
  ...powerSchema.entries,
  board: v.pipe(powerSchema.entries.board, boardId),
});

const ladder = v.pipe(v.array(name), v.minLength(1, 'must name at least one rendition'));

/** A profile that is left out is made from the renditions: see {@link ladderOf}. */
const profiles = v.strictObject({
  phone: v.optional(ladder),
  laptop: v.optional(ladder),
  'low-data': v.optional(ladder),
});

const DEFAULT_RENDITIONS = [
  { name: 'high', width: 1280, height: 720, bitrate_bps: 2_400_000 },
  { name: 'mid', width: 854, height: 480, bitrate_bps: 1_300_000 },
  { name: 'low', width: 640, height: 360, bitrate_bps: 700_000 },
];

export const configSchema = v.pipe(
  v.strictObject({
    box: v.optional(v.strictObject({ name: v.optional(name, 'venuebox') }), {}),
    log: v.optional(
      v.strictObject({ level: v.optional(oneOf('debug', 'info', 'warn', 'error'), 'info') }),
      {},
    ),
    camera: v.optional(camera, {}),
    sound: v.optional(sound, {}),
    encoder: v.optional(encoder, {}),
    renditions: v.optional(
      v.pipe(
        v.array(rendition),
        v.minLength(1, 'must list at least one rendition'),
        v.maxLength(4, 'must list four renditions at most'),
      ),
      DEFAULT_RENDITIONS,
    ),
    profiles: v.optional(profiles, {}),
    viewers: v.optional(viewers, {}),
    edge: v.optional(edgeSchema, {}),
    operator: v.optional(operatorSchema, {}),
    drop: v.optional(drop, {}),
    /** `null` is the same as none: so the demo goes without one. */
    uplink: v.pipe(
      v.nullish(uplink),
      v.transform((wanted) => wanted ?? undefined),
    ),
    recording: v.optional(recordingSchema, {}),
    clips: v.optional(clipsSchema, {}),
    panel: v.optional(panelSchema, {}),
    power: v.optional(power, {}),
    printer: v.optional(printerSchema, {}),
    modems: v.optional(modemsSchema, {}),
    mqtt: v.optional(mqttSchema, {}),
    metrics: v.optional(metricsSchema, {}),
    control: v.optional(controlSchema, {}),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, message } of crossFaults(dataset.value)) {
      addIssue({ message, path: issuePath(dataset.value, path) as never });
    }
  }),
);

type Shape = {
  readonly camera: v.InferOutput<typeof camera>;
  readonly sound: v.InferOutput<typeof sound>;
  readonly renditions: readonly v.InferOutput<typeof rendition>[];
  readonly profiles: v.InferOutput<typeof profiles>;
  readonly viewers: v.InferOutput<typeof viewers>;
  readonly edge: v.InferOutput<typeof edgeSchema>;
  readonly operator: v.InferOutput<typeof operatorSchema>;
  readonly encoder: v.InferOutput<typeof encoder>;
  readonly uplink?: v.InferOutput<typeof uplink> | undefined;
  readonly printer: v.InferOutput<typeof printerSchema>;
  readonly recording: v.InferOutput<typeof recordingSchema>;
  readonly metrics: v.InferOutput<typeof metricsSchema>;
  readonly panel: v.InferOutput<typeof panelSchema>;
  readonly mqtt: v.InferOutput<typeof mqttSchema>;
};

export type Config = v.InferOutput<typeof configSchema>;

/** Name of the sound's track, beside those of the renditions. */
export const AUDIO_TRACK = 'audio';
const RESERVED: readonly string[] = [AUDIO_TRACK, METER_ID, UPLINK_TRACK];
/** A server that is left out. */
const NO_PORT = 0;

/** What one key alone cannot show. */
function* crossFaults(config: Shape): Generator<Fault> {
  for (const device of ['camera', 'sound'] as const) {
    const { driver, file, launch } = config[device];
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
  if (config.camera.driver === 'v4l2' && config.camera.device === '') {
    yield {
      path: ['camera', 'device'],
      message: 'must name a device like /dev/video0, as the driver is v4l2',
    };
  }
  const names = config.renditions.map((entry) => entry.name);
  for (const [i, entry] of names.entries()) {
    if (RESERVED.includes(entry))
      yield {
        path: ['renditions', i, 'name'],
        message: `must not be ${entry}, a name that the box itself uses`,
      };
    if (names.indexOf(entry) !== i)
      yield { path: ['renditions', i, 'name'], message: `${entry} is there twice` };
  }
  for (const [profile, entries] of Object.entries(config.profiles)) {
    for (const [i, entry] of (entries ?? []).entries()) {
      if (names.includes(entry)) continue;
      const message = `names no rendition of this config; there are: ${names.join(', ')}`;
      yield { path: ['profiles', profile, i], message };
    }
  }
  if (config.viewers.window_s * 1000 < 6 * config.encoder.keyframe_ms) {
    yield { path: ['viewers', 'window_s'], message: 'must hold at least six key frame intervals' };
  }
  yield* uplinkFaults(config.uplink, names);
  yield* edgeFaults(config.edge, config.viewers, config.uplink !== undefined);
  yield* recordingFaults(config.recording);
  yield* panelFaults(config.panel);
  if (config.printer.driver === 'network' && config.printer.host === '') {
    yield {
      path: ['printer', 'host'],
      message: 'must name the printer on the network, as the driver is network',
    };
  }
  yield* portFaults(config);
}

function* portFaults({ viewers, operator, metrics, mqtt }: Shape): Generator<Fault> {
  const ports: readonly (readonly [path: readonly string[], port: number])[] = [
    [['viewers', 'port'], viewers.port],
    [['viewers', 'tls', 'port'], viewers.tls?.port ?? NO_PORT],
    [['operator', 'port'], operator.port],
    [['metrics', 'port'], metrics.port],
    [['mqtt', 'broker_port'], mqtt.broker_port],
  ];
  const taken = new Map<number, string>();
  for (const [path, port] of ports.filter(([, port]) => port !== NO_PORT)) {
    const first = taken.get(port);
    if (first !== undefined) yield { path, message: `must not be ${port}: ${first} is that` };
    taken.set(port, first ?? path.join('.'));
  }
}

/**
 * Rendition names of each device profile: as configured, or by bitrate all of
 * them for a laptop, all but the highest for a phone, the lowest for low data.
 */
export function ladderOf(config: Config): Readonly<Record<string, readonly string[]>> {
  const sorted = config.renditions.toSorted((a, b) => b.bitrate_bps - a.bitrate_bps);
  const names = sorted.map((entry) => entry.name);
  return {
    phone: config.profiles.phone ?? (names.length > 1 ? names.slice(1) : names),
    laptop: config.profiles.laptop ?? names,
    'low-data': config.profiles['low-data'] ?? names.slice(-1),
  };
}

/** valibot wants the values along the way beside the keys. */
function issuePath(root: unknown, path: readonly (string | number)[]): readonly object[] {
  let input: unknown = root;
  return path.map((key) => {
    const value = (input as Record<string | number, unknown> | undefined)?.[key];
    const item = { type: 'unknown', origin: 'value', input, key, value };
    input = value;
    return item;
  });
}
