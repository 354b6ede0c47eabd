/**
 * The payload of each topic, as schemas: the types, the published JSON Schemas and the
 * tests come from here. Figures are described in daemon/figures.
 *
 * Units end the names (`_s _v _a _w _c _bps _b _dbm _db _dbfs`), ratios run 0 to 1. An
 * unknown value is `null`, never 0.
 */
import * as v from 'valibot';
import { STATUS } from '../../figures/box.ts';
import { BACKFILL, DESTINATION } from '../../figures/destinations.ts';
import { BATTERY, CAMERA, CHANNEL, PRINTER, STORAGE, VOLUME } from '../../figures/devices.ts';
import { EDGE, HLS, LATENCY, STREAM } from '../../figures/media.ts';
import { ARTICLE, ORDERS } from '../../figures/shop.ts';
import { LINK, RADIO, SRT } from '../../figures/uplink.ts';
import { dropReportFields } from '../../model/drop-report.ts';
import { fleetFields, posterFields } from '../../model/fleet.ts';
import { HEALTH } from '../../model/phase.ts';
import { checklistFields, rehearsalFields, surveyFields } from '../../model/readiness.ts';
import { updateFields } from '../../model/update.ts';
import { fields, WIFI } from './fields.ts';
import { networkFields } from './networks-payload.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const amount = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(v.string(), v.isoTimestamp());
const flat = <T extends v.ObjectEntries>(entries: T) => v.strictObject(entries);

/**
 * At the start of every payload. `seq` counts the messages of this topic from 1; `session`
 * names the count: a run of the daemon, and for events the life of the spool, which
 * outlasts the daemon. A subscriber that has seen a `session` and `seq` drops the repeat.
 */
const envelope = { v: v.literal(1), ts: time, seq: count, session: text(64) };

const severity = v.picklist(['info', 'warning', 'critical']);

export const info = flat({
  ...envelope,
  name: text(64),
  model: v.nullable(text(128)),
  versions: flat({ venuebox: text(64), node: text(64) }),
  addresses: v.pipe(v.array(text(64)), v.maxLength(32)),
  ...WIFI,
  capabilities: v.pipe(v.array(text(64)), v.maxLength(32)),
});

export const status = flat({
  ...envelope,
  ...fields(STATUS),
  drop: v.nullable(text(64)),
  since: time,
  reason: v.nullable(text(256)),
  health: v.picklist(HEALTH),
  reasons: v.pipe(v.array(text(64)), v.maxLength(16)),
  /** Loads that are switched off to save power, by name. */
  shed: v.pipe(v.array(text(32)), v.maxLength(8)),
  uptime_s: amount,
});

const link = flat({
  id: text(64),
  kind: v.picklist(['cellular', 'ethernet', 'wifi', 'other']),
  ...fields(LINK),
  ...fields(RADIO),
  tech: v.nullable(text(16)),
  operator: v.nullable(text(64)),
  data_used_b: v.nullable(count),
  data_cap_b: v.nullable(count),
  sim: v.nullable(text(16)),
});

const destination = flat({
  id: text(64),
  kind: v.picklist(['srt', 'rtmp']),
  reason: v.nullable(text(256)),
  ...fields(DESTINATION),
});

export const links = flat({
  ...envelope,
  policy: v.picklist(['off', 'direct', 'bond']),
  active: v.pipe(v.array(text(64)), v.maxLength(16)),
  links: v.pipe(v.array(link), v.maxLength(16)),
  /** Further receivers of the drop, which are not bonded. */
  destinations: v.pipe(v.array(destination), v.maxLength(8)),
  /** Null where the config has none. */
  backfill: v.nullable(flat({ reason: v.nullable(text(256)), ...fields(BACKFILL) })),
  /** Those that the box makes. */
  networks: v.pipe(v.array(networkFields), v.maxLength(2)),
});

export const stream = flat({
  ...envelope,
  state: v.picklist(['off', 'starting', 'flowing']),
  encoder: text(64),
  renditions: v.pipe(v.array(text(64)), v.maxLength(8)),
  ...fields(STREAM),
  srt: flat(fields(SRT)),
  hls: flat({ ...fields(HLS), latency_s: flat(fields(LATENCY)) }),
  /** Of a box that shows the stream of another one; else null. */
  edge: v.nullable(flat(fields(EDGE))),
});

