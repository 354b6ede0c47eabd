/** A closed terminal does not end the box. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../support/box.ts';
import { DAEMON } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { scratch } from './mqtt/support/mosquitto.ts';

const test = suite('a closed terminal');

test('the box goes on without its output and after SIGHUP, and ends well when asked', async () => {
  using folder = scratch();
  const [viewers, operator] = [await freePort(), await freePort()];
  const settings = [
    `viewers.port=${viewers}`,
    `operator.port=${operator}`,
    'mqtt.broker_port=0',
    `control.socket=${join(folder.path, 'socket')}`,
    'log.level=debug',
  ];
  const child = spawn(
    process.execPath,
    [...DAEMON, 'demo', '--idle', ...settings.flatMap((one) => ['--set', one])],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, STATE_DIRECTORY: folder.path } },
  );
  try {
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGHUP');
    const isServing = async () => {
      const reply = await fetch(`http://127.0.0.1:${viewers}/`).catch(() => undefined);
      return reply?.ok === true;
    };
    await until(isServing, 40_000);
    child.kill('SIGHUP');
    // Its journal writes into a pipe that no client reads.
    for (let i = 0; i < 20; i += 1) assert.ok(await isServing());
    assert.is(child.exitCode, null);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.equal(await ended, [0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test.run();
