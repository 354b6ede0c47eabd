/** The viewers' ports outlive the process that serves them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StandingPorts } from '../../../../daemon/media/children/standing-ports.ts';
import type { ServerSettings } from '../../../../pipelines/http/server-settings.ts';
import { freePort } from '../../../support/free-port.ts';

const test = suite('ports of the viewers');

const log = { debug: () => undefined };
const settingsOf = (port: number, tlsPort?: number): ServerSettings => ({
  ...{ host: '127.0.0.1', port, maxConnections: 10, maxConnectionsPerAddress: 10 },
  ...(tlsPort !== undefined && { tls: { port: tlsPort, certFile: 'c', keyFile: 'k' } }),
});

/** Listens on what it inherits, and answers with its name. */
const SERVE = `
  const server = require('node:http').createServer((_, response) => response.end(process.argv[1]));
  server.listen({ fd: Number(process.argv[2]) }, () => process.stdout.write('listening'));
`;

async function serve(name: string, fd: number, inherit: readonly number[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', SERVE, name, String(fd)], {
    stdio: ['ignore', 'pipe', 'inherit', ...inherit],
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const ask = async (port: number): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return await response.text();
};

const isRefused = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  const how = await Promise.race([
    once(socket, 'connect').then(() => false),
    once(socket, 'error').then(() => true),
  ]).catch(() => true);
  socket.destroy();
  return how;
};

test('who comes while no process serves waits for the next one, and is not refused', async () => {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const ports = new StandingPorts(log);
  const first = ports.lend(settingsOf(port, tlsPort));
  assert.equal([first.server.fd, first.server.tls?.fd, first.inherit.length], [3, 4, 2]);
  const one = await serve('one', 3, first.inherit);
  assert.is(await ask(port), 'one');
  await kill(one);
  const waiting = ask(port);
  const second = ports.lend(settingsOf(port, tlsPort));
  assert.equal(second.inherit, first.inherit, 'the same sockets');
  const two = await serve('two', 3, second.inherit);
  assert.is(await waiting, 'two');
  await kill(two);
  ports.close();
  assert.ok(await isRefused(port));
});

test('another port takes the place of the one before, which is free again', async () => {
  const [port, other] = [await freePort(), await freePort()];
  const ports = new StandingPorts(log);
  const child = await serve('one', 3, ports.lend(settingsOf(port)).inherit);
  await kill(child);
  assert.not(await isRefused(port));
  ports.lend(settingsOf(other));
  assert.ok(await isRefused(port));
  ports.close();
});

test('a port that another program has, a name, and any free port are left to the process', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const ports = new StandingPorts(log);
  for (const settings of [
    settingsOf(port),
    settingsOf(0),
    { ...settingsOf(await freePort()), host: 'box.local' },
  ]) {
    assert.equal(ports.lend(settings), { server: settings, inherit: [] });
  }
  ports.close();
  taken.close();
});

test('on all addresses it is IPv4, too', async () => {
  const port = await freePort();
  const ports = new StandingPorts(log);
  const { inherit } = ports.lend({ ...settingsOf(port), host: '::' });
  const child = await serve('one', 3, inherit);
  assert.is(await ask(port), 'one');
  await kill(child);
  ports.close();
});

test.run();
