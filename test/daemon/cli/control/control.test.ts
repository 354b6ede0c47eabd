import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, ControlError } from '../../../../daemon/cli/control/client.ts';
import { LineReader } from '../../../../daemon/cli/control/lines.ts';
import { type Answer, parseRequest } from '../../../../daemon/cli/control/protocol.ts';
import { renderOutcome, renderStatus } from '../../../../daemon/cli/control/render.ts';
import { runControl } from '../../../../daemon/cli/control/server.ts';
import { defaultSocket, socketCandidates } from '../../../../daemon/cli/control/socket-path.ts';
import type { Command, Commander, Outcome } from '../../../../daemon/model/commands.ts';
import { renderDuration } from '../../../../daemon/model/duration.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { until } from '../../../support/box.ts';
import { EDGE, figures, WELL } from '../../../support/snapshot.ts';

const test = suite('control socket');
const never = new AbortController().signal;

const newPath = () => join(mkdtempSync(join(tmpdir(), 'venuebox-control-')), 'run', 'control.sock');

interface Options {
  readonly path?: string;
  readonly answer?: (command: Command, signal: AbortSignal) => Promise<Outcome>;
  readonly snapshot?: () => BoxSnapshot;
}

/** A control socket over a box that does as the test says. */
async function startControl({ path = newPath(), answer, snapshot = () => WELL }: Options = {}) {
  const commands: Command[] = [];
  const commander: Commander = {
    run: async (command, onProgress, signal) => {
      commands.push(command);
      onProgress({ detail: 'camera: pass', ratio: 0.5 });
      return answer?.(command, signal) ?? { status: 'done', detail: 'it is armed' };
    },
  };
  const stop = new AbortController();
  const deps = { snapshot, commander, clock: systemClock, log: silentLog };
  const running = runControl(path, deps, stop.signal);
  await until(() => statSync(path).isSocket(), 10_000);
  return {
    path,
    commands,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

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

async function all(answers: AsyncIterable<Answer>, most = Infinity): Promise<Answer[]> {
  const list: Answer[] = [];
  for await (const answer of answers) {
    list.push(answer);
    if (list.length >= most || answer.type === 'outcome') break;
  }
  return list;
}

function venuebox(...args: readonly string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'daemon/main.ts', ...args],
      { timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

test('a status is the whole snapshot, and the socket is for owner and group only', async () => {
  await using box = await startControl();
  const [answer] = await all(ask([box.path], { ask: 'status' }, never), 1);
  assert.equal(answer, { type: 'snapshot', snapshot: JSON.parse(JSON.stringify(WELL)) });
  assert.is(statSync(box.path).mode & 0o777, 0o660);
});

test('watching tells the state again and again', async () => {
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

test('whoever leaves during a command disturbs nobody, and the end of the box ends it', async () => {
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

test('one client too many is told so', async () => {
  await using box = await startControl();
  const sockets = await Promise.all(Array.from({ length: 16 }, () => open(box.path)));
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
  const sockets = await Promise.all(Array.from({ length: 16 }, () => open(box.path)));
  const refused = await openHalf(box.path);
  await until(() => isLetGo(refused), 10_000);
  for (const socket of sockets) socket.destroy();
});

test('who is refused reads why, also when it asked first, and any number of them keep nobody out', async () => {
  await using box = await startControl();
  const sockets = await Promise.all(Array.from({ length: 16 }, () => open(box.path)));
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
      { snapshot: () => WELL, commander: { run: never2 }, clock: systemClock, log: silentLog },
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

test('a file in the way is not removed', async () => {
  const path = newPath();
  mkdirSync(join(path, '..'));
  writeFileSync(path, 'mine');
  const stop = new AbortController();
  const deps = {
    snapshot: () => WELL,
    commander: { run: never2 },
    clock: systemClock,
    log: silentLog,
  };
  const running = runControl(path, deps, stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(statSync(path).isFile());
  stop.abort();
  await running;
});

test('no box is one clear line that says where it was looked for', async () => {
  const failed = await all(
    ask(['/nonexistent/a', '/nonexistent/b'], { ask: 'status' }, never),
  ).catch((error: unknown) => error);
  assert.ok(failed instanceof ControlError);
  assert.match(failed.message, 'no box runs here; looked at /nonexistent/a, /nonexistent/b');
});

test('the command line shows a state, does a command, and exits by its outcome', async () => {
  const refused: Outcome = { status: 'rejected', code: 'WRONG_PHASE', detail: 'nothing is live' };
  await using box = await startControl({
    answer: async ({ verb }) => (verb === 'end' ? refused : { status: 'done', detail: 'marked' }),
  });
  const status = await venuebox('status', '--socket', box.path);
  assert.is(status.code, 0, status.stderr);
  assert.match(status.stdout, 'venuebox 0.0.0: LIVE for');
  const json = await venuebox('status', '--json', '--socket', box.path);
  assert.is((JSON.parse(json.stdout) as BoxSnapshot).drop.phase, 'live');
  const mark = await venuebox('cmd', 'mark', 'label=encore', '--socket', box.path);
  assert.is(mark.code, 0, mark.stderr);
  assert.match(mark.stdout, 'done: marked');
  assert.equal(box.commands.at(-1)?.args, { label: 'encore' });
  const end = await venuebox('cmd', 'end', '--socket', box.path);
  assert.is(end.code, 1);
  assert.match(end.stdout, 'rejected (WRONG_PHASE): nothing is live');
  const nobody = await venuebox('status', '--socket', '/nonexistent/box');
  assert.is(nobody.code, 1);
  assert.match(nobody.stderr, /^venuebox: no box runs here/);
});

test('the socket lies in the folder of systemd, of the session, or in /tmp', () => {
  const env = { RUNTIME_DIRECTORY: '/run/venuebox:/run/x', XDG_RUNTIME_DIR: '/run/user/1000' };
  assert.is(defaultSocket(env, 1000), '/run/venuebox/control.sock');
  assert.is(
    defaultSocket({ XDG_RUNTIME_DIR: '/run/user/1000' }, 1000),
    '/run/user/1000/venuebox/control.sock',
  );
  assert.is(defaultSocket({}, 1000), '/tmp/venuebox-1000/control.sock');
  assert.equal(socketCandidates({ XDG_RUNTIME_DIR: '/run/user/1000' }, 1000), [
    '/run/venuebox/control.sock',
    '/run/user/1000/venuebox/control.sock',
    '/tmp/venuebox-1000/control.sock',
  ]);
});

test('the state in words holds what a crew asks, with warnings and advice', () => {
  const warning = {
    key: 'links-down',
    severity: 'critical',
    sinceMs: 0,
    text: 'no link carries anything',
    advice: 'Check modems.',
  } as const;
  const text = renderStatus({ ...WELL, warnings: [warning] }, WELL.drop.sinceMs + 3_725_000);
  for (const words of [
    'LIVE for 1 h 02 min, drop 2026-11-22T20-00-00Z',
    'test picture, frames flow',
    'peak -12.0 / -12.5 dBFS',
    'connected, 2.3 of 2.4 Mb/s, RTT 40 ms',
    'wwan0',
    'usb: recording, room for 5 h 33 min',
    'normal, mains on, 90 %',
    '! critical links-down',
    'Check modems.',
  ]) {
    assert.match(text, words);
  }
});

test('status of an edge tells of its upstream in place of a camera', () => {
  const text = renderStatus({ ...WELL, media: figures({ edge: EDGE }) }, WELL.drop.sinceMs);
  assert.match(text, 'venuebox 0.0.0: EDGE');
  assert.match(text, 'http://10.0.0.5:8080, live');
  assert.match(text, '1000 requests, 98.0 % without the upstream, 3 stale, 2.0 MB held');
  assert.match(text, '20 upstream, 1 failed');
  assert.not.match(text, 'test picture');
});

test('no device name steers a terminal', () => {
  const text = renderStatus({ ...WELL, camera: 'cam\x1b[2J\x07\x9b', name: 'a\nb' }, 0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  assert.not.match(text, /[\x1b\x07\x9b]/);
  assert.match(text, /^a b /);
  assert.not.match(renderOutcome({ status: 'failed', code: 'X', detail: 'a\x1b]0;b' }), '\x1b');
});

test('of a result people get the clip and what did not pass, and the JSON has the rest', () => {
  const check = (name: string, verdict: string, advice = '') => {
    return { name, verdict, evidence: 'seen', advice };
  };
  const checks = [check('camera', 'pass'), check('clock', 'warn', 'Plug it in.')];
  const done = (result?: unknown) => renderOutcome({ status: 'done', detail: 'so', result });
  assert.is(done({ checks }), 'done: so\n  warn  clock: seen\n        Plug it in.\n');
  assert.is(
    done({ atMs: 1, clip: { id: 'x', url: 'http://box/clip/x', durationS: 9 } }),
    'done: so\n  clip  http://box/clip/x\n',
  );
  for (const other of [undefined, 7, { checks: 'none' }, { clip: { url: 'a\x1b[2J' } }])
    assert.match(done(other), /^done: so\n(?: {2}clip {2}a \[2J\n)?$/);
});

test('durations read well', () => {
  const seconds = [-5, 0, 7, 200, 3_725, 360_000];
  assert.equal(seconds.map(renderDuration), [
    '0 s',
    '0 s',
    '7 s',
    '3 min 20 s',
    '1 h 02 min',
    '100 h 00 min',
  ]);
});

test('lines come out as they went in, however they were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.integer({ min: 1, max: 9 })), (texts, cuts) => {
      const lines = texts.map((text) => text.replaceAll('\n', ' '));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const reader = new LineReader(10_000);
      const seen: string[] = [];
      let from = 0;
      for (let i = 0; from < bytes.length; i += 1) {
        const size = cuts[i % Math.max(1, cuts.length)] ?? 5;
        seen.push(...reader.push(bytes.subarray(from, from + size)));
        from += size;
      }
      assert.equal(
        seen,
        lines.map((line) => Buffer.from(line).toString('utf8')),
      );
    }),
  );
});

test('any text is a request or a reason', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const request = parseRequest(text);
      assert.ok(typeof request === 'string' ? request.length > 0 : 'ask' in request);
    }),
  );
});

test.run();
