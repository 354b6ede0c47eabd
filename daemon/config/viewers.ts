/** `viewers` of the config: the server of the player page and of LL-HLS. */
import * as v from 'valibot';
import { host, integer, network, oneOf, text, textOf } from './rules.ts';

const tls = v.strictObject({
  port: v.optional(integer(1, 65535), 8443),
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

/** RFC 7064, RFC 7065; an IPv6 address is in brackets. */
const ICE_HOST = '(?:[\\w.-]{1,150}|\\[[\\da-fA-F:.]{2,45}\\])(?::\\d{1,5})?';
const ICE_SERVER = new RegExp(
  `^(?:stun:${ICE_HOST}|turns?:${ICE_HOST}(?:\\?transport=(?:udp|tcp))?)$`,
);

const iceServer = v.pipe(
  textOf(200),
  v.regex(
    ICE_SERVER,
    'must be like stun:stun.example.org:3478, stun:[2001:db8::1]:3478 or turn:turn.example.org:3478',
  ),
);

/** WebRTC, by WHEP. */
const whep = v.strictObject({
  port: v.optional(integer(0, 65535), 0),
  max_viewers: v.optional(integer(1, 500), 50),
  max_viewers_per_address: v.optional(integer(1, 500), 10),
  ice_servers: v.optional(v.pipe(v.array(iceServer), v.maxLength(4, 'must be 4 at most')), []),
  turn_username: v.optional(textOf(100), ''),
  turn_password_file: v.optional(textOf(500), ''),
  token_file: v.optional(textOf(500), ''),
});

/** The stream is there by WebRTC: for everybody, or for those who have a token. */
export function hasWhep({
  viewers,
}: {
  readonly viewers: { readonly whep: { readonly port: number } };
}): boolean {
  return viewers.whep.port !== 0;
}

export const viewersSchema = v.strictObject({
  host: v.optional(host, '::'),
  port: v.optional(integer(1, 65535), 8080),
  address: v.optional(v.union([v.literal(''), host, url], ADDRESS), ''),
  part_ms: v.optional(integer(50, 1000), 200),
  push: v.optional(oneOf('off', 'by_hand', 'parts', 'frames'), 'by_hand'),
  window_s: v.optional(integer(6, 7200), 30),
  max_connections: v.optional(integer(1, 20_000), 6000),
  max_connections_per_address: v.optional(integer(1, 20_000), 1024),
  trusted_proxies: v.optional(v.pipe(v.array(network), v.maxLength(50, 'must be 50 at most')), []),
  tls: v.optional(tls),
  whep: v.optional(whep, {}),
});
