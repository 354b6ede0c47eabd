/** Tests of the state folder and its lock. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claimState, stateFolder } from '../../../../daemon/config/files/state-folder.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { isLockHolderAlive, lockFolder } from '../../../../hal/os/folder-lock.ts';
import { openLog } from '../../../../hal/os/log.ts';
import { entryPoint } from '../../../../hal/os/process.ts';
import { scratch } from '../../mqtt/support/mosquitto.ts';

const test = suite('state folder');
const never = new AbortController().signal;

/** Another program that has claimed the folder. */
async function startOwner(folder: string): Promise<ChildProcess> {
  const script = `
    const { lockFolder } = await import(${JSON.stringify(entryPoint(import.meta.url, '../../../../hal/os/folder-lock'))});
    if (await lockFolder('state', process.argv[1])) process.stdout.write('claimed');
    setInterval(() => undefined, 1_000);`;
  const node = [...process.execArgv, '--input-type=module', '-e', script, folder];
  const owner = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(owner.stdout as NodeJS.ReadableStream, 'data');
  return owner;
}

async function claim(folder: string): Promise<{ failure?: string; reported: string }> {
  let reported = '';
  const log = openLog('info', 'journal', (line) => {
    reported += line;
  });
  try {
    await claimState(folder, { clock: systemClock, log }, never);
    return { reported };
  } catch (error) {
    return { reported, failure: (error as Error).message };
  }
}

test('it is systemd’s, or the user’s own', () => {
  assert.is(stateFolder({ STATE_DIRECTORY: '/var/lib/venuebox:/x' }), '/var/lib/venuebox');
  assert.is(stateFolder({ XDG_STATE_HOME: '/home/a/state' }), '/home/a/state/venuebox');
});

test('where another box runs it is refused with what to do', async () => {
  using folder = scratch();
  const owner = await startOwner(folder.path);
  assert.match((await claim(folder.path)).failure ?? '', 'another venuebox runs');
  owner.kill('SIGKILL');
  assert.equal(await claim(folder.path), { reported: '' }, 'free as soon as it is gone');
});

test('one that hangs for good is reported, and not waited for', async () => {
  using folder = scratch();
  const owner = await startOwner(folder.path);
  owner.kill('SIGSTOP');
  const { failure, reported } = await claim(folder.path);
  owner.kill('SIGKILL');
  assert.is(failure, undefined);
  assert.match(reported, 'an earlier venuebox hangs');
});

test('a claim is for one use of one folder, and a process without a claim does not count as alive', async () => {
  using folder = scratch();
  assert.is(await isLockHolderAlive('recorder', folder.path), false);
  assert.ok(await lockFolder('recorder', folder.path));
  assert.ok(await isLockHolderAlive('recorder', folder.path));
  assert.not.ok(await lockFolder('recorder', `${folder.path}/.`));
  assert.ok(await lockFolder('state', folder.path));
});

test.run();
