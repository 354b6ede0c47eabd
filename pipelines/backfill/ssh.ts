/** The ssh program as rsync starts it: by key and known host only, and it never asks anybody. */
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SendPath, SshFiles } from './messages.ts';

/** In the folder that ssh is started in: the names of the box's files may have spaces and quotes. */
const KEY = 'key';
const KNOWN_HOSTS = 'known_hosts';

const CONNECT_S = 15;
const ALIVE_EVERY_S = 10;
const ALIVE_TRIES = 3;

/** No other key, no agent, no password, no question, no file of the user's (ssh_config(5)). */
const OPTIONS = [
  'BatchMode=yes',
  'PreferredAuthentications=publickey',
  'IdentitiesOnly=yes',
  'IdentityAgent=none',
  'StrictHostKeyChecking=yes',
  `UserKnownHostsFile=${KNOWN_HOSTS}`,
  'GlobalKnownHostsFile=none',
  'UpdateHostKeys=no',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ControlPath=none',
  'LogLevel=ERROR',
  `ConnectTimeout=${CONNECT_S}`,
  `ServerAliveInterval=${ALIVE_EVERY_S}`,
  `ServerAliveCountMax=${ALIVE_TRIES}`,
];

/** Puts the files under their names into the folder that rsync is started in. */
export async function placeFiles(folder: string, files: SshFiles): Promise<void> {
  await symlink(resolve(files.keyFile), join(folder, KEY));
  await symlink(resolve(files.knownHostsFile), join(folder, KNOWN_HOSTS));
}

/**
 * What rsync's `--rsh` takes: rsync splits it at spaces, no shell reads it.
 *
 * @param port Empty for ssh's own.
 */
export function sshCommand(port: string, { localAddress }: Pick<SendPath, 'localAddress'>): string {
  return [
    ...['ssh', '-F', 'none', '-T', '-i', KEY],
    ...OPTIONS.flatMap((option) => ['-o', option]),
    ...(port === '' ? [] : ['-p', port]),
    ...(localAddress === undefined ? [] : ['-b', localAddress]),
  ].join(' ');
}

/** `ssh://box@far.example.org:22/srv/gaps` as rsync writes it: `box@far.example.org:/srv/gaps`. */
export function placeOf(url: string): { readonly place: string; readonly port: string } {
  const { username, hostname, port, pathname } = new URL(url);
  return { place: `${username}@${hostname}:${pathname}`, port };
}
