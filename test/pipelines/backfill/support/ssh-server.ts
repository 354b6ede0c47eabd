/** A real SSH server on this machine, which lets one key in. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../support/box.ts';
import { freePort } from '../../../support/free-port.ts';
import { type Program, startProgram } from '../../../support/program.ts';

export interface SshServer extends AsyncDisposable {
  readonly url: string;
  /** What it has stored. */
  readonly folder: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** A key that it does not let in, and a file with another host key. */
  readonly strangers: { readonly keyFile: string; readonly knownHostsFile: string };
  output(): string;
  end(): Promise<void>;
}

/** sshd is started by its full path: it starts itself again for each connection. */
const SSHD = ['/usr/sbin/sshd', ...folders().map((folder) => join(folder, 'sshd'))].find(
  existsSync,
);

function folders(): readonly string[] {
  return (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
}

/** Why no server can be started here; undefined where one can. */
export function whyNoSsh(): string | undefined {
  if (SSHD === undefined) return 'sshd is not on this machine';
  if (spawnSync('ssh', ['-V']).status !== 0) return 'ssh is not on this machine';
  if (spawnSync('rsync', ['--version']).status !== 0) return 'rsync is not on this machine';
  // As root it confines what it does before the sign-in: to a user and a folder that Debian makes.
  const isMade = existsSync('/run/sshd') && /^sshd:/m.test(readFileSync('/etc/passwd', 'utf8'));
  if (process.getuid?.() === 0 && !isMade) return 'sshd has no user, or no /run/sshd, here';
  return undefined;
}

export async function openSshServer(folder: string): Promise<SshServer> {
  const port = await freePort();
  const at = (name: string) => join(folder, name);
  mkdirSync(at('far'));
  for (const name of ['host', 'other-host', 'client', 'stranger']) makeKey(at(name));
  const publicOf = (name: string) => readFileSync(at(`${name}.pub`), 'utf8');
  writeFileSync(at('authorized'), publicOf('client'));
  const hostLine = (name: string) => `[127.0.0.1]:${port} ${publicOf(name)}`;
  writeFileSync(at('known hosts'), hostLine('host'));
  writeFileSync(at('known others'), hostLine('other-host'));
  const lines = [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${at('host')}`, 'PidFile none'],
    ...[`AuthorizedKeysFile ${at('authorized')}`, 'StrictModes no', 'UsePAM no'],
    ...['PasswordAuthentication no', 'PermitRootLogin prohibit-password', 'LogLevel VERBOSE'],
    `SetEnv PATH=${process.env['PATH'] ?? ''}`,
  ];
  writeFileSync(at('sshd_config'), `${lines.join('\n')}\n`);
  const program: Program = startProgram(SSHD ?? '', ['-D', '-e', '-f', at('sshd_config')]);
  await until(() => isOpen(port), 60_000, program.output);
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}${at('far')}`,
    folder: at('far'),
    keyFile: at('client'),
    knownHostsFile: at('known hosts'),
    strangers: { keyFile: at('stranger'), knownHostsFile: at('known others') },
    output: program.output,
    end: async () => await program[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => await program[Symbol.asyncDispose](),
  };
}

export function makeKey(file: string, passphrase = ''): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', '', '-f', file]);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
