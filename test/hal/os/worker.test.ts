/** Tests of worker processes. */
import { spawn } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { entryPoint, ProcessError } from '../../../hal/os/process.ts';
import { openWorker, type WorkerSpec } from '../../../hal/os/worker.ts';
import { isAlive, until } from '../../support/box.ts';
import type { FromProgram, ProgramSettings, ToProgram } from './support/worker-program.ts';

const test = suite('workers');
const entry = entryPoint(import.meta.url, './support/worker-program');

type Settings = Parameters<ReturnType<typeof open>['run']>[0]['settings'];

const open = (spec: Partial<WorkerSpec>) =>
  openWorker<ProgramSettings, ToProgram, FromProgram>(
    { name: 'program', entry, graceMs: 2_000, ...spec },
    { clock: systemClock, log: silentLog },
  );

function start(
  settings: Partial<ProgramSettings> = {},
  spec: Partial<WorkerSpec> = {},
  pids: number[] = [],
) {
  return startWith({ name: 'it', atEnd: 'send', ...settings }, spec, pids);
}

function startWith(settings: Settings, spec: Partial<WorkerSpec> = {}, pids: number[] = []) {
  const worker = open(spec);
  const received: string[] = [];
  const ending = new AbortController();
  const startedMs = performance.now();
  const ended = worker
    .run(
      {
        settings,
        onMessage: ({ said }) => received.push(said),
        onStart: ({ pid }) => void pids.push(pid),
      },
      ending.signal,
    )
    .then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  const isStarted = () => until(() => received.length > 0, 20_000);
  const ranMs = () => performance.now() - startedMs;
  return { worker, received, ending, ended, isStarted, ranMs };
}

test('a worker gets its settings and then its commands, in order and none lost', async () => {
  const { worker, received, ending, ended, isStarted } = start();
  worker.send('echo');
  await isStarted();
  worker.send('echo');
  await until(() => received.length === 3, 5_000);
  assert.equal(received, ['it started', 'echo', 'echo']);
  ending.abort();
  assert.is(await ended, undefined);
});

/** Its settings come when the test has them. */
function startWaiting() {
  const pids: number[] = [];
  let come = (_settings: ProgramSettings): void => undefined;
  let fail = (_error: Error): void => undefined;
  const settings = new Promise<ProgramSettings>((resolve, reject) => {
    come = resolve;
    fail = reject;
  });
  const asked: { signal?: AbortSignal } = {};
  const later = (signal: AbortSignal) => {
    asked.signal = signal;
    return settings;
  };
  return { ...startWith(later, {}, pids), pids, come, fail, asked };
}

test('a worker is there before its settings are, and its task begins with them', async () => {
  const { worker, received, pids, ending, ended, come } = startWaiting();
  assert.is(pids.length, 1);
  worker.send('echo');
  come({ name: 'it', atEnd: 'send' });
  await until(() => received.length === 2, 60_000);
  assert.equal(received, ['it started', 'echo']);
  ending.abort();
  assert.is(await ended, undefined);
});

test('a worker whose settings never come ends when it is asked, or with the reason', async () => {
  const asked = startWaiting();
  asked.ending.abort();
  assert.is(await asked.ended, undefined);
  const failed = startWaiting();
  failed.fail(new Error('no device'));
  assert.is((await failed.ended)?.message, 'no device');
  await until(() => [...asked.pids, ...failed.pids].every((pid) => !isAlive(pid)), 60_000);
});

test('settings are waited for no longer than the process that needs them', async () => {
  const { pids, ended, asked, worker } = startWaiting();
  await until(() => pids.length === 1, 20_000);
  assert.is(asked.signal?.aborted, false);
  worker.kill();
  assert.instance(await ended, ProcessError);
  assert.is(asked.signal?.aborted, true);
  const { ending, ended: endedToo, asked: askedToo } = startWaiting();
  ending.abort();
  assert.is(askedToo.signal?.aborted, true);
  assert.is(await endedToo, undefined);
});

test('a worker that is asked to end drains, and its last messages arrive', async () => {
  const { received, ending, ended, isStarted } = start();
  await isStarted();
  ending.abort();
  assert.is(await ended, undefined);
  assert.is(received.at(-1), 'drained');
});

test('all that a worker sent arrives, however much it is', async () => {
  const { worker, received, ended, isStarted } = start();
  await isStarted();
  worker.send('flood');
  assert.instance(await ended, ProcessError);
  assert.is(received.length, 1_001);
});

test('a task that fails is reported with its code and message', async () => {
  const errorOf: WorkerSpec['errorOf'] = ({ code, message }) => new Error(`${code}: ${message}`);
  for (const [command, expected] of [
    ['fail', 'undefined: the disk is full'],
    ['fail-with-code', 'PORT_TAKEN: port taken'],
  ] as const) {
    const { worker, ended, isStarted } = start({}, { errorOf });
    await isStarted();
    worker.send(command);
    assert.is((await ended)?.message, expected);
  }
});

