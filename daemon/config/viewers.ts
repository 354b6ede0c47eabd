/** `viewers` of the config: the server of the player page and of LL-HLS. */
import * as v from 'valibot';
import { host, network, oneOf, text, textOf, whole } from './rules.ts';

const tls = v.strictObject({
  port: v.optional(whole(1, 65535), 8443),
  cert_file: text,
  key_file: text,
});

const ADDRESS =
  'must be an address that guests open, as live.example.org or https://example.org/live/, or empty';

const url = v.pipe(
  textOf(200),
  v.check((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password, search, hash } = new URL(value);
    return /^https?:$/.test(protocol) && username + password + search + hash === '';
  }),
);

export const viewersSchema = v.strictObject({
  host: v.optional(host, '::'),
  port: v.optional(whole(1, 65535), 8080),
  address: v.optional(v.union([v.literal(''), host, url], ADDRESS), ''),
  part_ms: v.optional(whole(50, 1000), 200),
  push: v.optional(oneOf('off', 'by_hand', 'parts', 'frames'), 'by_hand'),
  window_s: v.optional(whole(6, 7200), 30),
  max_connections: v.optional(whole(1, 20_000), 6000),
  max_connections_per_address: v.optional(whole(1, 20_000), 1024),
  trusted_proxies: v.optional(v.pipe(v.array(network), v.maxLength(50, 'must be 50 at most')), []),
  tls: v.optional(tls),
});
