/** A real rsync server on this machine, for one user with a password. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { until } from '../../../support/box.ts';
import { freePort } from '../../../support/free-port.ts';
import { type Program, startProgram } from '../../../support/program.ts';

export interface RsyncServer extends AsyncDisposable {
  readonly url: string;
  /** What it has stored. */
  readonly folder: string;
  end(): Promise<void>;
  start(): Promise<void>;
}

export const hasRsync = () => spawnSync('rsync', ['--version']).status === 0;

export async function openRsyncServer(folder: string, password: string): Promise<RsyncServer> {
  const port = await freePort();
  const [stored, secrets, conf] = ['far', 'secrets', 'rsyncd.conf'].map((one) => join(folder, one));
  mkdirSync(stored ?? '');
  writeFileSync(secrets ?? '', `box:${password}\n`);
  chmodSync(secrets ?? '', 0o600);
  const isRoot = process.getuid?.() === 0;
  const lines = [
    ...['use chroot = no', '[gaps]', `path = ${stored}`, 'read only = no'],
    ...['auth users = box', `secrets file = ${secrets}`],
    ...(isRoot ? ['uid = 0', 'gid = 0'] : []),
  ];
  writeFileSync(conf ?? '', `${lines.join('\n')}\n`);
  const args = ['--daemon', '--no-detach', '--address=127.0.0.1', `--port=${port}`];
  let program: Program | undefined;
  const server: RsyncServer = {
    url: `rsync://box@127.0.0.1:${port}/gaps`,
    folder: stored ?? '',
    start: async () => {
      const started = startProgram('rsync', [...args, `--config=${conf}`]);
      program = started;
      await until(() => isOpen(port), 60_000, started.output);
    },
    end: async () => {
      await program?.[Symbol.asyncDispose]();
      program = undefined;
    },
    [Symbol.asyncDispose]: () => server.end(),
  };
  await server.start();
  return server;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
