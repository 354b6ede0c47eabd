/** Commands, printed slips and simulated hardware over the operator's server. */
import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../support/box.ts';
import { OWN_PAGE, signIn } from '../../support/operator.ts';
import { startFakeBox } from './support/fake-box.ts';
import { fakeSlips } from './support/fake-snapshot.ts';
import { ask, helloOf, openEvents } from './support/http.ts';

const test = suite('operator server: commands');
const COMMAND = { verb: 'print' };

test('a command reaches the Commander as a command of the page, and its outcome is returned', async () => {
  await using box = await startFakeBox();
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const go = { verb: 'go-live', expect: 'idle', isDryRun: true };
  const done = await ask(`${box.url}/command`, 'POST', headers, go);
  assert.equal(JSON.parse(done.text), { status: 'done', detail: 'go-live is done' });
  assert.equal(box.commands, [
    { verb: 'go-live', args: {}, expect: 'idle', isDryRun: true, by: 'page' },
  ]);
  const print = { verb: 'print', args: { document: 'x' } };
  const rejected = await ask(`${box.url}/command`, 'POST', headers, print);
  assert.is(rejected.status, 200);
  assert.is(JSON.parse(rejected.text).status, 'rejected');
  for (const bad of [
    { verb: 'rm' },
    { verb: 'arm', by: 'button' },
    { verb: 'arm', expect: 'x' },
    [],
  ]) {
    assert.is((await ask(`${box.url}/command`, 'POST', headers, bad)).status, 400);
  }
  assert.is(box.commands.length, 2);
});

test('running commands are limited but for those of a drop, and each gets the signal of the box', async () => {
  const signals: AbortSignal[] = [];
  const commander = {
    run: (_command: unknown, _onProgress: unknown, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
  };
  {
    await using box = await startFakeBox({ deps: { commander } });
    const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      ask(`${box.url}/command`, 'POST', headers, COMMAND).then(
        ({ status }) => statuses.push(status),
        () => undefined,
      );
    }
    await until(() => statuses.includes(503), 5_000);
    assert.is(signals.length, 4);
    for (const verb of ['go-live', 'mark', 'disarm', 'end']) {
      ask(`${box.url}/command`, 'POST', headers, { verb }).catch(() => undefined);
    }
    await until(() => signals.length === 8, 5_000);
    assert.not.ok(signals.some(({ aborted }) => aborted));
  }
  assert.ok(signals.every(({ aborted }) => aborted));
});

test('printed slips are pictures, after sign-in only', async () => {
  const png = await readFile('test/daemon/web/support/http.ts');
  await using box = await startFakeBox({ deps: { slips: () => fakeSlips(png) } });
  const cookie = await signIn(box.url);
  const slip = await ask(`${box.url}/slips/slip-2.png`, 'GET', { cookie });
  assert.is(slip.status, 200);
  assert.is(slip.headers['content-type'], 'image/png');
  assert.is(slip.headers['content-length'], String(png.length));
  assert.is((await ask(`${box.url}/slips/slip-9.png`, 'GET', { cookie })).status, 404);
  assert.is((await ask(`${box.url}/slips/..%2f..%2fx.png`, 'GET', { cookie })).status, 404);
  using page = await openEvents(box.url, cookie);
  const { view } = await helloOf(page);
  assert.equal(
    view.slips.map((note) => Object.keys(note)),
    [
      ['id', 'atMs', 'title'],
      ['id', 'atMs', 'title'],
    ],
  );
});

test('the simulated panel takes presses, charge, mains and switches of devices that exist', async () => {
  await using box = await startFakeBox();
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const touch = async (action: unknown) =>
    (await ask(`${box.url}/panel`, 'POST', headers, action)).status;
  assert.is(await touch({ do: 'press', button: 'start' }), 200);
  assert.is(await touch({ do: 'release', button: 'start' }), 200);
  assert.is(await touch({ do: 'charge', pct: 12 }), 200);
  assert.is(await touch({ do: 'mains', isOn: false }), 200);
  assert.is(await touch({ do: 'switch', name: 'printer', isOn: false }), 200);
  assert.equal(box.panelActions, [
    'press start',
    'release start',
    'charge 12',
    'mains false',
    'printer false',
  ]);
  assert.is(await touch({ do: 'press', button: 'eject' }), 404);
  assert.is(await touch({ do: 'switch', name: 'fridge', isOn: true }), 404);
  assert.is(await touch({ do: 'charge', pct: 101 }), 400);
  assert.is(box.panelActions.length, 5);
});

test('a simulated button is released when its page is gone', async () => {
  await using box = await startFakeBox({ speed: 100 });
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  await ask(`${box.url}/panel`, 'POST', headers, { do: 'press', button: 'start' });
  await until(() => box.panelActions.includes('release start'), 10_000);
});

test('real hardware has no panel', async () => {
  await using box = await startFakeBox({ deps: { panel: undefined } as never });
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const press = { do: 'press', button: 'start' };
  assert.is((await ask(`${box.url}/panel`, 'POST', headers, press)).status, 404);
});

test.run();
