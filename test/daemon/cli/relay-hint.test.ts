/** What the relay prints for the config of a box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { renderRelayHint } from '../../../daemon/cli/relay-hint.ts';

const test = suite('relay hint');

const at = (address: string, family: string, internal = false) => ({ address, family, internal });
const interfaces = {
  lo: [at('127.0.0.1', 'IPv4', true)],
  eth0: [at('fe80::1', 'IPv6'), at('2001:db8::7', 'IPv6'), at('203.0.113.5', 'IPv4')],
};

const configOf = (text: string) =>
  parse(text.slice(text.indexOf('uplink:')).split('\n\n')[0] ?? '');

for (const [listen, found, host] of [
  ['::', interfaces, '203.0.113.5'],
  ['0.0.0.0', interfaces, '203.0.113.5'],
  ['::', { eth0: [at('2001:db8::7', 'IPv6')] }, '2001:db8::7'],
  ['198.51.100.9', interfaces, '198.51.100.9'],
  ['0.0.0.0', {}, 'relay.example.org'],
] as const) {
  test(`a relay on ${listen} is at ${host}`, () => {
    const listening = { host: listen, port: 5000 };
    const text = renderRelayHint({ listening, interfaces: found, hasSecret: true });
    assert.equal(configOf(text), {
      uplink: { host, port: 5000, relay_secret_file: '/etc/venuebox/relay-secret' },
    });
    assert.match(text, /[█▀▄]{3}/, 'the QR code');
  });
}

test.run();
