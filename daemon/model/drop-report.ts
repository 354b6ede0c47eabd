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

/** What a drop was, as it is kept on disk and published. What is not known is `null`. */
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
};

export const dropReportSchema = v.object(dropReportFields);

export type DropReport = v.InferOutput<typeof dropReportSchema>;
