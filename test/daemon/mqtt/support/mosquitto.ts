/** A real mosquitto on a loopback port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../support/box.ts';
import { freePort } from '../../../support/free-port.ts';

export interface Mosquitto extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  output(): string;
  /** Ends it; `start` runs it again on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A folder that is removed with the test. */
export function scratch(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'venuebox-mqtt-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * A real mosquitto on a free loopback port.
 *
 * @param settings Lines of its config, given the folder and after the listener.
 */
export async function startMosquitto(
  settings: (folder: string) => readonly string[] = () => ['allow_anonymous true'],
  onPort?: number,
): Promise<Mosquitto> {
  const port = onPort ?? (await freePort());
  const { path: folder, [Symbol.dispose]: remove } = scratch();
  const config = join(folder, 'mosquitto.conf');
  const lines = [`listener ${port} 127.0.0.1`, ...settings(folder), 'log_type all'];
  // As root it would become user `mosquitto`, which may not read this test's files.
  if (process.getuid?.() === 0) lines.push('user root');
  writeFileSync(config, `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;
  let output = '';
  const start = async () => {
    const started = spawn('/usr/sbin/mosquitto', ['-c', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-100_000);
      });
    }
    await until(
      () => isOpen(port),
      10_000,
      () => output,
    );
  };
  const stop = async () => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('close', resolve));
    ending.kill('SIGTERM');
    await ended;
  };
  await start();
  return {
    port,
    folder,
    output: () => output,
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      remove();
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
