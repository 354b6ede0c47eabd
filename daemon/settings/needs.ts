/**
 * What each key of the config needs to take effect: the one table that the page, the box and
 * README.md beside this go by. What is not listed needs a restart of the box.
 */

/** Parts that are restarted by themselves. */
export type Part =
  | 'mqtt'
  | 'metrics'
  | 'announce'
  | 'network'
  | 'addresses'
  /** The operator's page: those who have it open sign in again. */
  | 'page'
  | 'modems'
  | 'printer'
  /** In the box, for trials. */
  | 'broker'
  | 'backfill'
  /** What a drop is sent by, at its next start. */
  | 'links'
  /** The process that serves guests. */
  | 'media'
  /** Cameras, sound card and encoders: what differs of them, and no other process. */
  | 'source'
  /** Of the camera's exposure. */
  | 'lock'
  /** The web shop's orders. */
  | 'webhook'
  /** Buttons and lamps. */
  | 'panel'
  | 'battery';

/**
 * - `nothing`: it is read whenever it is used.
 * - a part: that is restarted, also during a drop; guests and recordings do not notice.
 * - `camera`, `sound`: that source's process is restarted, also during a drop: the last picture or
 *   silence takes its place for some seconds, and encoders, recordings and guests go on.
 * - `page`: the operator's page opens again, perhaps at another address; guests do not notice.
 * - `between`: read at the start of each drop.
 * - `media`: guests are served by a new process, which they notice; not during a drop.
 * - `restart`: of the box.
 */
export type Need =
  | ('nothing' | 'mqtt' | 'metrics' | 'announce' | 'modems' | 'printer' | 'panel')
  | ('camera' | 'sound' | 'page' | 'webhook')
  | Later;

/** What waits for the end of a drop. */
type Later = 'between' | 'media' | 'restart';

interface Rule {
  readonly keys: readonly string[];
  readonly need: Need;
  readonly parts?: readonly Part[];
  /** A start of the box may fail with it: see `trial.ts`. */
  readonly isTried?: boolean;
}

/** The first that names a key, or what the key is in, holds for it. */
const RULES: readonly Rule[] = [
  // What was sold under it is that drop's, and no other's.
  { keys: ['drop.id'], need: 'between' },
  { keys: ['drop.reactions', 'drop.branding_folder'], need: 'media', parts: ['media'] },
  { keys: ['drop', 'card', 'rehearsal', 'survey'], need: 'nothing' },
  { keys: ['orders.window_minutes', 'orders.pending_minutes'], need: 'nothing' },
  { keys: ['orders.checkout_hosts'], need: 'nothing' },
  { keys: ['orders.webhook'], need: 'webhook', parts: ['webhook'], isTried: true },
  { keys: ['power.planned_minutes', 'power.shut_down'], need: 'nothing' },
  { keys: ['panel.hearts_lamp', 'printer.sticker_file', 'printer.max_per_hour'], need: 'nothing' },
  { keys: ['operator.pin_file', 'operator.host_pin_file'], need: 'nothing' },
  { keys: ['operator.idle_minutes', 'operator.session_hours'], need: 'nothing' },
  { keys: ['update', 'clips.length_s'], need: 'nothing' },
  { keys: ['mqtt.broker_port'], need: 'mqtt', parts: ['broker', 'mqtt'] },
  { keys: ['mqtt', 'fleet'], need: 'mqtt', parts: ['mqtt'] },
  { keys: ['metrics'], need: 'metrics', parts: ['metrics'] },
  { keys: ['box.language'], need: 'nothing' },
  { keys: ['box.announce'], need: 'announce', parts: ['announce'] },
  // Phones lose their network while it restarts. On port 80 the media process is its portal.
  { keys: ['network.guests.device'], need: 'media', parts: ['network', 'media', 'addresses'] },
  { keys: ['network.guests', 'network.crew'], need: 'between', parts: ['network'] },
  { keys: ['modems'], need: 'modems', parts: ['modems'] },
  { keys: ['panel'], need: 'panel', parts: ['panel'], isTried: true },
  { keys: ['power'], need: 'panel', parts: ['battery'], isTried: true },
  { keys: ['edge.memory_mb'], need: 'media', parts: ['media'] },
  { keys: ['printer'], need: 'printer', parts: ['printer'] },
  { keys: ['camera.away_text', 'sound.channels', 'encoder.speed'], need: 'between' },
  // A card is opened with as many channels as are picked.
  { keys: ['sound.pick'], need: 'between', parts: ['source'] },
  { keys: ['camera.lock_exposure'], need: 'nothing', parts: ['lock'] },
  {
    keys: ['camera.width', 'camera.height', 'camera.fps'],
    need: 'media',
    parts: ['source', 'lock', 'media'],
    isTried: true,
  },
  { keys: ['camera'], need: 'camera', parts: ['source', 'lock'], isTried: true },
  { keys: ['camera2'], need: 'camera', parts: ['source'], isTried: true },
  { keys: ['encoder.driver'], need: 'between', parts: ['source'], isTried: true },
  // Guests reach its port through the rules of their network.
  { keys: ['viewers.whep.port'], need: 'media', parts: ['source', 'media', 'network'] },
  { keys: ['viewers.whep'], need: 'media', parts: ['source', 'media'] },
  // Links, receivers, bitrates: its processes are started for each drop.
  {
    keys: ['uplink'],
    need: 'between',
    parts: ['source', 'links', 'modems', 'backfill', 'mqtt'],
    isTried: true,
  },
  { keys: ['recording.targets'], need: 'media', parts: ['media', 'backfill', 'mqtt'] },
  { keys: ['recording', 'profiles'], need: 'media', parts: ['media'] },
  { keys: ['sound.bitrate_bps', 'encoder.keyframe_ms'], need: 'media', parts: ['media'] },
  { keys: ['sound'], need: 'sound', parts: ['source'], isTried: true },
  { keys: ['clips', 'renditions'], need: 'media', parts: ['media', 'mqtt'] },
  {
    keys: ['viewers.host', 'viewers.port', 'viewers.tls'],
    need: 'media',
    parts: ['media', 'addresses', 'announce', 'network', 'mqtt'],
    isTried: true,
  },
  {
    keys: ['operator.host', 'operator.port', 'operator.tls'],
    need: 'page',
    // A phone or OBS as the camera comes to the host of the page.
    parts: ['page', 'source', 'addresses', 'announce', 'mqtt'],
    isTried: true,
  },
  { keys: ['operator.host_names'], need: 'media', parts: ['media'] },
  { keys: ['viewers.address'], need: 'media', parts: ['media', 'addresses', 'mqtt'] },
  {
    keys: [
      ...['viewers.part_ms', 'viewers.push', 'viewers.window_s', 'viewers.max_connections'],
      ...['viewers.max_connections_per_address', 'viewers.trusted_proxies'],
    ],
    need: 'media',
    parts: ['media'],
  },
];

