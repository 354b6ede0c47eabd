/** Back-fill by rsync over SSH: a real server, where sshd and rsync are on this machine. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import type { SendPath, SshFiles } from '../../../pipelines/backfill/messages.ts';
import { Pace } from '../../../pipelines/backfill/pace.ts';
import { argsOf, meaningOf, rsyncFile } from '../../../pipelines/backfill/rsync.ts';
import { openSshServer, type SshServer, whyNoSsh } from './support/ssh-server.ts';

const test = suite('back-fill over SSH');

const FAST: SendPath = { bps: 80_000_000 };

test('rsync is told to start ssh with our key and host key only, from the link that has room', () => {
  const to = {
    url: 'ssh://box@far.example.org:2222/srv/gaps/',
    source: '/tmp/x/./corner/a/b.m4s',
  };
  const args = argsOf(to, { bps: 1_000_000, localAddress: '10.0.0.7' });
  assert.equal(args.slice(-3), ['--', to.source, 'box@far.example.org:/srv/gaps/']);
  const shell = (args.find((arg) => arg.startsWith('--rsh=')) ?? '').slice(6).split(' ');
  assert.equal(shell.slice(0, 6), ['ssh', '-F', 'none', '-T', '-i', 'key']);
  assert.equal(shell.slice(-4), ['-p', '2222', '-b', '10.0.0.7']);
  for (const option of [
    ...['BatchMode=yes', 'StrictHostKeyChecking=yes', 'UserKnownHostsFile=known_hosts'],
    ...['IdentitiesOnly=yes', 'IdentityAgent=none', 'PreferredAuthentications=publickey'],
  ]) {
    assert.ok(shell.includes(option), option);
  }
  // rsync takes these for its own servers only.
  assert.not.ok(args.some((arg) => /^--(?:contimeout|password-file|address)/.test(arg)));
  const six = argsOf({ ...to, url: 'ssh://box@[fd12::1]/srv/gaps' }, FAST);
  assert.is(six.at(-1), 'box@[fd12::1]:/srv/gaps/');
  assert.not.match(six.join(' '), / -p | -b /);
});

test('what ssh says is told in words of ours', () => {
  const said =
    'box@far: Permission denied (publickey).\r\nrsync error: unexplained error (code 255)';
  assert.is(meaningOf(255, said), 'the user or the key is wrong (rsync exit code 255)');
  assert.is(meaningOf(255, '\u001b[31m'), 'no connection by ssh (rsync exit code 255)');
  assert.match(meaningOf(255, 'Host key verification failed.'), 'known_hosts_file');
  assert.match(meaningOf(127, 'sh: rsync: not found'), 'rsync is not on the far end');
  assert.match(meaningOf(14, ''), 'apt install openssh-client');
});

const why = whyNoSsh();
if (why !== undefined) console.log(`SKIPPED 2: ${why}`);
else {
  const openEnds = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'venuebox-ssh-test-'));
    const server = await openSshServer(folder);
    return {
      server,
      [Symbol.asyncDispose]: async () => {
        await server.end();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  };
  const send = (server: SshServer, bytes: Buffer, ssh: SshFiles = server, url = server.url) => {
    const pace = new Pace(systemClock);
    pace.sendPath = FAST;
    const deps = { pace, onCarried: () => undefined };
    return rsyncFile({ url, token: '', ssh }, 'corner/a/0.m4s', bytes, deps, untilNever).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
  };

  test('a file arrives byte for byte, and once more where it has changed', async () => {
    await using ends = await openEnds();
    const { server } = ends;
    const file = join(server.folder, 'corner/a/0.m4s');
    for (const bytes of [Buffer.alloc(300_000, 'a'), Buffer.alloc(300_000, 'b')]) {
      assert.is(await send(server, bytes), undefined, server.output());
      assert.ok(readFileSync(file).equals(bytes));
    }
    assert.equal(readdirSync(join(server.folder, 'corner/a')), ['0.m4s']);
  });

  test('a server with another host key gets nothing, nor does one that refuses the key', async () => {
    await using ends = await openEnds();
    const { server } = ends;
    const bytes = Buffer.alloc(1_000, 7);
    const { keyFile, knownHostsFile, strangers } = server;
    assert.match(
      (await send(server, bytes, { keyFile, knownHostsFile: strangers.knownHostsFile })) ?? '',
      'its host key is not the one in known_hosts_file',
    );
    assert.match(
      (await send(server, bytes, { keyFile: strangers.keyFile, knownHostsFile })) ?? '',
      'the user or the key is wrong',
    );
    assert.equal(readdirSync(server.folder), []);
    await server.end();
    // 255 of ssh, or 12 where rsync sees the end of the pipe before that of ssh.
    assert.match((await send(server, bytes)) ?? '', /no connection by ssh|the connection ended/);
  });
}

const untilNever = new AbortController().signal;

test.run();
