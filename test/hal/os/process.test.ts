/** Tests of child processes. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { messageOf, openLog } from '../../../hal/os/log.ts';
import {
  ProcessError,
  type RunningChild,
  runCommand,
  runNodeChild,
} from '../../../hal/os/process.ts';
import { isAlive, until } from '../../support/box.ts';

const test = suite('processes');
const log = openLog('error', 'journal', () => undefined);
const folder = mkdtempSync(join(tmpdir(), 'venuebox-process-'));

function script(name: string, body: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `process.on('disconnect', () => process.exit(0));\n${body}`);
  return path;
}

function runScript(
  entry: string,
  signal: AbortSignal,
  onStart: (child: RunningChild) => void = () => undefined,
) {
  const messages: unknown[] = [];
  const done = runNodeChild(
    { name: 'child', entry, graceMs: 500, onMessage: (message) => messages.push(message), onStart },
    systemClock,
    log,
    signal,
  );
  return { done, messages };
}

test('a child that ends by itself rejects with its exit code and last words', async () => {
  const entry = script('fails', "process.stderr.write('one\\ntwo\\n'); process.exit(3);");
  let thrown: unknown;
  await runScript(entry, new AbortController().signal).done.catch((error) => {
    thrown = error;
  });
  assert.instance(thrown, ProcessError);
  assert.is((thrown as ProcessError).exitCode, 3);
  assert.is((thrown as ProcessError).message, 'child ended with exit code 3: one | two');
});

test('what a child logs stands in the journal at its own level, other words for debugging', async () => {
  const reported: string[] = [];
  const journal = openLog('debug', 'people', (line) => reported.push(line.slice(9).trim()));
  const entry = script(
    'logs',
    `process.stderr.write('<4>{"level":40,"reason":"full","msg":"disk away"}\\nGStreamer says so\\n<4>{no json\\n'); process.exit(1);`,
  );
  const spec = {
    name: 'child',
    entry,
    graceMs: 500,
    onMessage: () => undefined,
    onStart: () => undefined,
  };
  const died = await runNodeChild(spec, systemClock, journal, new AbortController().signal).catch(
    messageOf,
  );
  assert.match(died ?? '', 'GStreamer says so');
  assert.not.match(died ?? '', 'disk away', 'what it had logged is not why it died');
  assert.equal(reported, [
    'warn  disk away child=child reason=full',
    'debug stderr child=child line="GStreamer says so"',
    'debug stderr child=child line="<4>{no json"',
  ]);
});

test('messages go both ways', async () => {
  const ending = new AbortController();
  const entry = script('echoes', "process.on('message', (m) => process.send({ echo: m }));");
  const { done, messages } = runScript(entry, ending.signal, (child) => child.send({ n: 1 }));
  await until(() => messages.length === 1, 5_000);
  assert.equal(messages, [{ echo: { n: 1 } }]);
  ending.abort();
  await done;
});

test('a child that ignores SIGTERM is killed after its grace, with all that it started', async () => {
  const ending = new AbortController();
  const entry = script(
    'stubborn',
    "import { spawn } from 'node:child_process'; process.on('SIGTERM', () => undefined); const c = spawn('sleep', ['60']); process.send(c.pid); setInterval(() => undefined, 1000);",
  );
  const { done, messages } = runScript(entry, ending.signal);
  await until(() => messages.length === 1, 5_000);
  const startedMs = performance.now();
  ending.abort();
  await done;
  assert.ok(performance.now() - startedMs >= 450);
  await until(() => !isAlive(messages[0] as number), 1_000);
});

test('a short command gives its output and exit code, and takes no shell', async () => {
  const result = await runCommand('echo', ['$HOME; false'], { timeoutMs: 2_000 });
  assert.equal(result, { exitCode: 0, stdout: '$HOME; false', stderr: '' });
  assert.is((await runCommand('false', [], { timeoutMs: 2_000 })).exitCode, 1);
});

test('a command that is not there, or takes too long, rejects', async () => {
  for (const [command, args] of [
    ['no-such-command', []],
    ['sleep', ['5']],
  ] as const) {
    let thrown: unknown;
    await runCommand(command, args, { timeoutMs: 200 }).catch((error) => {
      thrown = error;
    });
    assert.instance(thrown, ProcessError);
  }
});

test.run();
