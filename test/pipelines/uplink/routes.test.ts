/** A link's routing table on the kernel's own routing, as others change what it was made from. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import { until } from '../../support/box.ts';
import { inside, openVenueNetwork } from '../../support/network/venue-network.ts';
import { nodeProgram, startProgram } from '../../support/program.ts';

const test = suite('routes of a link');

test('a changed gateway is used, and a table or rule that was removed is set again', async () => {
  using network = openVenueNetwork(1);
  if (network === undefined) {
    console.log('SKIPPED 1: this machine makes no network namespaces');
    return;
  }
  const [command = '', ...rest] = inside(network.venue);
  const ip = (...args: string[]) =>
    execFileSync(command, [...rest, 'ip', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 120_000,
    });
  await using following = startProgram(command, [
    ...rest,
    ...[
      process.execPath,
      ...nodeProgram('test/support/network/twin-links'),
      network.farHost,
      '6000',
    ],
  ]);
  const isSet = (gateway: string) => {
    const wanted = [`default via ${gateway} dev wwan0`, 'unreachable default', 'lookup 5200'];
    try {
      const found = ip('route', 'show', 'table', '5200') + ip('rule');
      return wanted.every((part) => found.includes(part));
    } catch {
      // Before anything was set there is no such table.
      return false;
    }
  };
  await until(() => isSet('10.77.0.1'), 30_000, following.output);

  ip('route', 'replace', 'default', 'via', '10.77.0.9', 'dev', 'wwan0', 'metric', '700');
  await until(() => isSet('10.77.0.9'), 30_000, following.output);

  ip('route', 'flush', 'table', '5200');
  await until(() => isSet('10.77.0.9'), 30_000, following.output);

  ip('rule', 'del', 'pref', '5200');
  await until(() => isSet('10.77.0.9'), 30_000, following.output);

  // As quick as a loose plug: it may never have been seen as missing.
  network.plug(0, false);
  network.plug(0, true);
  await until(() => isSet('10.77.0.1'), 30_000, following.output);
});

test.run();
