import * as v from 'valibot';
import { type Fault, text, whole } from './rules.ts';

const ADVICE = 'must be like http://10.0.0.5:8080 or https://host/show/index.m3u8, or empty';

/** Added to the config as `edge`. */
export const edgeSchema = v.strictObject({
  upstream: v.optional(
    v.pipe(
      text,
      v.check((value) => value === '' || isWebAddress(value), ADVICE),
    ),
    '',
  ),
  memory_mb: v.optional(whole(16, 4096), 64),
});

type EdgeConfig = v.InferOutput<typeof edgeSchema>;

const THIS_MACHINE: readonly string[] = ['localhost', '127.0.0.1', '[::1]', '0.0.0.0'];

export function* edgeFaults(
  { upstream }: EdgeConfig,
  viewers: { readonly port: number; readonly tls?: { readonly port: number } | undefined },
  hasUplink: boolean,
): Generator<Fault> {
  if (upstream === '' || !URL.canParse(upstream)) return;
  const { protocol, hostname, port, username, password } = new URL(upstream);
  // Told here, where the value is not repeated.
  if (username !== '' || password !== '') {
    yield { path: ['edge', 'upstream'], message: 'must carry no user name and no password' };
  }
  const asked = Number(port) || (protocol === 'https:' ? 443 : 80);
  if (THIS_MACHINE.includes(hostname) && [viewers.port, viewers.tls?.port].includes(asked)) {
    yield { path: ['edge', 'upstream'], message: 'is this box itself: its own viewers.port' };
  }
  if (hasUplink) {
    const message =
      'must be left out with edge.upstream: an edge has no picture of its own to send';
    yield { path: ['uplink'], message };
  }
}

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && hostname !== '' && search === '' && hash === '';
}
