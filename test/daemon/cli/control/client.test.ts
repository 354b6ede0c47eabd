/** `venuebox status` and `cmd` over the control socket. */
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, ControlError, connectFirst } from '../../../../daemon/cli/control/client.ts';
import { runControl } from '../../../../daemon/cli/control/server.ts';
import { defaultSocket, socketCandidates } from '../../../../daemon/cli/control/socket-path.ts';
import type { Commander, Outcome } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { runVenuebox } from '../../../support/program.ts';
import { WELL } from '../../../support/snapshot.ts';
import { all, startControl } from './support/control-socket.ts';

const test = suite('command line over the control socket');

const never = new AbortController().signal;
const newPath = () => join(mkdtempSync(join(tmpdir(), 'venuebox-control-')), 'run', 'control.sock');

const never2: Commander['run'] = () => new Promise(() => undefined);

test('a file in the way is not removed', async () => {
  const path = newPath();
  mkdirSync(join(path, '..'));
  writeFileSync(path, 'mine');
  const stop = new AbortController();
  const deps = {
    snapshot: () => WELL,
    commander: { run: never2 },
    prints: { preview: async () => undefined },
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
  const status = await runVenuebox('status', '--socket', box.path);
  assert.is(status.code, 0, status.stderr);
  assert.match(status.stdout, 'venuebox 0.0.0: LIVE for');
  const json = await runVenuebox('status', '--json', '--socket', box.path);
  assert.is((JSON.parse(json.stdout) as BoxSnapshot).drop.phase, 'live');
  const mark = await runVenuebox('cmd', 'mark', 'label=encore', '--socket', box.path);
  assert.is(mark.code, 0, mark.stderr);
  assert.match(mark.stdout, 'done: marked');
  assert.equal(box.commands.at(-1)?.args, { label: 'encore' });
  const end = await runVenuebox('cmd', 'end', '--socket', box.path);
  assert.is(end.code, 1);
  assert.match(end.stdout, 'rejected (WRONG_PHASE): nothing is live');
  const missing = await runVenuebox('status', '--socket', '/nonexistent/box');
  assert.is(missing.code, 1);
  assert.match(missing.stderr, /^venuebox: no box runs here/);
});

test('a box that may not be asked, or is stuck, hides no other one, and is named where none answers', async () => {
  const [installed, own] = ['/run/venuebox/control.sock', '/tmp/venuebox-1000/control.sock'];
  for (const [code, reason] of [
    ['EACCES', /^\/run\/venuebox\/control.sock may not be opened: join the group/],
    ['ETIMEDOUT', /^\/run\/venuebox\/control.sock: the box does not answer/],
  ] as const) {
    const box = { path: own };
    const open = async (path: string) => (path === own ? box : code);
    assert.is(await connectFirst([installed, own], open), box);
    const failing = async (path: string) => (path === own ? 'ENOENT' : code);
    const error = await connectFirst([installed, own], failing).catch((one: unknown) => one);
    assert.instance(error, ControlError);
    assert.match((error as ControlError).message, reason);
  }
});

test('a second box is found by its own folder, or by the socket that the environment names', () => {
  const second = { STATE_DIRECTORY: '/tmp/second', XDG_RUNTIME_DIR: '/run/user/1000' };
  assert.is(defaultSocket(second, 1000), '/tmp/second/control.sock');
  assert.equal(socketCandidates(second, 1000), ['/tmp/second/control.sock']);
  const named = { ...second, VENUEBOX_SOCKET: '/tmp/box.sock' };
  assert.equal(socketCandidates(named, 1000), ['/tmp/box.sock']);
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

test.run();
