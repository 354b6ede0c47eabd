/** `edge` of the config: this box shows the stream of another one. */
import * as v from 'valibot';
import { type Fault, integer, text } from './rules.ts';

const ADVICE = 'must be like http://10.0.0.5:8080 or https://host/show/index.m3u8, or empty';

export const edgeSchema = v.strictObject({
  upstream: v.optional(
    v.pipe(
      text,
      v.check((value) => value === '' || isWebAddress(value), ADVICE),
    ),
    '',
  ),
  memory_mb: v.optional(integer(16, 4096), 64),
});

type EdgeConfig = v.InferOutput<typeof edgeSchema>;

const THIS_MACHINE: readonly string[] = ['localhost', '127.0.0.1', '[::1]', '0.0.0.0', '[::]'];

export function* edgeFaults(
  { upstream }: EdgeConfig,
  viewers: {
    readonly port: number;
    readonly tls?: { readonly port: number } | undefined;
    readonly whep: { readonly port: number };
  },
  hasUplink: boolean,
): Generator<Fault> {
  if (upstream === '' || !URL.canParse(upstream)) return;
  const { protocol, hostname, port, pathname, username, password } = new URL(upstream);
  // The schema's messages repeat the value: a password would go to the journal.
  if (username !== '' || password !== '') {
    yield { path: ['edge', 'upstream'], message: 'must not contain a user name or password' };
  }
  const asked = Number(port) || (protocol === 'https:' ? 443 : 80);
  if (THIS_MACHINE.includes(hostname) && [viewers.port, viewers.tls?.port].includes(asked)) {
    yield {
      path: ['edge', 'upstream'],
      message: 'is the address of this box itself (viewers.port)',
    };
  }
  if (viewers.whep.port !== 0 && pathname.endsWith('.m3u8')) {
    yield {
      path: ['viewers', 'whep', 'port'],
      message: 'must be 0: only another box has WebRTC for an edge, not any LL-HLS origin',
    };
  }
  if (hasUplink) {
    const message = 'must be left out with edge.upstream: an edge has no camera to send';
    yield { path: ['uplink'], message };
  }
}

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && hostname !== '' && search === '' && hash === '';
}