test('a worker that ends by itself, or dies, is an error with its exit code', async () => {
  for (const [command, exitCode] of [
    ['finish', 0],
    ['throw', 7],
  ] as const) {
    const { worker, ended, isStarted } = start();
    await isStarted();
    worker.send(command);
    const error = await ended;
    assert.instance(error, ProcessError);
    assert.is((error as ProcessError).exitCode, exitCode);
  }
});

test('a task that fails while it ends is no failure', async () => {
  const { ending, ended, isStarted } = start({ atEnd: 'fail' });
  await isStarted();
  ending.abort();
  assert.is(await ended, undefined);
});

test('a task that hangs at its end is killed after the grace', async () => {
  const { ending, ended, isStarted } = start({ atEnd: 'hang' }, { graceMs: 300 });
  await isStarted();
  const askedMs = performance.now();
  ending.abort();
  assert.is(await ended, undefined);
  assert.ok(performance.now() - askedMs >= 290);
});

test('a task that hangs at its end exits by itself when its time to drain is over', async () => {
  // So long a grace is never over.
  const spec = { graceMs: 3_600_000, env: { DRAIN_MS: '200' } };
  const { ending, ended, isStarted } = start({ atEnd: 'hang' }, spec);
  await isStarted();
  ending.abort();
  assert.is(await ended, undefined);
});

test('a worker that is killed rejects with the signal', async () => {
  const { worker, ended, isStarted } = start({ atEnd: 'hang' });
  await isStarted();
  worker.kill();
  assert.is(((await ended) as ProcessError).signalName, 'SIGKILL');
  worker.send('echo');
});

test('a worker that ends when it is asked in another way gets no signal', async () => {
  const finish = (): void => worker.send('finish');
  const { worker, received, ending, ended, isStarted } = start({}, { askToEnd: () => finish() });
  await isStarted();
  await new Promise((resolve) => setTimeout(resolve, 100));
  ending.abort();
  assert.is(await ended, undefined);
  assert.equal(received, ['it started']);
});

test('a worker that is stopped or blocked is killed, and the error says why', async () => {
  for (const how of ['stopped', 'blocked']) {
    const pids: number[] = [];
    const { worker, ending, ended, isStarted } = start(
      {},
      { silentMaxMs: 2_000, startMaxMs: 1 },
      pids,
    );
    await isStarted();
    if (how === 'stopped') process.kill(pids[0] ?? 0, 'SIGSTOP');
    else worker.send('block');
    const error = await ended;
    assert.instance(error, ProcessError);
    assert.match(
      error?.message ?? '',
      'program ended with signal SIGKILL: it did not answer for 2 s',
    );
    ending.abort();
  }
});

test('a worker that is stopped is killed before its grace is over when it is asked to end', async () => {
  const pids: number[] = [];
  const spec = { silentMaxMs: 2_000, startMaxMs: 1, graceMs: 3_600_000 };
  const { ending, ended, isStarted } = start({}, spec, pids);
  await isStarted();
  process.kill(pids[0] ?? 0, 'SIGSTOP');
  ending.abort();
  assert.is(await ended, undefined);
});

test('a worker that lives, has something to do and does nothing is killed, and the error says so', async () => {
  const { worker, received, ended, isStarted } = start({}, { standsMaxMs: 2_000 });
  await isStarted();
  worker.send('work');
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  worker.send('echo');
  await until(() => received.length === 2, 60_000);
  worker.send('stand');
  const error = await ended;
  assert.instance(error, ProcessError);
  assert.match(
    error?.message ?? '',
    'program ended with signal SIGKILL: it stood: no pieces for 2 s, and was killed',
  );
});

test('a worker that is idle is not killed', async () => {
  const { ending, ended, isStarted } = start({}, { silentMaxMs: 2_000, startMaxMs: 1 });
  await isStarted();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  ending.abort();
  assert.is(await ended, undefined);
});

for (const [what, atEnd, ends] of [
  ['ends', 'send', [0, null]],
  ['and that hangs at its end is killed', 'hang', [null, 'SIGKILL']],
] as const) {
  test(`a worker whose parent is gone ${what}`, async () => {
    const child = spawn(process.execPath, [...process.execArgv, entry], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const exit = new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
    const isStarted = new Promise((resolve) => child.once('message', resolve));
    child.send({ type: 'start', settings: { name: 'it', atEnd } });
    await isStarted;
    child.disconnect();
    assert.equal(await exit, ends);
  });
}

test('a worker that is stopped when its parent is killed does not stay for ever', async () => {
  const parent = spawn(
    process.execPath,
    [...process.execArgv, entryPoint(import.meta.url, './support/worker-parent')],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const text = await new Promise<string>((resolve) => {
    parent.stdout.setEncoding('utf8').once('data', resolve);
  });
  const pid = Number(text);
  process.kill(pid, 'SIGSTOP');
  parent.kill('SIGKILL');
  await until(() => !isAlive(pid), 60_000);
});

test.run();
