/** `drop`, `orders`, `rehearsal` and `survey` of the config: a drop, what is sold, and what is tried before. */
import * as v from 'valibot';
import { LINK_MAX_BYTES, SIZE_MAX_PCT } from '../../pipelines/overlay/code-sprite.ts';
import { CORNERS } from '../../pipelines/overlay/layout.ts';
import { lookFaults, lookSchema } from './capture.ts';
import { chosenDestinations } from './destinations.ts';
import {
  between,
  type Fault,
  flag,
  host,
  integer,
  name,
  oneOf,
  repeatedFaults,
  text,
  textOf,
} from './rules.ts';

/** Hosts that links may lead to. */
const hostsSchema = v.pipe(
  v.array(
    v.pipe(
      text,
      v.regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be a lower-case host name'),
    ),
  ),
  v.maxLength(16, 'must list 16 hosts at most'),
);

/** Minor units: 2500 is 25.00 €, and 2500 is 2500 ¥. */
const PRICE_MAX = 100_000_000;

const item = v.strictObject({
  id: name,
  name: v.pipe(textOf(80), v.minLength(1, 'must not be empty')),
  price: integer(0, PRICE_MAX),
  currency: v.pipe(text, v.check(isCurrency, 'must be a currency of ISO 4217, as EUR or USD')),
  stock: v.optional(integer(0, 1_000_000)),
  edition: v.optional(integer(1, 100_000)),
  max_per_order: v.optional(integer(1, 100), 10),
  collector: v.optional(flag, false),
  flash_price: v.optional(integer(0, PRICE_MAX)),
  checkout_url: v.optional(textOf(500), ''),
  /** Guests see it; a relative name begins in the state folder. */
  picture_file: v.optional(textOf(500), ''),
});

const catalogueSchema = v.pipe(v.array(item), v.maxLength(20, 'must list 20 items at most'));

export type Article = v.InferOutput<typeof item>;

const time = v.union(
  [v.literal(''), v.pipe(text, v.isoTimestamp())],
  'must be a time like 2026-05-01T20:00:00Z, or empty',
);

const code = v.strictObject({
  link: v.optional(textOf(500), 'none'),
  corner: v.optional(oneOf(...CORNERS), 'bottom-right'),
  size_pct: v.optional(between(10, SIZE_MAX_PCT), 22),
  from_s: v.optional(integer(0, 86_400), 0),
  for_s: v.optional(integer(0, 86_400), 0),
  every_s: v.optional(integer(0, 86_400), 0),
});

const shortLine = v.optional(textOf(80), '');

/** What is drawn over the picture. */
const overlaySchema = v.strictObject({
  code: v.optional(code, {}),
  title: shortLine,
  name: shortLine,
  line: shortLine,
  /** To which its code may lead, besides those of checkout links. */
  hosts: v.optional(hostsSchema, []),
});

export const dropSchema = v.strictObject({
  /** Editions are numbered within it. */
  id: v.optional(
    v.union(
      [v.literal(''), name],
      'must be lower-case letters, digits and hyphens, 32 at most, or empty',
    ),
    '',
  ),
  title: v.optional(textOf(120), 'Live'),
  picture_file: v.optional(text, ''),
  /** Colours, logo and title picture of the guests' pages. */
  branding_folder: v.optional(text, ''),
  starts_at: v.optional(time, ''),
  /** Until when it is meant to last: for the battery, and for the list of coming drops. */
  ends_at: v.optional(time, ''),
  /** Of all guests, whatever they watch on; empty: of their device. */
  profile: v.optional(oneOf('', 'phone', 'laptop', 'low-data'), ''),
  /** Of `uplink.destinations`, by id; left out: all that are enabled. */
  destinations: chosenDestinations,
  /** Guests may send hearts. */
  reactions: v.optional(flag, true),
  /** A drop that a power cut interrupted is resumed within this time. */
  resume_within_s: v.optional(integer(0, 86_400), 1800),
  catalogue: v.optional(catalogueSchema, []),
  overlay: v.optional(overlaySchema, {}),
  look: v.optional(lookSchema, {}),
});

/** Signed orders of another server. */
const webhookSchema = v.strictObject({
  scheme: v.optional(oneOf('standard', 'stripe'), 'standard'),
  secret_file: v.optional(text, ''),
  host: v.optional(host, '127.0.0.1'),
  /** 0: the operator's port. */
  port: v.optional(integer(0, 65_535), 0),
  /** Of that port. */
  tls: v.optional(v.strictObject({ cert_file: text, key_file: text })),
});

/** How orders arrive, and how long they may be unpaid. */
export const ordersSchema = v.strictObject({
  /** After the first live frame. */
  window_minutes: v.optional(integer(1, 120), 10),
  pending_minutes: v.optional(integer(1, 120), 15),
  webhook: v.optional(webhookSchema, {}),
  checkout_hosts: v.optional(hostsSchema, []),
});

