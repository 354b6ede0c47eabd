/** `uplink` of the config: SRT upstream, the links that it is bonded over, and further receivers. */
import * as v from 'valibot';
import { backfill, backfillFaults } from './backfill.ts';
import { destinationFaults, destinations } from './destinations.ts';
import {
  between,
  even,
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

const link = v.strictObject({
  id: name,
  device: v.optional(
    v.pipe(text, v.regex(/^[\w.:-]{1,15}$/, 'must be an interface like wwan0, or left out')),
  ),
  address: v.optional(v.pipe(text, v.ip('must be an IP address of this machine'))),
  weight: v.optional(between(0.1, 10), 1),
  backup: v.optional(flag, false),
  enabled: v.optional(flag, true),
  budget_mb_per_month: v.optional(integer(1, 10_000_000)),
});

export const uplink = v.strictObject({
  host: v.optional(host),
  port: v.optional(integer(1, 65_535)),
  stream_id: v.optional(textOf(512), ''),
  passphrase_file: v.optional(text, ''),
  relay_secret_file: v.optional(text, ''),
  latency_ms: v.optional(integer(120, 8000), 2000),
  overhead_pct: v.optional(integer(5, 100), 25),
  rendition: v.optional(text, ''),
  width: v.optional(even(64, 3840), 1280),
  height: v.optional(even(64, 2160), 720),
  bitrate_bps: v.optional(integer(100_000, 30_000_000), 4_000_000),
  min_bitrate_bps: v.optional(integer(50_000, 30_000_000), 500_000),
  rate: v.optional(oneOf('link-aware', 'classic', 'fixed'), 'link-aware'),
  links: v.optional(v.pipe(v.array(link), v.maxLength(16, 'must list 16 links at most')), []),
  destinations,
  backfill,
});

export type UplinkConfig = v.InferOutput<typeof uplink>;

/** Name of the uplink's own rendition, beside those of the viewers. */
export const UPLINK_TRACK = 'uplink';

/** @param renditions Names of the viewers' renditions. */
export function* uplinkFaults(
  config: UplinkConfig | undefined,
  renditions: readonly string[],
  hasRecordings: boolean,
): Generator<Fault> {
  if (config === undefined) return;
  const { rendition, bitrate_bps, min_bitrate_bps, links } = config;
  yield* receiverFaults(config);
  if (rendition !== '' && !renditions.includes(rendition)) {
    const message = `unknown rendition ${rendition}; there are: ${renditions.join(', ')}; leave it empty for one of its own`;
    yield { path: ['uplink', 'rendition'], message };
  }
  if (min_bitrate_bps > bitrate_bps) {
    yield { path: ['uplink', 'min_bitrate_bps'], message: 'must not be above bitrate_bps' };
  }
  yield* linkFaults(links);
  yield* destinationFaults(config.destinations, renditions);
  const hasReceiver = receiverOf(config) !== undefined;
  yield* backfillFaults(config.backfill, { hasReceiver, hasRecordings });
}

/** Without a receiver of its own there is something in the list, and nothing to bond. */
function* receiverFaults({
  host: to,
  port,
  links,
  destinations: list,
}: UplinkConfig): Generator<Fault> {
  if (to !== undefined && port === undefined) {
    yield { path: ['uplink', 'port'], message: 'must be given, as uplink.host is' };
  }
  if (to !== undefined) return;
  if (port !== undefined || links.length > 0 || list.length === 0) {
    const message =
      'must be given; it may be left out only where uplink.destinations has all receivers';
    yield { path: ['uplink', 'host'], message };
  }
}

/** The bonded receiver; undefined where the list of destinations has all. */
export function receiverOf({
  host: to,
  port,
}: UplinkConfig): { readonly host: string; readonly port: number } | undefined {
  return to === undefined || port === undefined ? undefined : { host: to, port };
}

function* linkFaults(links: UplinkConfig['links']): Generator<Fault> {
  const at = (i: number, ...key: string[]) => ['uplink', 'links', i, ...key];
  for (const [i, { device, address }] of links.entries()) {
    if (device !== undefined || address !== undefined) continue;
    yield { path: at(i), message: 'must name a device or an address' };
  }
  yield* repeatedFaults(links.map(({ id }, i) => [at(i, 'id'), id]));
  for (const key of ['device', 'address'] as const) {
    const values = links.flatMap((link, i) => {
      const value = link.enabled ? link[key] : undefined;
      return value === undefined ? [] : [[at(i, key), value] as const];
    });
    yield* repeatedFaults(values, key === 'device' ? 'interface ' : 'address ');
  }
}
