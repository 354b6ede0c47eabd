/** The configuration of the box: its sections, and the rules between them. */
import { isIP } from 'node:net';
import * as v from 'valibot';
import { listenerPort } from '../../hal/gst/network-source.ts';
import { readMachineId } from '../../hal/os/files/machine-id.ts';
import { LANGUAGES } from '../../pipelines/player/text/language.ts';
import {
  cameraSchema,
  DEFAULT_RENDITIONS,
  deviceFaults,
  encoderSchema,
  profilesSchema,
  renditionFaults,
  renditionsSchema,
  secondCameraSchema,
  soundSchema,
  whipCameraOf,
} from './capture.ts';
import { chosenFaults } from './destinations.ts';
import { cardSchema, modemsSchema, printerSchema } from './devices.ts';
import { dropFaults, dropSchema, ordersSchema, rehearsalSchema, surveySchema } from './drop.ts';
import { edgeFaults, edgeSchema } from './edge.ts';
import { controlSchema, metricsSchema, updateSchema } from './metrics.ts';
import { fleetFaults, fleetSchema, mqttSchema } from './mqtt.ts';
import { networkFaults, networkSchema } from './network.ts';
import { operatorSchema } from './operator.ts';
import { panelFaults, panelSchema } from './panel.ts';
import { powerSchema } from './power.ts';
import { clipsSchema, recordingFaults, recordingSchema } from './recording.ts';
import { type Fault, name, oneOf, repeatedFaults } from './rules.ts';
import { uplink, uplinkFaults } from './uplink.ts';
import { viewersSchema } from './viewers.ts';

const NAME = 'must be lower-case letters, digits and hyphens, 32 at most, or empty';

/** Unique among the boxes of a broker and a network, and the same after each restart. */
export const ownName = () => `venuebox-${readMachineId().slice(0, 5)}`;

const boxSchema = v.strictObject({
  name: v.pipe(
    v.optional(v.union([v.literal(''), name], NAME), ''),
    v.transform((given) => given || ownName()),
  ),
  announce: v.optional(v.boolean(), true),
  language: v.optional(oneOf(...LANGUAGES), 'en'),
});

const sections = v.strictObject({
  box: v.optional(boxSchema, {}),
  log: v.optional(
    v.strictObject({ level: v.optional(oneOf('debug', 'info', 'warn', 'error'), 'info') }),
    {},
  ),
  camera: v.optional(cameraSchema, {}),
  camera2: v.optional(secondCameraSchema),
  sound: v.optional(soundSchema, {}),
  encoder: v.optional(encoderSchema, {}),
  renditions: v.optional(renditionsSchema, DEFAULT_RENDITIONS),
  profiles: v.optional(profilesSchema, {}),
  viewers: v.optional(viewersSchema, {}),
  edge: v.optional(edgeSchema, {}),
  operator: v.optional(operatorSchema, {}),
  network: v.optional(networkSchema, {}),
  drop: v.optional(dropSchema, {}),
  orders: v.optional(ordersSchema, {}),
  rehearsal: v.optional(rehearsalSchema, {}),
  survey: v.optional(surveySchema, {}),
  /** `null` is the same as none: so the demo goes without one. */
  uplink: v.pipe(
    v.nullish(uplink),
    v.transform((wanted) => wanted ?? undefined),
  ),
  recording: v.optional(recordingSchema, {}),
  clips: v.optional(clipsSchema, {}),
  panel: v.optional(panelSchema, {}),
  power: v.optional(powerSchema, {}),
  printer: v.optional(printerSchema, {}),
  card: v.optional(cardSchema, {}),
  modems: v.optional(modemsSchema, {}),
  mqtt: v.optional(mqttSchema, {}),
  fleet: v.optional(fleetSchema, {}),
  metrics: v.optional(metricsSchema, {}),
  control: v.optional(controlSchema, {}),
  update: v.optional(updateSchema, {}),
});

export const configSchema = v.pipe(
  sections,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, message } of crossFaults(dataset.value)) {
      addIssue({ message, path: issuePath(dataset.value, path) as never });
    }
  }),
);

export type Config = v.InferOutput<typeof sections>;

/** A server that is left out. */
const NO_PORT = 0;

