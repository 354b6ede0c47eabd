import * as v from 'valibot';
import { even, type Fault, name, oneOf, text, whole } from './rules.ts';

const link = v.strictObject({
  id: name,
  device: v.optional(
    v.pipe(text, v.regex(/^[\w.:-]{1,15}$/, 'must be an interface like wwan0, or left out')),
  ),
  address: v.optional(v.pipe(text, v.ipv4('must be an IPv4 address of this machine'))),
  weight: v.optional(
    v.pipe(
      v.number('must be a number from 0.1 to 10'),
      v.minValue(0.1, 'must be a number from 0.1 to 10'),
      v.maxValue(10, 'must be a number from 0.1 to 10'),
    ),
    1,
  ),
  backup: v.optional(v.boolean('must be true or false'), false),
  enabled: v.optional(v.boolean('must be true or false'), true),
  budget_mb_per_month: v.optional(whole(1, 10_000_000)),
});

/** Where the box sends SRT; a box without this key sends none. */
export const uplink = v.strictObject({
  host: v.pipe(text, v.regex(/^[\w.-]{1,253}$/, 'must be an IPv4 address or a name')),
  port: whole(1, 65_535),
  stream_id: v.optional(v.pipe(text, v.maxLength(512, 'must be 512 characters at most')), ''),
  passphrase_file: v.optional(text, ''),
  latency_ms: v.optional(whole(120, 8000), 2000),
  overhead_pct: v.optional(whole(5, 100), 25),
  rendition: v.optional(text, ''),
  width: v.optional(even(64, 3840), 1280),
  height: v.optional(even(64, 2160), 720),
  bitrate_bps: v.optional(whole(100_000, 30_000_000), 4_000_000),
  min_bitrate_bps: v.optional(whole(50_000, 30_000_000), 500_000),
  rate: v.optional(oneOf('link-aware', 'classic', 'fixed'), 'link-aware'),
  links: v.optional(v.pipe(v.array(link), v.maxLength(16, 'must list 16 links at most')), []),
});

export type UplinkConfig = v.InferOutput<typeof uplink>;

/** Name of the uplink's own rendition, beside those of the viewers. */
export const UPLINK_TRACK = 'uplink';

/** @param renditions Names of the viewers' renditions. */
export function* uplinkFaults(
  config: UplinkConfig | undefined,
  renditions: readonly string[],
): Generator<Fault> {
  if (config === undefined) return;
  const { rendition, bitrate_bps, min_bitrate_bps, links } = config;
  if (rendition !== '' && !renditions.includes(rendition)) {
    const message = `names no rendition of this config; there are: ${renditions.join(', ')}; or leave it empty for one of its own`;
    yield { path: ['uplink', 'rendition'], message };
  }
  if (min_bitrate_bps > bitrate_bps) {
    yield { path: ['uplink', 'min_bitrate_bps'], message: 'must not be above bitrate_bps' };
  }
  for (const [i, { id, device, address }] of links.entries()) {
    if (device === undefined && address === undefined) {
      yield { path: ['uplink', 'links', i], message: 'must name a device or an address' };
    }
    if (links.findIndex((other) => other.id === id) !== i) {
      yield { path: ['uplink', 'links', i, 'id'], message: `${id} is there twice` };
    }
  }
}