/** Whether there is one at all is known to encoders, which begin with each drop. */
const SECOND_CAMERA: Rule = { keys: [], need: 'between', parts: ['source'] };
/** So many tracks are served, recorded and sent. */
const SOUND_TRACK: Rule = { keys: [], need: 'media', parts: ['source', 'media'] };
/** One connection carries picture and sound, but for that of RTSP. */
const CAMERA_SOUND: Rule = { keys: [], need: 'camera', parts: ['source'] };
/** The process that makes clips keeps as much of the media as was wanted at its start. */
const LONGER_CLIPS: Rule = { keys: [], need: 'media', parts: ['media'] };
const RESTART: Rule = { keys: [], need: 'restart' };
/** All that another box's stream is shown with is read when its process starts. */
const OF_EDGE: Rule = { keys: [], need: 'media', parts: ['media'] };

export interface Change {
  readonly path: string;
  /** Its value now, as of the config. */
  readonly before: unknown;
  readonly after: unknown;
  /** The box shows another box's stream. */
  readonly isEdge: boolean;
}

function ruleOf({ path, before, after, isEdge }: Change): Rule {
  const isOne = before === undefined || after === undefined;
  if (path === 'camera2' && isOne) return SECOND_CAMERA;
  if (path === 'sound.driver' && (before === 'none' || after === 'none')) return SOUND_TRACK;
  if (path === 'sound.driver' && (before === 'camera' || after === 'camera')) return CAMERA_SOUND;
  if (path === 'clips.length_s' && Number(after) > Number(before)) return LONGER_CLIPS;
  // An edge has its WHEP process from its start on, or none.
  const isSwitched = path === 'viewers.whep.port' && (before === 0 || after === 0);
  if (isEdge && isSwitched) return RESTART;
  const found = ruleFor(path);
  return isEdge && path.startsWith('drop.') && found.need === 'nothing' ? OF_EDGE : found;
}

const ruleFor = (path: string): Rule =>
  RULES.find(({ keys }) => keys.some((key) => path === key || path.startsWith(`${key}.`))) ??
  RESTART;

export const needOf = (change: Change): Need => ruleOf(change).need;

export const partsOf = (change: Change): readonly Part[] => ruleOf(change).parts ?? [];

/** The next start of the box is on trial. */
export const isTried = (path: string): boolean => {
  const { need, isTried: is } = ruleFor(path);
  return need === 'restart' || is === true;
};

/** It would interrupt the picture: it is not done from the checks to the end of a drop. */
export function waits(need: Need): need is Later {
  return need === 'between' || need === 'media' || need === 'restart';
}
