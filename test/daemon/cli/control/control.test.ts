/** The control socket: requests, clients that misbehave, and a socket that is left behind. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask } from '../../../../daemon/cli/control/client.ts';
import type { Answer } from '../../../../daemon/cli/control/protocol.ts';
import { runControl } from '../../../../daemon/cli/control/server.ts';
import type { Commander } from '../../../../daemon/model/commands.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { until } from '../../../support/box.ts';
import { WELL } from '../../../support/snapshot.ts';
import { all, startControl } from './support/control-socket.ts';

const test = suite('control socket');

const never = new AbortController().signal;
const newPath = () => join(mkdtempSync(join(tmpdir(), 'venuebox-control-')), 'run', 'control.sock');

async function open(path: string): Promise<Socket> {
  const socket = connect(path);
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

/** A client that never ends by itself. */
async function openHalf(path: string): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true });
  socket.on('error', () => undefined).resume();
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Whether the other side has closed both halves: writing to it then fails. */
function isLetGo(socket: Socket): boolean {
  if (socket.readableEnded && !socket.destroyed) socket.write('x');
  return socket.destroyed;
}

/** All that a socket says until it is closed. */
function rest(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.once('close', () => resolve(text));
  });
}

test('a status is the whole snapshot, and the socket is for owner and group only', async () => {
  await using box = await startControl();
  const [answer] = await all(ask([box.path], { ask: 'status' }, never), 1);
  assert.equal(answer, { type: 'snapshot', snapshot: JSON.parse(JSON.stringify(WELL)) });
  assert.is(statSync(box.path).mode & 0o777, 0o660);
});

test('watching reports the state again and again', async () => {
  let reads = 0;
  await using box = await startControl({
    snapshot: () => {
      reads += 1;
      return { ...WELL, name: `read-${reads}` };
    },
  });
  const answers = await all(ask([box.path], { ask: 'watch', everyMs: 200 }, never), 3);
  const names = answers.map((answer) => answer.type === 'snapshot' && answer.snapshot.name);
  assert.equal(names, ['read-1', 'read-2', 'read-3']);
});

test('a command reaches the commander, with its progress and its outcome', async () => {
  await using box = await startControl();
  const request = { ask: 'cmd', verb: 'arm', args: { a: 1 }, expect: 'idle' } as const;
  const answers = await all(ask([box.path], request, never));
  assert.equal(box.commands, [
    { verb: 'arm', args: { a: 1 }, by: 'cli', isDryRun: false, expect: 'idle' },
  ]);
  assert.equal(
    answers.map(({ type }) => type),
    ['progress', 'outcome'],
  );
});

test('a client that leaves during a command disturbs no other, and the end of the box ends it', async () => {
  let isEnded = false;
  {
    await using box = await startControl({
      answer: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            isEnded = true;
            reject(signal.reason);
          });
        }),
    });
    const socket = await open(box.path);
    socket.write('{"ask":"cmd","verb":"arm"}\n');
    await until(() => box.commands.length === 1, 10_000);
    socket.destroy();
    assert.is((await all(ask([box.path], { ask: 'status' }, never), 1)).length, 1);
  }
  assert.ok(isEnded);
});

test('a script that closes its half at once gets its answers, in order', async () => {
  await using box = await startControl();
  const socket = await open(box.path);
  socket.end('{"ask":"status"}\n{"ask":"cmd","verb":"mark"}\n');
  const lines = (await rest(socket)).trim().split('\n');
  assert.equal(
    lines.map((line) => (JSON.parse(line) as Answer).type),
    ['snapshot', 'progress', 'outcome'],
  );
});

test('nonsense is answered by what is wrong with it, and the connection goes on', async () => {
  await using box = await startControl();
  const socket = await open(box.path);
  socket.end('hello\n{"ask":"fly"}\n{"ask":"cmd","verb":"arm","sudo":true}\n{"ask":"status"}\n');
  const answers = (await rest(socket))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
  assert.equal(
    answers.map(({ type }) => type),
    ['error', 'error', 'error', 'snapshot'],
  );
  assert.equal(box.commands, []);
});

