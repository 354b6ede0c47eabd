/** Looking a name up through one link, with real DNS servers on loopback. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookupThroughLink, openLookup } from '../../../../pipelines/bond/net/link-lookup.ts';
import { prefixOf, translate } from '../../../../pipelines/bond/net/nat64.ts';
import { until } from '../../../support/box.ts';
import { startProgram } from '../../../support/program.ts';

const test = suite('look-up through a link');

const PROGRAM = fileURLToPath(new URL('../../../support/network/dns-program.mjs', import.meta.url));

/** A server that knows these records; `at` is as `dns.getServers` has it. */
async function openServer(host: string, records: object) {
  const program = startProgram(process.execPath, [PROGRAM, host, '0', JSON.stringify(records)]);
  await until(() => program.output().includes('port '), 30_000, program.output);
  const port = /port (\d+)/.exec(program.output())?.[1];
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return { at, program, [Symbol.asyncDispose]: program[Symbol.asyncDispose] };
}

const hasV6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

test('an address is not looked up, and localhost is known without DNS', async () => {
  const from = { sourceAddress: '127.0.0.1' };
  assert.equal(await lookupThroughLink('10.9.8.7', from), ['10.9.8.7']);
  assert.equal(await openLookup(() => [])('localhost', from), ['127.0.0.1']);
});

test('it asks from the link’s address by a port of the link, beside those of its sockets', async () => {
  await using server = await openServer('127.0.0.1', { 'relay.test': { A: ['192.0.2.9'] } });
  const lookup = openLookup(() => [server.at]);
  const from = { sourceAddress: '127.0.0.2', sourcePort: 61_520 };
  assert.equal(await lookup('relay.test', from), ['192.0.2.9']);
  const port = Number(/asked from 127\.0\.0\.2 (\d+)/.exec(server.program.output())?.[1]);
  assert.ok(port >= 61_532 && port < 61_536, `${port}`);
});

test('a server that has no such record does not end the search', async () => {
  await using none = await openServer('127.0.0.1', {});
  await using server = await openServer('127.0.0.1', { 'relay.test': { A: ['192.0.2.9'] } });
  const lookup = openLookup(() => [none.at, server.at]);
  assert.equal(await lookup('relay.test', { sourceAddress: '127.0.0.1' }), ['192.0.2.9']);
});

test('the prefix of a NAT64 is read from the answer for the IPv4-only name, at any length', () => {
  // RFC 6052 §2.4, for 192.0.2.33.
  for (const [answer, expected] of [
    ['2001:db8:c000:aa::', '2001:db8:c000:221::'],
    ['2001:db8:1c0:0:aa::', '2001:db8:1c0:2:21::'],
    ['2001:db8:122:c000:0:aa00::', '2001:db8:122:c000:2:2100::'],
    ['2001:db8:122:3c0::aa:0:0', '2001:db8:122:3c0:0:221::'],
    ['2001:db8:122:344:c0:0:aa00:0', '2001:db8:122:344:c0:2:2100:0'],
    ['2001:db8:122:344::c000:ab', '2001:db8:122:344::c000:221'],
    ['64:ff9b::192.0.0.170', '64:ff9b::c000:221'],
  ] as const) {
    const prefix = prefixOf(answer);
    if (prefix === undefined) throw new Error(answer);
    assert.is(translate('192.0.2.33', prefix), expected, answer);
  }
  for (const answer of ['2001:db8::1', '192.0.0.170']) assert.is(prefixOf(answer), undefined);
});

if (hasV6) {
  const link = { sourceAddress: '::1' };
  const dns64 = { 'ipv4only.arpa': { AAAA: ['64:ff9b::c000:aa', '64:ff9b::c000:ab'] } };

  test('a network of IPv6 only translates an address, and a name by its address', async () => {
    const plain = { A: ['192.0.2.33'] };
    const made = { AAAA: ['64:ff9b::c000:221'] };
    const native = { A: ['192.0.2.33'], AAAA: ['2001:db8::9'] };
    await using server = await openServer('::1', {
      ...dns64,
      ...{ 'plain.test': plain, 'made.test': made, 'native.test': native },
    });
    const lookup = openLookup(() => [server.at]);
    assert.equal(await lookup('192.0.2.33', link), ['64:ff9b::c000:221']);
    assert.equal(await lookup('plain.test', link), ['192.0.2.33'], 'a server without DNS64');
    assert.equal(await lookup('made.test', link), ['192.0.2.33'], 'a DNS64');
    assert.equal(await lookup('native.test', link), ['2001:db8::9']);
  });

  test('servers that another link reaches are not asked for the translation of this one', async () => {
    await using other = await openServer('127.0.0.1', {});
    await using server = await openServer('::1', dns64);
    const lookup = openLookup(() => [other.at, server.at]);
    assert.equal(await lookup('192.0.2.33', link), ['64:ff9b::c000:221']);
    assert.not.match(other.program.output(), 'asked');
  });

  test('a server that is away does not hold up what another has answered', async () => {
    await using server = await openServer('::1', { 'native.test': { AAAA: ['2001:db8::9'] } });
    const away = createSocket('udp6').bind(0, '::1');
    await once(away, 'listening');
    const silent = `[::1]:${away.address().port}`;
    // It ends when the silent one is given up.
    const givenUp = openLookup(() => [silent])('192.0.2.33', link).catch(() => 'given up');
    const found = openLookup(() => [silent, server.at])('native.test', link);
    assert.equal(await Promise.race([found, givenUp]), ['2001:db8::9']);
    await givenUp;
    away.close();
  });

  test('two questions to one server at once come from two ports', async () => {
    await using server = await openServer('::1', { 'native.test': { AAAA: ['2001:db8::9'] } });
    const lookup = openLookup(() => [server.at]);
    for (let time = 0; time < 20; time += 1) {
      const before = server.program.output().length;
      await lookup('native.test', { ...link, sourcePort: 61_540 });
      const ports = () =>
        new Set(
          server.program
            .output()
            .slice(before)
            .match(/(?<=asked from ::1 )\d+/g),
        );
      await until(() => ports().size >= 2, 5_000, server.program.output);
    }
  });

  test('without a translation an address of IPv4 is not reached', async () => {
    await using server = await openServer('::1', {});
    const lookup = openLookup(() => [server.at]);
    const code = await lookup('192.0.2.33', link).catch((error) => error.code);
    assert.is(code, 'ENETUNREACH');
  });
} else console.log('SKIPPED 5: this machine has no IPv6');

test.run();