export const audio = flat({
  ...envelope,
  ch: v.pipe(v.array(flat({ ...fields(CHANNEL), clip: v.boolean() })), v.maxLength(8)),
  silence_s: v.nullable(amount),
});

export const battery = flat({
  ...envelope,
  source: v.nullable(text(128)),
  ...fields(BATTERY),
});

export const viewers = flat({
  ...envelope,
  /** What guests open; it follows the network. */
  url: v.nullable(text(256)),
  /** A picture of what they see: while live the newest poster, else the mark of the page. */
  picture_url: v.nullable(text(512)),
});

export const camera = flat({
  ...envelope,
  model: text(128),
  state: v.picklist(['running', 'pausing', 'stopped', 'unknown']),
  ...fields(CAMERA),
  lut: v.nullable(text(128)),
});

export const printer = flat({
  ...envelope,
  state: v.picklist(['online', 'offline', 'silent', 'away', 'absent']),
  fault: v.nullable(text(256)),
  ...fields(PRINTER),
});

const volume = flat({
  role: text(64),
  state: v.picklist(['off', 'recording', 'failed']),
  health: v.picklist(['ok', 'failed']),
  reason: v.nullable(text(256)),
  ...fields(VOLUME),
});

export const storage = flat({
  ...envelope,
  ...fields(STORAGE),
  vols: v.pipe(v.array(volume), v.maxLength(8)),
});

export const alert = flat({
  ...envelope,
  key: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{0,62}$/)),
  severity,
  since: time,
  text: text(512),
  advice: text(512),
  /** The technical reason. */
  detail: v.nullable(text(256)),
});

export const event = flat({
  ...envelope,
  type: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,62}$/)),
  severity,
  data: v.record(v.string(), v.unknown()),
});

export const drop = flat({
  ...envelope,
  id: v.nullable(text(64)),
  /** Its id in the list of coming drops, or in the config. */
  planned: v.nullable(text(64)),
  title: v.nullable(text(120)),
  starts_at: v.nullable(time),
  ends_at: v.nullable(time),
  phase: status.entries.state,
  since: time,
});

const plannedDrop = flat({
  id: text(64),
  title: text(120),
  starts_at: v.nullable(time),
  ends_at: v.nullable(time),
  phase: v.picklist(['coming', 'shown', 'on', 'held', 'missed']),
});

export const drops = flat({
  ...envelope,
  list: v.pipe(v.array(plannedDrop), v.maxLength(100)),
  /** Mistakes in the file, one line each. */
  faults: v.pipe(v.array(text(512)), v.maxLength(50)),
});

export const update = flat({ ...envelope, ...updateFields });

const article = flat({
  id: text(64),
  title: text(120),
  currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
  /** It is sold in the first minutes of a drop only. */
  collector: v.boolean(),
  ...fields(ARTICLE),
});

export const merch = flat({
  ...envelope,
  /** Names the catalogue. */
  drop: v.nullable(text(64)),
  articles: v.pipe(v.array(article), v.maxLength(64)),
  orders: flat(fields(ORDERS)),
  /** While collector's articles and flash prices are there: until when. */
  flash_until: v.nullable(time),
});

export const report = flat({ ...envelope, ...dropReportFields });

export const checklist = flat({ ...envelope, ...checklistFields });
export const rehearsal = flat({ ...envelope, ...rehearsalFields });
export const survey = flat({ ...envelope, ...surveyFields });

export const fleet = flat({ ...envelope, ...fleetFields });
export const poster = flat({ ...envelope, ...posterFields });

/**
 * A command. The same `id` never runs twice. Without `ts` its age is not known: MQTT 3.1.1
 * has no expiry, so a sender should set it. Unknown keys are refused: `dryRun` in place of
 * `dry_run` would run the command.
 */
export const cmd = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[\w.:-]{1,64}$/)),
  args: v.optional(v.record(v.string(), v.unknown()), {}),
  expect: v.optional(status.entries.state),
  dry_run: v.optional(v.boolean(), false),
  ts: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});

export const reply = flat({
  ...envelope,
  /** Null where the command had none. */
  id: v.nullable(text(64)),
  status: v.picklist(['accepted', 'progress', 'done', 'rejected', 'expired', 'failed']),
  code: v.nullable(text(64)),
  detail: v.nullable(text(1024)),
  result: v.unknown(),
});