test('a line without an end, and lines without end, are cut off', async () => {
  await using box = await startControl();
  const endless = await open(box.path);
  endless.write('x'.repeat(70_000));
  assert.match(await rest(endless), 'too long');
  const many = await open(box.path);
  many.write('{"ask":"status"}\n'.repeat(1_000));
  assert.match(await rest(many), 'too many lines');
});

/** A client that has its answer and stays. */
async function openAsking(path: string): Promise<Socket> {
  const socket = await open(path);
  socket.write('{"ask":"status"}\n');
  await once(socket, 'data');
  return socket;
}

test('sixteen clients that ask nothing keep no other away', async () => {
  await using box = await startControl();
  const silent = await Promise.all(Array.from({ length: 40 }, () => open(box.path)));
  const [answer] = await all(ask([box.path], { ask: 'status' }, never), 1);
  assert.is(answer?.type, 'snapshot');
  for (const socket of silent) socket.destroy();
});

test('one client too many gets an error', async () => {
  await using box = await startControl();
  const sockets = await Promise.all(Array.from({ length: 16 }, () => openAsking(box.path)));
  const last = await open(box.path);
  assert.match(await rest(last), 'too many clients');
  for (const socket of sockets) socket.destroy();
  await until(
    async () => (await all(ask([box.path], { ask: 'status' }, never), 1))[0]?.type === 'snapshot',
    10_000,
  );
});

test('who is sent away and keeps its half open is let go of all the same', async () => {
  await using box = await startControl();
  const endless = await openHalf(box.path);
  endless.write('x'.repeat(70_000));
  await until(() => isLetGo(endless), 10_000);
  const sockets = await Promise.all(Array.from({ length: 16 }, () => openAsking(box.path)));
  const refused = await openHalf(box.path);
  await until(() => isLetGo(refused), 10_000);
  for (const socket of sockets) socket.destroy();
});

test('a refused client reads why, also when it asked first, and any number of them block no other', async () => {
  await using box = await startControl();
  const sockets = await Promise.all(Array.from({ length: 16 }, () => openAsking(box.path)));
  const [answer] = await all(ask([box.path], { ask: 'status' }, never), 1);
  assert.match(answer?.type === 'error' ? answer.message : '', 'too many clients');
  const refused = await Promise.all(Array.from({ length: 40 }, () => openHalf(box.path)));
  await until(() => refused.every((one) => one.readableEnded || one.destroyed), 10_000);
  for (const socket of sockets) socket.destroy();
  await until(
    async () => (await all(ask([box.path], { ask: 'status' }, never), 1))[0]?.type === 'snapshot',
    10_000,
  );
  await until(() => refused.every(isLetGo), 10_000);
});

test('a socket that a killed box left is taken over, another box is left alone', async () => {
  const path = newPath();
  mkdirSync(join(path, '..'));
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(path, resolve));
  // As kill -9 does: the listener goes, the file stays.
  await leaveBehind(path);
  dead.close();
  {
    await using box = await startControl({ path });
    const stop = new AbortController();
    const second = runControl(
      path,
      {
        ...{ snapshot: () => WELL, commander: { run: never2 }, clock: systemClock, log: silentLog },
        prints: { preview: async () => undefined },
      },
      stop.signal,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [answer] = await all(ask([box.path], { ask: 'status' }, never), 1);
    assert.is(answer?.type, 'snapshot');
    stop.abort();
    await second;
    assert.ok(statSync(path).isSocket());
  }
  assert.throws(() => statSync(path), /ENOENT/);
});

const never2: Commander['run'] = () => new Promise(() => undefined);

/** Makes a stale socket file at `path`, by a process that is killed. */
async function leaveBehind(path: string): Promise<void> {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await new Promise<void>((resolve) => {
    execFile(
      process.execPath,
      ['-e', `require('fs').rmSync(process.argv[1]);${script}`, path],
      () => resolve(),
    );
  });
  assert.ok(statSync(path).isSocket());
}

test.run();
