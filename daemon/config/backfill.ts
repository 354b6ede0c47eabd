/** `uplink.backfill` of the config: where the far end gets what it missed while the links were gone. */
import { isIP } from 'node:net';
import * as v from 'valibot';
import { type Fault, integer, text } from './rules.ts';

export const backfill = v.optional(
  v.strictObject({
    url: v.optional(
      v.pipe(
        text,
        v.check(
          (value) => value === '' || isStore(value),
          'must be like https://relay.example.org:5001 or ssh://user@far.example.org/folder, or for an address of the own network http:// or rsync://user@192.168.1.20/module, or empty',
        ),
      ),
      '',
    ),
    token_file: v.optional(text, ''),
    ca_file: v.optional(text, ''),
    key_file: v.optional(text, ''),
    known_hosts_file: v.optional(text, ''),
    max_bps: v.optional(integer(10_000, 100_000_000), 5_000_000),
  }),
  {},
);

export type BackfillConfig = v.InferOutput<typeof backfill>;

/** RFC 1918, 127/8, link-local; RFC 4193, ::1: the token is not read there by strangers on the way. */
const OWN_NETWORK =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cd][\da-f]{2}:)/i;

/** A module or folder, and folders below it; what is left out could be read otherwise. */
const REMOTE_PATH = /^(?:\/[\w][\w.-]{0,98}){1,8}\/?$/;
const REMOTE_USER = /^\w[\w.-]{0,63}$/;
/** No option of ssh. */
const SSH_HOST = /^(?:[a-z\d][a-z\d.-]{0,252}|\[[\da-f:]{2,39}\])$/i;

function isStore(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash, pathname } = new URL(value);
  // The sender looks at the text: `SSH://` is no address of theirs.
  if (!value.startsWith(protocol)) return false;
  if (`${password}${search}${hash}` !== '') return false;
  // A name may begin like an address, as 10.example.org does, and lead anywhere.
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  const isOwn = isAddress && OWN_NETWORK.test(hostname);
  // Its password is never sent, but what is recorded is, in clear.
  if (protocol === 'rsync:' || protocol === 'ssh:') {
    const isReached = protocol === 'ssh:' ? SSH_HOST.test(hostname) : isOwn;
    return isReached && REMOTE_USER.test(username) && REMOTE_PATH.test(pathname);
  }
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && isOwn));
}

/** Keys that go with some addresses only. */
const TOKEN_KEYS = ['token_file'] as const;
const SSH_KEYS = ['key_file', 'known_hosts_file'] as const;

export const isSsh = ({ url }: Pick<BackfillConfig, 'url'>) => url.startsWith('ssh:');

export function* backfillFaults(
  config: BackfillConfig,
  {
    hasReceiver,
    hasRecordings,
  }: { readonly hasReceiver: boolean; readonly hasRecordings: boolean },
): Generator<Fault> {
  if (config.url === '') return;
  const at = (key: string) => ['uplink', 'backfill', key];
  const [needed, other] = isSsh(config) ? [SSH_KEYS, TOKEN_KEYS] : [TOKEN_KEYS, SSH_KEYS];
  for (const key of needed) {
    if (config[key] === '') yield { path: at(key), message: 'must be given, as the url is' };
  }
  for (const key of other) {
    if (config[key] === '') continue;
    yield {
      path: at(key),
      message: `must be empty with this url; it takes ${needed.join(' and ')}`,
    };
  }
  if (!hasReceiver) yield { path: at('url'), message: 'must be empty without uplink.host' };
  if (!hasRecordings) {
    yield { path: at('url'), message: 'must be empty without recording.targets' };
  }
}