/** How long a rehearsal takes, and what it must reach. */
export const rehearsalSchema = v.strictObject({
  minutes: v.optional(between(0.5, 10), 3),
  latency_p95_ms: v.optional(integer(200, 30_000), 800),
  stalls_max: v.optional(integer(0, 1_000), 1),
  /** 0: no cache in front of the box is expected. */
  edge_hits_pct: v.optional(integer(0, 100), 0),
  failover_max_ms: v.optional(integer(100, 60_000), 2_000),
});

/** The day before: how long, how often, and how much data of each link it may use. */
export const surveySchema = v.strictObject({
  minutes: v.optional(between(1, 1_440), 60),
  every_minutes: v.optional(between(1, 120), 10),
  data_mb: v.optional(integer(1, 100_000), 100),
});

export type DropConfig = v.InferOutput<typeof dropSchema>;

/**
 * @param hosts To which checkout links may lead.
 * @param at Where the drop stands in its file.
 */
export function* dropFaults(
  drop: Pick<DropConfig, 'id' | 'catalogue' | 'starts_at' | 'ends_at'> &
    Partial<Pick<DropConfig, 'overlay' | 'look'>>,
  hosts: readonly string[],
  at: readonly (string | number)[],
): Generator<Fault> {
  const { id, catalogue, starts_at, ends_at } = drop;
  if (drop.overlay !== undefined) {
    yield* overlayFaults(drop.overlay, hosts, [...at, 'overlay', 'code']);
  }
  if (drop.look !== undefined) yield* lookFaults(drop.look, [...at, 'look']);
  if (catalogue.length > 0 && id === '') {
    const message =
      'must be set with a catalogue, and be new for each drop: editions are numbered within it';
    yield { path: [...at, 'id'], message };
  }
  if (starts_at !== '' && ends_at !== '' && !(Date.parse(ends_at) > Date.parse(starts_at))) {
    yield { path: [...at, 'ends_at'], message: `must be after the start (${starts_at})` };
  }
  yield* catalogueFaults(catalogue, hosts, [...at, 'catalogue']);
}

/** @param hosts To which checkout links may lead. */
function* catalogueFaults(
  items: readonly Article[],
  hosts: readonly string[],
  at: readonly (string | number)[],
): Generator<Fault> {
  for (const [i, { stock, edition, price, flash_price, checkout_url }] of items.entries()) {
    if (stock !== undefined && edition !== undefined) {
      yield {
        path: [...at, i, 'stock'],
        message: 'must be left out: edition is the number of pieces',
      };
    }
    if (flash_price !== undefined && flash_price > price) {
      yield { path: [...at, i, 'flash_price'], message: `must not be above price (${price})` };
    }
    const fault = checkoutFault(checkout_url, hosts);
    if (fault !== undefined) yield { path: [...at, i, 'checkout_url'], message: fault };
  }
  yield* repeatedFaults(items.map(({ id }, i) => [[...at, i, 'id'], id]));
}

function* overlayFaults(
  { code: { link, for_s, every_s }, hosts }: DropConfig['overlay'],
  checkoutHosts: readonly string[],
  at: readonly (string | number)[],
): Generator<Fault> {
  const fault = codeFault(link, [...hosts, ...checkoutHosts]);
  if (fault !== undefined) yield { path: [...at, 'link'], message: fault };
  if (every_s > 0 && (for_s === 0 || for_s >= every_s)) {
    const message = 'must be above 0 and below the interval, or the interval must be 0';
    yield { path: [...at, 'for_s'], message };
  }
}

/** Links that the box knows itself. */
export const CODE_WORDS: readonly string[] = ['none', 'page', 'checkout'];

/**
 * What is wrong with the link of the code in the picture.
 *
 * @param hosts To which it may lead.
 */
export function codeFault(link: string, hosts: readonly string[]): string | undefined {
  if (CODE_WORDS.includes(link)) return undefined;
  if (Buffer.byteLength(link) > LINK_MAX_BYTES) {
    return `must be ${LINK_MAX_BYTES} bytes at most: a longer link cannot be read off a small picture`;
  }
  const wanted = `${CODE_WORDS.join(', ')}, or an https:// address without user name`;
  return linkFault(link, hosts, wanted, 'drop.overlay.hosts');
}

function checkoutFault(link: string, hosts: readonly string[]): string | undefined {
  const wanted = 'an https:// address without user name';
  return link === '' ? undefined : linkFault(link, hosts, wanted, 'orders.checkout_hosts');
}

/** A link that sends buyers elsewhere would take their money: only hosts that the config names. */
function linkFault(
  link: string,
  hosts: readonly string[],
  wanted: string,
  key: string,
): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    return `must be ${wanted}`;
  }
  if (url.port === '' && hosts.includes(url.hostname)) return undefined;
  return `leads to ${url.host}: add that host to ${key}, or use another link`;
}

function isCurrency(value: string): boolean {
  return Intl.supportedValuesOf('currency').includes(value);
}
