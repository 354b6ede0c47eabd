/** One file to an rsync server, or over SSH, by rsync as a child without a shell. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { anySignal } from '../../hal/os/async.ts';
import { errnoOf } from '../../hal/os/errors.ts';
import { runCommand } from '../../hal/os/process.ts';
import type { SendPath } from './messages.ts';
import { limitOf, type Pace } from './pace.ts';
import type { FarEnd, PutDeps } from './put.ts';
import { placeFiles, placeOf, sshCommand } from './ssh.ts';

/** Without any packet of the far end for so long, it is gone. */
const IDLE_S = 30;
const CONNECT_S = 15;
/** IP and TCP, and the acknowledgements. */
const OVERHEAD = 1.06;
/** rsync holds one rate: with one this much higher, or half of it, it is started again. */
const FASTER = 4;

/**
 * Resolves when the far end has the file, which rsync compares by its checksum. Rejects with
 * `HeldUp`, or with what rsync says; what it had sent by then is used when it is started again.
 */
export async function rsyncFile(
  farEnd: Pick<FarEnd, 'url' | 'token' | 'ssh'>,
  path: string,
  bytes: Buffer,
  { pace, onCarried }: PutDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sendPath } = pace;
  const stage = await mkdtemp(join(tmpdir(), 'venuebox-rsync-'));
  try {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    await writeFile(join(stage, path), bytes);
    if (farEnd.ssh !== undefined) await placeFiles(stage, farEnd.ssh);
    const { url, token } = farEnd;
    const sent = { url, token, stage, source: `${stage}/./${path}`, bytes: bytes.length };
    for (let isSent = false; !isSent; ) {
      await pace.untilOpen(sendPath, signal);
      const { bps } = pace.sendPath;
      const startedMs = performance.now();
      try {
        isSent = await atOneRate(sent, { ...sendPath, bps }, pace, signal);
      } finally {
        const byTime = ((performance.now() - startedMs) * bps) / 8_000;
        const carried = isSent ? bytes.length : Math.min(bytes.length, byTime);
        onCarried(sendPath, Math.ceil(carried * OVERHEAD));
      }
    }
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** @returns false where it was ended since there is another rate, or another way. */
async function atOneRate(
  sent: Sent,
  sendPath: SendPath,
  pace: Pace,
  signal: AbortSignal,
): Promise<boolean> {
  const isGood = ({ bps, localAddress }: SendPath) =>
    localAddress === sendPath.localAddress && bps > sendPath.bps / 2 && bps < FASTER * sendPath.bps;
  const ended = new AbortController();
  const other = new AbortController();
  const watching = pace.untilNot(isGood, ended.signal).finally(() => other.abort());
  using ends = anySignal(signal, other.signal);
  try {
    await run(sent, sendPath, ends.signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!other.signal.aborted) throw error;
    return false;
  } finally {
    ended.abort();
    await watching;
  }
}

interface Sent {
  readonly url: string;
  /** Empty where ssh has a key. */
  readonly token: string;
  /** With the file and, for ssh, its own files. */
  readonly stage: string;
  readonly source: string;
  readonly bytes: number;
}

async function run(sent: Sent, sendPath: SendPath, signal: AbortSignal): Promise<void> {
  const timeoutMs = limitOf(sent.bytes, sendPath.bps);
  const options = { timeoutMs, signal, input: `${sent.token}\n`, cwd: sent.stage };
  const { exitCode, stderr } = await runCommand('rsync', argsOf(sent, sendPath), options).catch(
    (error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new Error('rsync is not on this box: apt install rsync');
    },
  );
  if (exitCode !== 0) throw new Error(`the far end refuses files: ${meaningOf(exitCode, stderr)}`);
}

/** Folders are made as they are needed; an unfinished file has a name of its own. */
export function argsOf(
  { url, source }: Pick<Sent, 'url' | 'source'>,
  sendPath: SendPath,
): readonly string[] {
  const { args, place } = url.startsWith('ssh:') ? overSsh(url, sendPath) : toServer(url, sendPath);
  return [
    ...['--relative', '--no-implied-dirs', '--checksum', '--partial-dir=.rsync-partial'],
    `--timeout=${IDLE_S}`,
    // In units of 1,024 bytes a second.
    `--bwlimit=${Math.max(1, Math.floor(sendPath.bps / 8_192))}`,
    ...args,
    ...['--', source, `${place.replace(/\/+$/, '')}/`],
  ];
}

interface Transport {
  readonly args: readonly string[];
  readonly place: string;
}

function toServer(url: string, { localAddress }: SendPath): Transport {
  const own = localAddress === undefined ? [] : [`--address=${localAddress}`];
  const args = [`--contimeout=${CONNECT_S}`, '--no-motd', '--password-file=-', ...own];
  return { args, place: url };
}

function overSsh(url: string, sendPath: SendPath): Transport {
  const { place, port } = placeOf(url);
  return { args: [`--rsh=${sshCommand(port, sendPath)}`], place };
}

/** rsync(1), EXIT VALUES. What a server says is text of a stranger: it is not passed on. */
const MEANING: Readonly<Record<number, string>> = {
  5: 'the server does not have the module, or not for this user',
  10: 'no connection to the server',
  11: 'its disk cannot be written to',
  12: 'the connection ended',
  14: 'ssh is not on this box: apt install openssh-client',
  23: 'it could not write the file',
  30: 'it does not answer',
  35: 'it does not answer',
  127: 'rsync is not on the far end',
  255: 'no connection by ssh',
};

/** Said by the server or by ssh, before the exit code tells which of two things it is. */
const SAID: readonly (readonly [words: RegExp, meaning: string])[] = [
  [/auth failed/i, 'the user or the token is wrong'],
  [/unknown module/i, 'the module is unknown'],
  [/read.?only/i, 'the module is read-only'],
  [/no space left/i, 'its disk is full'],
  [/host key verification failed/i, 'its host key is not the one in known_hosts_file'],
  [/permission denied \(/i, 'the user or the key is wrong'],
  [/could not resolve/i, 'its name is unknown'],
];

export function meaningOf(exitCode: number, stderr: string): string {
  const said = SAID.find(([words]) => words.test(stderr))?.[1];
  return `${said ?? MEANING[exitCode] ?? 'rsync failed'} (rsync exit code ${exitCode})`;
}
