/** Two modems that hand out the same private subnet, on the kernel's own routing. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../support/box.ts';
import { inside } from '../../support/network/venue-network.ts';
import { nodeProgram, startProgram } from '../../support/program.ts';

const test = suite('two modems with the same address');

/** Each carrier's far end has another address, which the carrier's own DNS server knows. */
const farHostOf = (link: number) => `10.88.0.${link + 1}`;
const NAME = 'relay.test';
const SERVER = '192.168.8.1';
const PORT = 6000;
const NAMES = { venue: `vbt${process.pid}`, carriers: [`vbc${process.pid}`, `vbd${process.pid}`] };

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'ignore', timeout: 120_000 });
const at = (namespace: string, ...args: string[]) => ip('netns', 'exec', namespace, 'ip', ...args);

/** Each carrier is a namespace of its own: it has the modem's side of the cable and the far end. */
function makeNetwork(): boolean {
  try {
    ip('netns', 'add', NAMES.venue);
    at(NAMES.venue, 'link', 'set', 'lo', 'up');
    for (const [link, carrier] of NAMES.carriers.entries()) {
      ip('netns', 'add', carrier);
      at(carrier, 'link', 'set', 'lo', 'up');
      at(carrier, 'addr', 'add', `${farHostOf(link)}/32`, 'dev', 'lo');
      const pair = ['type', 'veth', 'peer', 'name', 'modem', 'netns', carrier];
      ip('link', 'add', `wwan${link}`, 'netns', NAMES.venue, ...pair);
      at(carrier, 'addr', 'add', `${SERVER}/24`, 'dev', 'modem');
      at(carrier, 'link', 'set', 'modem', 'up');
      at(NAMES.venue, 'addr', 'add', '192.168.8.100/24', 'dev', `wwan${link}`);
      at(NAMES.venue, 'link', 'set', `wwan${link}`, 'up');
      const via = ['via', SERVER, 'dev', `wwan${link}`, 'metric', String(700 + link)];
      at(NAMES.venue, 'route', 'add', 'default', ...via);
    }
    return true;
  } catch {
    return false;
  }
}

function removeNetwork(): void {
  for (const name of [NAMES.venue, ...NAMES.carriers]) {
    try {
      ip('netns', 'del', name);
    } catch {
      // It was never made.
    }
  }
}

const ANSWER = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (_, { address, port }) => socket.send(process.argv[1], port, address));
  socket.bind(${PORT}, process.argv[2]);
`;

test('each link’s packets and look-ups leave by its own modem, and its answers come back to it', async () => {
  if (!makeNetwork()) {
    removeNetwork();
    console.log('SKIPPED 1: this machine makes no network namespaces');
    return;
  }
  try {
    const startIn = (carrier: string, ...argv: string[]) => {
      const [command = '', ...rest] = inside(carrier);
      return startProgram(command, [...rest, process.execPath, ...argv]);
    };
    const answering = NAMES.carriers.flatMap((carrier, link) => {
      const host = farHostOf(link);
      const records = JSON.stringify({ [NAME]: { A: [host] } });
      return [
        startIn(carrier, '-e', ANSWER, carrier, host),
        startIn(carrier, 'test/support/network/dns-program.mjs', SERVER, '53', records),
      ];
    });
    const [command = '', ...rest] = inside(NAMES.venue);
    const asking = startProgram(command, [
      ...rest,
      ...[
        process.execPath,
        ...nodeProgram('test/support/network/twin-links'),
        ...[NAME, SERVER, `${PORT}`],
      ],
    ]);
    try {
      const [first, second] = NAMES.carriers;
      await until(() => asking.output().includes(`first says ${first}`), 30_000, asking.output);
      await until(() => asking.output().includes(`second says ${second}`), 30_000, asking.output);
      assert.not.match(asking.output(), `first says ${second}`);
      assert.not.match(asking.output(), `second says ${first}`);
    } finally {
      await asking[Symbol.asyncDispose]();
      await Promise.all(answering.map((program) => program[Symbol.asyncDispose]()));
    }
  } finally {
    removeNetwork();
  }
});

test.run();
