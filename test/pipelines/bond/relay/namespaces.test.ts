/** Our relay on a machine with several addresses, in network namespaces. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../support/box.ts';
import type { AskedLine } from '../../../support/network/relay-asker.ts';
import { inside, openVenueNetwork } from '../../../support/network/venue-network.ts';
import { nodeProgram, startProgram } from '../../../support/program.ts';

const test = suite('relay in namespaces');

const PORT = 6000;
const FLOOD = 4000;

test('it answers from the address that was asked, with 32 bytes at least, and few of a flood', async () => {
  using network = openVenueNetwork(2, { v6Links: [1] });
  if (network === undefined) {
    console.log('SKIPPED 1: this machine makes no network namespaces');
    return;
  }
  const { farHost, farHostV6 } = network;
  const start = (namespace: string, path: string, ...argv: readonly string[]) => {
    const [command = '', ...rest] = [...inside(namespace), process.execPath];
    return startProgram(command, [...rest, ...nodeProgram(path), ...argv]);
  };
  const far = { listen: { host: '::', port: PORT }, latencyMs: 500, intervalMs: 10 };
  await using relay = start(
    network.far,
    ...['test/support/network/bond-ends', 'far', JSON.stringify(far)],
  );
  await until(() => relay.output().includes('isStarted'), 60_000, relay.output);
  const ask = async (source: string, asked: string, flood = 0) => {
    const words = [source, asked, `${PORT}`, `${flood}`];
    const asking = start(network.venue, 'test/support/network/relay-asker', ...words);
    await asking.ended;
    const lines = asking.output().trim().split('\n');
    const { answered } = JSON.parse(lines.pop() ?? '') as { answered: number };
    return { answered, replies: lines.map((line) => JSON.parse(line) as AskedLine) };
  };
  // The kernel would answer from the cable's address: 10.77.0.1 and fd77:1::1.
  for (const [source, asked, flood] of [
    ['10.77.0.2', farHost, FLOOD],
    ['fd77:1::2', farHostV6, 0],
  ] as const) {
    const { replies, answered } = await ask(source, asked, flood);
    assert.equal(
      replies.map(({ kind }) => kind),
      ['no-group', 'reg2', 'reg3', 'reg-err'],
    );
    assert.ok(
      replies.every(({ from }) => from === asked),
      JSON.stringify(replies),
    );
    assert.ok(
      replies.every(({ bytes }) => bytes >= 32),
      JSON.stringify(replies),
    );
    assert.ok(answered <= flood / 4, `${answered} of ${flood} answered`);
  }
});

test.run();
