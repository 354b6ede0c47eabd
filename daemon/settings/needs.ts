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
  | 'modems'
  | 'printer'
  /** In the box, for trials. */
  | 'broker'
  | 'backfill'
  /** What a drop is sent by, at its next start. */
  | 'links'
  /** The process that serves guests. */
  | 'media';

/**
 * - `nothing`: it is read whenever it is used.
 * - a part: that is restarted, also during a drop; guests and recordings do not notice.
 * - `between`: read at the start of each drop.
 * - `media`: guests are served by a new process, which they notice; not during a drop.
 * - `restart`: of the box.
 */
export type Need = 'nothing' | 'mqtt' | 'metrics' | 'announce' | 'modems' | 'printer' | Later;

/** What waits for the end of a drop. */
type Later = 'between' | 'media' | 'restart';

interface Rule {
  readonly keys: readonly string[];
  readonly need: Need;
  readonly parts?: readonly Part[];
}

/** The first that names a key, or what the key is in, holds for it. */
const RULES: readonly Rule[] = [
  // What was sold under it is that drop's, and no other's.
  { keys: ['drop.id'], need: 'between' },
  { keys: ['drop.reactions', 'drop.branding_folder'], need: 'media', parts: ['media'] },
  { keys: ['drop', 'card', 'rehearsal', 'survey'], need: 'nothing' },
  { keys: ['orders.window_minutes', 'orders.pending_minutes'], need: 'nothing' },
  { keys: ['orders.checkout_hosts'], need: 'nothing' },
  { keys: ['power.planned_minutes', 'power.shut_down'], need: 'nothing' },
  { keys: ['panel.hearts_lamp', 'printer.sticker_file', 'printer.max_per_hour'], need: 'nothing' },
  { keys: ['operator.pin_file', 'operator.host_pin_file'], need: 'nothing' },
  { keys: ['operator.idle_minutes', 'operator.session_hours'], need: 'nothing' },
  { keys: ['update', 'clips.length_s'], need: 'nothing' },
  { keys: ['mqtt.broker_port'], need: 'mqtt', parts: ['broker', 'mqtt'] },
  { keys: ['mqtt', 'fleet'], need: 'mqtt', parts: ['mqtt'] },
  { keys: ['metrics'], need: 'metrics', parts: ['metrics'] },
  { keys: ['box.announce'], need: 'announce', parts: ['announce'] },
  // Phones lose their network while it is opened anew.
  { keys: ['network.guests', 'network.crew'], need: 'between', parts: ['network'] },
  { keys: ['modems'], need: 'modems', parts: ['modems'] },
  { keys: ['printer'], need: 'printer', parts: ['printer'] },
  { keys: ['camera.away_text', 'sound.pick', 'encoder.speed'], need: 'between' },
  // Links, receivers, bitrates: its processes are started for each drop.
  { keys: ['uplink'], need: 'between', parts: ['links', 'modems', 'backfill', 'mqtt'] },
  { keys: ['recording.targets'], need: 'media', parts: ['media', 'backfill', 'mqtt'] },
  { keys: ['recording', 'profiles'], need: 'media', parts: ['media'] },
  { keys: ['sound.bitrate_bps', 'encoder.keyframe_ms'], need: 'media', parts: ['media'] },
  { keys: ['clips', 'renditions'], need: 'media', parts: ['media', 'mqtt'] },
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
  // Whether the machine can encode and send that is looked at as the box starts.
  if (path === 'uplink' && (before === undefined || after === undefined)) return RESTART;
  const found = ruleFor(path);
  return isEdge && path.startsWith('drop.') && found.need === 'nothing' ? OF_EDGE : found;
}

const ruleFor = (path: string): Rule =>
  RULES.find(({ keys }) => keys.some((key) => path === key || path.startsWith(`${key}.`))) ??
  RESTART;

export const needOf = (change: Change): Need => ruleOf(change).need;

export const partsOf = (change: Change): readonly Part[] => ruleOf(change).parts ?? [];

/** It would interrupt the picture: it is not done from the checks to the end of a drop. */
export function waits(need: Need): need is Later {
  return need === 'between' || need === 'media' || need === 'restart';
}
