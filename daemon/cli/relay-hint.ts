/** What `venuebox relay` prints: the lines for a box's config, as text and as QR code. */
import { isIP } from 'node:net';
import encodeQR from 'qr';
import type { Endpoint } from '../../pipelines/bond/core/config.ts';
import type { StoreArguments } from './store-command.ts';

interface NetworkAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

export interface RelayHint {
  readonly listening: Endpoint;
  readonly interfaces: Readonly<Record<string, readonly NetworkAddress[] | undefined>>;
  readonly hasSecret: boolean;
  readonly store?: StoreArguments;
}

/** A relay on one address only is at that address, another at the machine's first one. */
export function renderRelayHint({ listening, interfaces, hasSecret, store }: RelayHint): string {
  const lines = [
    'uplink:',
    `  host: ${hostOf(listening.host, interfaces)}`,
    `  port: ${listening.port}`,
    ...(hasSecret ? ['  relay_secret_file: /etc/venuebox/relay-secret'] : []),
    ...(store === undefined ? [] : storeLines(store, hostOf(listening.host, interfaces))),
  ];
  const yaml = lines.join('\n');
  return `
For the config of the box, with the links that it has:

${yaml}

Where the box reaches this machine by another address or name, as behind a
router or in a cloud, write that one.${hasSecret ? ' Copy the secret to that file of the box, by a safe way.' : ''}

${encodeQR(yaml, 'ascii')}`;
}

function storeLines({ listen, certFile }: StoreArguments, host: string): readonly string[] {
  const scheme = certFile === '' ? 'http' : 'https';
  const name = host.startsWith('"') ? `[${host.slice(1, -1)}]` : host;
  return [
    '  backfill:',
    `    url: ${scheme}://${name}:${listen.port}`,
    '    token_file: /etc/venuebox/relay-token',
  ];
}

function hostOf(host: string, interfaces: RelayHint['interfaces']): string {
  if (host !== '::' && host !== '0.0.0.0') return isIP(host) === 6 ? `"${host}"` : host;
  const outer = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:169\.254\.|fe[89ab])/i.test(address));
  const found = outer.find(({ family }) => family === 'IPv4') ?? outer.find(() => host === '::');
  if (found === undefined) return 'relay.example.org';
  return found.family === 'IPv6' ? `"${found.address}"` : found.address;
}
