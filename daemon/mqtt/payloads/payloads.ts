import * as v from 'valibot';
import { dropReportFields, quantiles } from '../../model/drop-report.ts';

/**
 * What each topic carries, as schemas: the types, the published JSON Schemas and
 * the tests all come from here.
 *
 * Units end the names (`_s _v _a _w _c _bps _b _dbm _db _dbfs`), ratios run 0 to 1.
 * What is not known is `null`, never 0.
 */

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const amount = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const ratio = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const time = v.pipe(v.string(), v.isoTimestamp());
const fact = v.nullable(v.boolean());
const flat = <T extends v.ObjectEntries>(entries: T) => v.strictObject(entries);

/**
 * Before every payload. `seq` counts the messages of this topic from 1; `session`
 * names the counting: a run of the daemon, and for events the life of the spool,
 * which outlasts the daemon. Who has seen a `session` and `seq` drops the repeat.
 */
const envelope = { v: v.literal(1), ts: time, seq: count, session: text(64) };

const severity = v.picklist(['info', 'warning', 'critical']);

export const info = flat({
  ...envelope,
  name: text(64),
  model: v.nullable(text(128)),
  versions: flat({ venuebox: text(64), node: text(64) }),
  addresses: v.pipe(v.array(text(64)), v.maxLength(32)),
  capabilities: v.pipe(v.array(text(64)), v.maxLength(32)),
});

export const status = flat({
  ...envelope,
  state: v.picklist(['idle', 'preflight', 'armed', 'live', 'ending', 'fault']),
  drop: v.nullable(text(64)),
  since: time,
  reason: v.nullable(text(256)),
  health: v.picklist(['ok', 'degraded', 'failed']),
  reasons: v.pipe(v.array(text(64)), v.maxLength(16)),
  power: v.picklist(['normal', 'saving', 'last-minutes', 'shut-down']),
  /** What is switched off to last longer, by name. */
  resting: v.pipe(v.array(text(32)), v.maxLength(8)),
  uptime_s: amount,
  cpu_temp_c: v.nullable(v.number()),
  throttled: fact,
  clock_offset_s: v.nullable(v.number()),
  clock_error_s: v.nullable(amount),
  clock_synced: fact,
});

const link = flat({
  id: text(64),
  kind: v.picklist(['cellular', 'ethernet', 'wifi', 'other']),
  state: v.nullable(v.picklist(['out', 'active', 'suspect', 'stalled'])),
  tech: v.nullable(text(16)),
  operator: v.nullable(text(64)),
  rsrp_dbm: v.nullable(v.number()),
  rsrq_db: v.nullable(v.number()),
  sinr_db: v.nullable(v.number()),
  rtt_s: v.nullable(amount),
  loss_ratio: v.nullable(ratio),
  tx_bps: v.nullable(amount),
  share_ratio: v.nullable(ratio),
  window: v.nullable(count),
  in_flight: v.nullable(count),
  weight: v.nullable(amount),
  data_used_b: v.nullable(count),
  data_cap_b: v.nullable(count),
  sim: v.nullable(text(16)),
});

export const links = flat({
  ...envelope,
  policy: v.picklist(['off', 'direct', 'bond']),
  active: v.pipe(v.array(text(64)), v.maxLength(16)),
  links: v.pipe(v.array(link), v.maxLength(16)),
});

export const stream = flat({
  ...envelope,
  state: v.picklist(['off', 'starting', 'flowing']),
  encoder: text(64),
  renditions: v.pipe(v.array(text(64)), v.maxLength(8)),
  frames_dropped: v.nullable(count),
  srt: flat({
    state: v.nullable(v.picklist(['off', 'connecting', 'connected'])),
    rtt_s: v.nullable(amount),
    retrans: v.nullable(count),
    lost: v.nullable(count),
    latency_s: v.nullable(amount),
    bitrate_bps: v.nullable(amount),
    target_bps: v.nullable(amount),
  }),
  hls: flat({ parts: v.nullable(count), viewers: v.nullable(count), latency_s: quantiles }),
  /** Of a box that shows another one's stream; null elsewhere. */
  edge: v.nullable(
    flat({
      state: v.picklist(['asking', 'live', 'waiting', 'away']),
      hit_ratio: v.nullable(ratio),
      /** To the upstream, and those of them that brought nothing. */
      requests: count,
      failed: count,
      stale: count,
    }),
  ),
});

export const audio = flat({
  ...envelope,
  ch: v.pipe(
    v.array(flat({ peak_dbfs: v.number(), rms_dbfs: v.number(), clip: v.boolean() })),
    v.maxLength(8),
  ),
  silence_s: v.nullable(amount),
  xruns: v.nullable(count),
});

export const battery = flat({
  ...envelope,
  source: v.nullable(text(128)),
  soc_ratio: v.nullable(ratio),
  voltage_v: v.nullable(v.number()),
  current_a: v.nullable(v.number()),
  power_w: v.nullable(v.number()),
  temp_c: v.nullable(v.number()),
  runtime_s: v.nullable(amount),
  mains: fact,
  charging: fact,
});

export const camera = flat({
  ...envelope,
  model: text(128),
  state: v.picklist(['running', 'pausing', 'stopped', 'unknown']),
  fps: v.nullable(amount),
  exposure_s: v.nullable(amount),
  gain: v.nullable(amount),
  lut: v.nullable(text(128)),
});

export const printer = flat({
  ...envelope,
  state: v.picklist(['online', 'offline', 'silent', 'away', 'absent']),
  paper: v.picklist(['ok', 'near-end', 'out', 'unknown']),
  cover: v.picklist(['open', 'closed', 'unknown']),
  fault: v.nullable(text(256)),
  queue: v.nullable(count),
  printed: v.nullable(count),
  failed: v.nullable(count),
});

const volume = flat({
  role: text(64),
  state: v.picklist(['off', 'recording', 'failed']),
  free_b: v.nullable(count),
  remain_s: v.nullable(amount),
  write_bps: v.nullable(amount),
  health: v.picklist(['ok', 'failed']),
  reason: v.nullable(text(256)),
  lag_s: v.nullable(amount),
});

export const storage = flat({
  ...envelope,
  recordings: count,
  remain_s: v.nullable(amount),
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
  title: v.nullable(text(120)),
  starts_at: v.nullable(time),
  phase: status.entries.state,
  since: time,
});

const article = flat({
  id: text(64),
  title: text(120),
  price: v.nullable(amount),
  currency: v.nullable(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/))),
  left: v.nullable(count),
  sold: count,
});

export const merch = flat({
  ...envelope,
  articles: v.pipe(v.array(article), v.maxLength(64)),
  /** While the collector's window or the flash price lasts. */
  flash_until: v.nullable(time),
});

export const report = flat({ ...envelope, ...dropReportFields });

/**
 * A command. The same `id` never runs twice. One without `ts` is as old as it
 * arrives; MQTT 3.1.1 knows no expiry, so a sender there should set it. Other keys
 * are refused: with `dryRun` for `dry_run` it would be done.
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
  /** Null where what came held none. */
  id: v.nullable(text(64)),
  status: v.picklist(['accepted', 'progress', 'done', 'rejected', 'expired', 'failed']),
  code: v.nullable(text(64)),
  detail: v.nullable(text(1024)),
  result: v.unknown(),
});
