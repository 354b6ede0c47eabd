/** The report of a drop. */
import * as v from 'valibot';

const time = v.pipe(v.string(), v.isoTimestamp());
const amount = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Of what viewers measured; `n` is how many of them reported. */
export const quantiles = v.strictObject({
  p50: v.nullable(amount),
  p95: v.nullable(amount),
  n: count,
});

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const known = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema), null);

/** What one link of the uplink carried. */
const link = v.strictObject({
  id: text(64),
  sent_b: amount,
  /** Of all that was sent. */
  share_ratio: v.nullable(amount),
  bitrate_bps: v.nullable(amount),
  bitrate_max_bps: amount,
});

/** A link that carried the stream, and did no more. */
const failover = v.strictObject({ at: time, link: text(64), to: text(32), reason: text(256) });

/** Charge at the begin and at the end, and whether the mains were off meanwhile. */
const battery = v.strictObject({ start_ratio: amount, end_ratio: amount, on_battery: v.boolean() });

/** The loudest, and how long there was silence on all channels. */
const sound = v.strictObject({ peak_dbfs: v.number(), silence_s: amount });

/** Of the drop's catalogue; amounts in the smallest unit of their currency. */
const sales = v.strictObject({
  orders: count,
  pieces: count,
  amounts: v.pipe(
    v.array(v.strictObject({ currency: v.pipe(v.string(), v.maxLength(3)), amount_minor: count })),
    v.maxLength(20),
  ),
});

export const dropReportFields = {
  drop: v.pipe(v.string(), v.maxLength(64)),
  started: time,
  ended: time,
  viewers_peak: v.nullable(count),
  latency_s: quantiles,
  stalls: v.nullable(count),
  failovers: v.nullable(count),
  prints: v.nullable(count),
  clips: v.nullable(count),
  /** Null where nothing was sold by the box. */
  sales: v.optional(v.nullable(sales), null),
  title: known(text(120)),
  /** Its id in the list of coming drops, or in the config. */
  planned: known(text(64)),
  /** Changes of rendition by viewers. */
  switches: known(count),
  hearts: known(count),
  links: known(v.pipe(v.array(link), v.maxLength(16))),
  failover_log: known(v.pipe(v.array(failover), v.maxLength(50))),
  battery: known(battery),
  sound: known(sound),
};

/** So many are kept, and published. */
export const REPORTS_MAX = 8;

/** What a drop was, as it is kept on disk and published. What is not known is `null`. */
export const dropReportSchema = v.object(dropReportFields);

export type DropReport = v.InferOutput<typeof dropReportSchema>;
