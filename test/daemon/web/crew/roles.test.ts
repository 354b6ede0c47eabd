/** Two PINs: hosts have the buttons, the crew has the settings too; sessions can be ended. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OWN_PAGE, signIn } from '../../../support/operator.ts';
import { startFakeBox } from '../support/fake-box.ts';
import { ask } from '../support/http.ts';

const test = suite('operator server: roles and sessions');
const HOST_PIN = '1357';

async function withHostPin(work: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-host-pin-'));
  const file = join(folder, 'pin');
  writeFileSync(file, `${HOST_PIN}\n`, { mode: 0o600 });
  try {
    await work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a host has the buttons and sees the files, and is refused what is for the crew', () =>
  withHostPin(async (file) => {
    await using box = await startFakeBox({ config: { host_pin_file: file } });
    const host = { ...OWN_PAGE, cookie: await signIn(box.url, HOST_PIN) };
    const crew = { ...OWN_PAGE, cookie: await signIn(box.url) };
    const roleOf = async (headers: Readonly<Record<string, string>>) =>
      JSON.parse((await ask(`${box.url}/session`, 'GET', headers)).text).role;
    assert.equal([await roleOf(host), await roleOf(crew)], ['host', 'crew']);
    const mark = { verb: 'mark' };
    assert.is((await ask(`${box.url}/command`, 'POST', host, mark)).status, 200);
    assert.is((await ask(`${box.url}/library`, 'GET', host)).status, 200);
    const preview = await ask(`${box.url}/tests/preview`, 'POST', host, { isOn: true });
    assert.is.not(preview.status, 403, 'hosts look at the stage before they arm');
    for (const [method, path] of [
      ['GET', '/settings'],
      ['POST', '/settings'],
      ['GET', '/support.txt'],
      ['POST', '/restart'],
      ['POST', '/tests/uplink'],
      ['GET', '/sessions'],
      ['GET', '/orders.csv'],
      ['DELETE', '/library/clips/AAAAAAAAAA1'],
    ] as const) {
      assert.is((await ask(box.url + path, method, host)).status, 403, `${method} ${path}`);
    }
    assert.is((await ask(`${box.url}/settings`, 'GET', crew)).status, 200);
  }));

test('a host sees the coming drops, and only the crew changes them', () =>
  withHostPin(async (file) => {
    await using box = await startFakeBox({ config: { host_pin_file: file } });
    const host = { ...OWN_PAGE, cookie: await signIn(box.url, HOST_PIN) };
    const crew = { ...OWN_PAGE, cookie: await signIn(box.url) };
    const statusOf = async (headers: Readonly<Record<string, string>>, args: object) =>
      (await ask(`${box.url}/command`, 'POST', headers, { verb: 'drops', args })).status;
    const changes = [{ do: 'set', id: 'a', title: 'A' }, { do: 'remove', id: 'a' }, {}];
    for (const args of changes) {
      assert.is(await statusOf(host, args), 403);
      const body = { verb: 'drops', args, isDryRun: true };
      assert.is((await ask(`${box.url}/command`, 'POST', host, body)).status, 403);
      assert.is(await statusOf(crew, args), 200);
    }
    assert.is(await statusOf(host, { do: 'list' }), 200);
    const again = await statusOf(host, { do: 'again', id: 'a' });
    assert.is(again, 200, 'a host has the button that ended it');
  }));

test('a host sells in cash, and only the crew cancels an order', () =>
  withHostPin(async (file) => {
    await using box = await startFakeBox({ config: { host_pin_file: file } });
    const host = { ...OWN_PAGE, cookie: await signIn(box.url, HOST_PIN) };
    const crew = { ...OWN_PAGE, cookie: await signIn(box.url) };
    const statusOf = async (headers: Readonly<Record<string, string>>, args: object) =>
      (await ask(`${box.url}/command`, 'POST', headers, { verb: 'order', args })).status;
    const cancel = { order: 'a', do: 'cancel' };
    const clear = { ...cancel, do: 'clear' };
    for (const args of [cancel, clear]) {
      assert.equal([await statusOf(host, args), await statusOf(crew, args)], [403, 200]);
    }
    assert.is(await statusOf(host, { order: 'a', item: 'print' }), 200);
  }));

test('the crew sees who is signed in, and ends a session', async () => {
  await using box = await startFakeBox();
  const own = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const other = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const list = async () => JSON.parse((await ask(`${box.url}/sessions`, 'GET', own)).text);
  const before: readonly { key: string; isOwn: boolean }[] = await list();
  assert.is(before.length, 2);
  const left = before.find(({ isOwn }) => !isOwn);
  assert.is((await ask(`${box.url}/sessions/${left?.key}`, 'DELETE', own)).status, 200);
  assert.is((await ask(`${box.url}/state.json`, 'GET', other)).status, 401);
  assert.is((await list()).length, 1);
  assert.is((await ask(`${box.url}/sessions/${left?.key}`, 'DELETE', own)).status, 404);
});

test('the support file has the log and the settings, and no PIN, password or key', async () => {
  await using box = await startFakeBox();
  box.logTail.add({
    atMs: 0,
    level: 'warn',
    message: 'link down',
    fields: 'url=srt://a:secretword@b',
  });
  box.logTail.before = 'the evening before the crash';
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const changes = { 'mqtt.password_file': { set: 'correcthorse' } };
  const { tag } = JSON.parse((await ask(`${box.url}/settings`, 'GET', headers)).text);
  await ask(`${box.url}/settings`, 'POST', headers, { changes, tag, isTry: false });
  const { status, text } = await ask(`${box.url}/support.txt`, 'GET', headers);
  assert.is(status, 200);
  for (const wanted of [
    'link down',
    'the evening before the crash',
    'camera.fps: 30',
    'mqtt.password_file: true',
    '== Doctor ==',
  ]) {
    assert.match(text, wanted);
  }
  for (const secret of ['secretword', 'correcthorse', 'scrypt$']) assert.not.match(text, secret);
});

test('older lines of the log are found by their words', async () => {
  await using box = await startFakeBox();
  const add = (message: string) =>
    box.logTail.add({ atMs: 0, level: 'info', message, fields: 'link=wwan0' });
  add('Modem reset');
  for (let n = 0; n < 300; n += 1) add('traffic');
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const found = JSON.parse((await ask(`${box.url}/log?q=modem%20wwan0`, 'GET', headers)).text);
  assert.equal(
    found.map(({ message }: { message: string }) => message),
    ['Modem reset'],
  );
});

test('a restart is refused while a drop is on, and where nothing would start the box again', async () => {
  await using alone = await startFakeBox();
  const headers = { ...OWN_PAGE, cookie: await signIn(alone.url) };
  assert.match((await ask(`${alone.url}/restart`, 'POST', headers)).text, 'no-supervisor');
  let isEnded = false;
  const end = () => {
    isEnded = true;
  };
  await using box = await startFakeBox({ deps: { notify: { hasReceiver: true }, end } });
  const crew = { ...OWN_PAGE, cookie: await signIn(box.url) };
  box.set({ drop: { phase: 'live', sinceMs: 0 } });
  assert.match((await ask(`${box.url}/restart`, 'POST', crew)).text, 'on-air');
  assert.is(isEnded, false);
  box.set({ drop: { phase: 'idle', sinceMs: 0 } });
  assert.is((await ask(`${box.url}/restart`, 'POST', crew)).status, 200);
});

test.run();
