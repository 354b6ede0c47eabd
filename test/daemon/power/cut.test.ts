/** Tests of cutting a battery board's power after shutdown. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cutWhereMainsAreOff } from '../../../daemon/power/cut.ts';
import type { Battery, BatteryState, Mains } from '../../../hal/battery/port.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { nodeProgram } from '../../support/program.ts';

const test = suite('the power is cut at the end');
const never = new AbortController().signal;
const clock = { ...systemClock, sleep: async () => {} };

const saying = (mains: Mains): BatteryState => ({ phase: 'known', source: 'x', mains });

/** The outcome, and how often the board was asked. */
async function cut(states: readonly BatteryState[], isAble = true) {
  let cuts = 0;
  let at = 0;
  const cutPower = async () => {
    cuts += 1;
  };
  const battery: Battery = {
    read: async () => states[Math.min(at++, states.length - 1)] ?? { phase: 'absent' },
    ...(isAble ? { cutPower } : {}),
    [Symbol.asyncDispose]: async () => {},
  };
  return { said: await cutWhereMainsAreOff(battery, clock, never), cuts };
}

test('with the mains off the board is asked once', async () => {
  assert.equal(await cut([saying('off')]), { said: 'yes', cuts: 1 });
});

test('with the mains on it is not: the operator who switched the machine off wants it off', async () => {
  assert.equal(await cut([saying('on')]), { said: 'no: the mains are on', cuts: 0 });
});

test('a silent gauge beside a pin that says off is enough, and one that comes late is waited for', async () => {
  const silent = { phase: 'unknown', source: 'x', reason: 'no answer' } as const;
  assert.is((await cut([{ ...silent, mains: 'off' }])).cuts, 1);
  assert.is((await cut([{ ...silent, mains: 'unknown' }, saying('off')])).cuts, 1);
});

test('where the mains are unknown, or no board can cut the power, nothing is done', async () => {
  const unsure = await cut([saying('unknown')]);
  assert.equal(unsure, { said: 'no: the state of the mains is unknown', cuts: 0 });
  const unable = await cut([saying('off')], false);
  assert.equal(unable, { said: 'no: there is no board that can', cuts: 0 });
});

function run(command: string, ...args: readonly string[]) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(command, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

test('the program reads the config, does what there is to do, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-cut-'));
  const config = join(folder, 'venuebox.yaml');
  const program = (text: string) =>
    writeFile(config, text).then(() =>
      run(process.execPath, ...nodeProgram('daemon/power/cut-power'), config),
    );
  const none = await program('power: {board: none}\n');
  assert.match(none.output, '"result":"no: there is no board that can"');
  assert.is(none.code, 0);
  const wrong = await program('power: {board: 7}\n');
  assert.match(wrong.output, 'power not cut');
  assert.is(wrong.code, 1);
  await rm(folder, { recursive: true });
});

test("systemd's hook does its work at a power-off only, and the box may be gone by then", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-hook-'));
  const hook = join(folder, 'hook');
  const text = await readFile('systemd/venuebox.shutdown', 'utf8');
  await writeFile(join(folder, 'node'), '#!/bin/sh\necho "asked $*" >&2\n', { mode: 0o755 });
  const places = { '/opt/venuebox/bin/node': 'node', '/dev/kmsg': 'kmsg' };
  const here = Object.entries(places).reduce(
    (laid, [path, name]) => laid.replaceAll(path, join(folder, name)),
    text,
  );
  await writeFile(hook, here);
  assert.equal(await run('sh', hook, 'poweroff'), { code: 0, output: '' });
  assert.is(
    await readFile(join(folder, 'kmsg'), 'utf8'),
    'asked /opt/venuebox/dist/daemon/power/cut-power.js /etc/venuebox/venuebox.yaml\n',
  );
  for (const verb of ['reboot', 'halt', 'kexec']) {
    assert.equal(await run('sh', hook, verb), { code: 0, output: '' }, verb);
  }
  await rm(join(folder, 'node'));
  assert.equal(await run('sh', hook, 'poweroff'), { code: 0, output: '' });
  await rm(folder, { recursive: true });
});

test.run();