/** What one section alone cannot show. */
function* crossFaults(config: Config): Generator<Fault> {
  yield* deviceFaults(config.camera, config.camera2, config.sound);
  yield* renditionFaults(config.renditions, config.profiles);
  if (config.viewers.window_s * 1000 < 6 * config.encoder.keyframe_ms) {
    yield { path: ['viewers', 'window_s'], message: 'must hold at least six key frame intervals' };
  }
  const names = config.renditions.map((entry) => entry.name);
  yield* uplinkFaults(config.uplink, names, config.recording.targets.length > 0);
  const upstream = (config.uplink?.links ?? []).flatMap(({ device = [] }) => device);
  yield* networkFaults(config.network, upstream);
  yield* edgeFaults(config.edge, config.viewers, config.uplink !== undefined);
  yield* dropFaults(config.drop, config.orders.checkout_hosts, ['drop']);
  const destinations = (config.uplink?.destinations ?? []).map(({ id }) => id);
  yield* chosenFaults(config.drop.destinations, destinations, ['drop']);
  yield* recordingFaults(config.recording);
  yield* panelFaults(config.panel);
  const { url, broker_port: ownBroker } = config.mqtt;
  yield* fleetFaults(config.fleet, url !== '' || ownBroker !== NO_PORT);
  if (config.printer.driver === 'network' && config.printer.host === '') {
    const message = 'must name the printer on the network, as the driver is network';
    yield { path: ['printer', 'host'], message };
  }
  if (isPolled(config.printer) && isIP(config.printer.host) === 0) {
    const message = `must be the printer's IP address, as the driver is ${config.printer.driver}: only it gets slips`;
    yield { path: ['printer', 'host'], message };
  }
  yield* portFaults(config);
  yield* udpPortFaults(config);
}

/** It fetches its slips from the box. */
const isPolled = ({ driver }: Config['printer']) =>
  driver === 'cloudprnt' || driver === 'direct-print';

function* portFaults({
  viewers,
  operator,
  metrics,
  mqtt,
  orders,
  printer,
}: Config): Generator<Fault> {
  const ports: readonly (readonly [path: readonly string[], port: number])[] = [
    [['viewers', 'port'], viewers.port],
    [['viewers', 'tls', 'port'], viewers.tls?.port ?? NO_PORT],
    [['operator', 'port'], operator.port],
    [['metrics', 'port'], metrics.port],
    [['orders', 'webhook', 'port'], orders.webhook.port],
    [['printer', 'poll_port'], isPolled(printer) ? printer.poll_port : NO_PORT],
    [['mqtt', 'broker_port'], mqtt.broker_port],
  ];
  yield* repeatedFaults(
    ports.filter(([, port]) => port !== NO_PORT),
    'port ',
  );
}

/** WebRTC of guests, and of a phone as the camera; a phone or encoder that calls by SRT. */
function* udpPortFaults(config: Config): Generator<Fault> {
  const whip = whipCameraOf(config);
  const ports: readonly (readonly [path: readonly string[], port: number])[] = [
    [['viewers', 'whep', 'port'], config.viewers.whep.port],
    [[whip ?? 'camera', 'port'], (whip && config[whip]?.port) ?? NO_PORT],
    ...(['camera', 'camera2'] as const).map((key) => [[key, 'url'], srtPort(config[key])] as const),
  ];
  yield* repeatedFaults(
    ports.filter(([, port]) => port !== NO_PORT),
    'UDP port ',
  );
}

const srtPort = (camera: Config['camera2']): number =>
  camera?.driver === 'srt' ? (listenerPort(camera.url) ?? NO_PORT) : NO_PORT;

/** Cameras whose picture anybody on the network can send, one line each: who calls first is on air. */
export function openCameras(config: Pick<Config, 'camera' | 'camera2'>): readonly string[] {
  return (['camera', 'camera2'] as const)
    .filter((key) => srtPort(config[key]) !== NO_PORT && config[key]?.credentials_file === '')
    .map(
      (key) =>
        `${key}.url: anyone on the network can send this picture; set a passphrase: ${key}.credentials_file`,
    );
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

/** The best picture. */
export function topRendition({ renditions }: Pick<Config, 'renditions'>) {
  const [best] = renditions.toSorted((a, b) => b.bitrate_bps - a.bitrate_bps);
  return best;
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
