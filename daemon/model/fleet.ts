/** A fleet: boxes that hold a drop together. What each says of itself, and what one knows of all. */
import * as v from 'valibot';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const time = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/));

/** As phases of the drop: the compiler compares them where a box fills in its own. */
const PHASES = ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'] as const;
/** Of its last checklist, where it is of today. `ready`: it is armed or live. */
const READY = ['ready', 'checked', 'warned', 'failed', 'unchecked'] as const;

const sharedDropFields = {
  id: name,
  title: text(120),
  starts_at: v.nullable(time),
  ends_at: v.nullable(time),
};

const fields = {
  fleet: name,
  /** The box whose drop the others take. */
  leader: v.nullable(name),
  phase: v.picklist(PHASES),
  ready: v.picklist(READY),
  viewers: v.nullable(count),
  health: v.picklist(['ok', 'degraded', 'failed']),
  clock_synced: v.nullable(v.boolean()),
  operator_url: v.nullable(text(256)),
};

/** As a box writes it: the drop that it shows, and how ready it is. */
export const fleetFields = { ...fields, drop: v.nullable(v.strictObject(sharedDropFields)) };

/** As it is read: a newer box may say more. */
export const fleetMessage = v.object({
  ...fields,
  ts: time,
  drop: v.nullable(v.object(sharedDropFields)),
});

/** Base64 of 24 KB at most. */
export const POSTER_BYTES_MAX = 24_576;
export const posterFields = {
  fleet: name,
  type: v.literal('image/jpeg'),
  /** Base64. */
  data: v.pipe(
    v.string(),
    v.maxLength(Math.ceil(POSTER_BYTES_MAX / 3) * 4),
    v.regex(/^[A-Za-z0-9+/]{8,}={0,2}$/),
  ),
};
export const posterMessage = v.object(posterFields);

export type FleetMessage = Readonly<v.InferOutput<v.ObjectSchema<typeof fleetFields, undefined>>>;
export type SharedDrop = NonNullable<FleetMessage['drop']>;

/** One box of the fleet, as this one knows it. */
export interface FleetBox extends Omit<FleetMessage, 'fleet' | 'leader'> {
  readonly name: string;
  readonly isOwn: boolean;
  /** Its last will came, or no message for some minutes. */
  readonly isAway: boolean;
  /** By how much its clock is ahead of this one's; undefined until it has said something itself. */
  readonly clockAheadMs?: number;
  /** Names its picture for the operator's page. */
  readonly picture?: string;
}

export interface FleetSnapshot {
  /** Undefined where the box is in no fleet. */
  readonly fleet?: FleetState | undefined;
}

export interface FleetState {
  readonly name: string;
  /** Empty where each box has its own drop. */
  readonly leader: string;
  /** False: what is known of the others is old. */
  readonly isConnected: boolean;
  /** The leader's drop; undefined where it has none, or is not known. */
  readonly drop?: SharedDrop;
  /** Why this box has not taken the leader's drop. */
  readonly fault?: string;
  /** This box first, then by name. */
  readonly boxes: readonly FleetBox[];
  /** Boxes beyond the limit, which are not shown. */
  readonly leftOut: number;
}
