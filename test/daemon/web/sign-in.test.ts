/** Signing in to the operator's server over HTTP: PIN, session, cookie. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as requestSecurely } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../support/box.ts';
import { OWN_PAGE, signIn, TEST_PIN } from '../../support/operator.ts';
import { startFakeBox } from './support/fake-box.ts';
import { ask, openEvents, sendPin } from './support/http.ts';

const test = suite('operator server: sign-in');
const COMMAND = { verb: 'mark' };

test('without the PIN only the files of the page are served', async () => {
  await using box = await startFakeBox();
  const page = await ask(`${box.url}/`, 'GET');
  assert.is(page.status, 200);
  assert.not.match(page.text, 'record-shop');
  for (const path of ['/state.json', '/events', '/slips/slip-1.png', '/nothing']) {
    assert.is((await ask(box.url + path, 'GET')).status, 401, path);
  }
  for (const path of ['/command', '/panel']) {
    assert.is((await ask(box.url + path, 'POST', OWN_PAGE, COMMAND)).status, 401, path);
  }
  assert.equal(box.commands, []);
});

test('the right PIN sets a cookie that scripts and other sites cannot use', async () => {
  await using box = await startFakeBox();
  const reply = await sendPin(box.url, TEST_PIN);
  assert.is(reply.status, 200);
  const [cookie = ''] = reply.headers['set-cookie'] ?? [];
  assert.match(
    cookie,
    /^venuebox-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=86400$/,
  );
  const headers = { cookie: cookie.split(';')[0] ?? '' };
  const state = await ask(`${box.url}/state.json`, 'GET', headers);
  assert.is(JSON.parse(state.text).name, 'record-shop');
  const wrong = { cookie: `${headers.cookie.slice(0, -1)}_` };
  assert.is((await ask(`${box.url}/state.json`, 'GET', wrong)).status, 401);
});

test('signing out ends the session and its pages', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  using page = await openEvents(box.url, cookie);
  await ask(`${box.url}/session`, 'DELETE', { ...OWN_PAGE, cookie });
  assert.is((await ask(`${box.url}/state.json`, 'GET', { cookie })).status, 401);
  await until(() => page.isEnded, 5_000);
  assert.equal(page.events.at(-1), { name: 'bye', data: { reason: 'signed-out' } });
});

test('ten wrong PINs lock the address: then the right one is refused too, until the lock ends', async () => {
  await using box = await startFakeBox();
  for (let i = 1; i <= 10; i += 1) {
    const reply = await sendPin(box.url, '000000');
    const { error, triesLeft, waitMs } = JSON.parse(reply.text);
    assert.equal([reply.status, error], i < 10 ? [401, 'wrong-pin'] : [429, 'locked'], `try ${i}`);
    if (i < 10) assert.is(triesLeft, 10 - i);
    if (i < 10) box.skip(waitMs);
  }
  const right = await sendPin(box.url, TEST_PIN);
  assert.is(right.status, 429);
  assert.ok(Number(right.headers['retry-after']) > 290);
  const { refusal } = JSON.parse((await ask(`${box.url}/session`, 'GET')).text);
  assert.is(refusal.error, 'locked');
  box.skip(5 * 60_000);
  assert.is((await sendPin(box.url, TEST_PIN)).status, 200);
});

test('a PIN during the pause is not checked', async () => {
  await using box = await startFakeBox();
  for (let i = 0; i < 4; i += 1) await sendPin(box.url, '000000');
  const early = await sendPin(box.url, TEST_PIN);
  assert.is(early.status, 429);
  assert.is(JSON.parse(early.text).error, 'wait');
});

test('of many PINs at the same time few are checked, one by one', async () => {
  await using box = await startFakeBox();
  const guesses = Array.from({ length: 40 }, (_, i) => sendPin(box.url, String(100_000 + i)));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  const checked = statuses.filter((status) => status === 401).length;
  assert.ok(checked <= 5, statuses.join(' '));
  assert.ok(statuses.includes(503));
  for (let wrong = checked; wrong < 4; wrong += 1) await sendPin(box.url, '000000');
  // The pause is over for one of them, and begins again with it; two wait, the others are sent away.
  box.skip(2_000);
  const burst = [1, 2, 3, 4].map((i) => sendPin(box.url, String(i).repeat(6)));
  assert.equal(
    (await Promise.all(burst)).map(({ status }) => status).toSorted(),
    [401, 429, 503, 503],
  );
});

test('a body that is not a PIN is refused and not counted', async () => {
  await using box = await startFakeBox();
  for (const body of [{}, { pin: 5 }, { pin: '1', more: 1 }, 'x', { pin: 'x'.repeat(5_000) }]) {
    const status = await ask(`${box.url}/session`, 'POST', OWN_PAGE, body).then(
      (reply) => reply.status,
      () => 'closed',
    );
    assert.ok(status === 400 || status === 'closed', String(status));
  }
  const text = { ...OWN_PAGE, 'content-type': 'text/plain' };
  assert.is((await ask(`${box.url}/session`, 'POST', text, { pin: TEST_PIN })).status, 400);
  assert.is((await sendPin(box.url, TEST_PIN)).status, 200);
});

test('an unused session ends', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  box.skip(119 * 60_000);
  assert.is((await ask(`${box.url}/state.json`, 'GET', { cookie })).status, 200);
  box.skip(121 * 60_000);
  assert.is((await ask(`${box.url}/state.json`, 'GET', { cookie })).status, 401);
});

test('an open page receives the end of its session', async () => {
  await using box = await startFakeBox({ config: { session_hours: 1 } });
  using page = await openEvents(box.url, await signIn(box.url));
  box.skip(3_600_000);
  await until(() => page.isEnded, 10_000);
  assert.equal(page.events.at(-1), { name: 'bye', data: { reason: 'expired' } });
});

test('a PIN is generated at the first start, shown once, and accepted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-state-'));
  const reported: string[] = [];
  const options = {
    config: { pin_hash: '' },
    deps: { stateFolder: folder, onNewPin: (pin: string) => reported.push(pin) },
  };
  for (let start = 0; start < 2; start += 1) {
    await using box = await startFakeBox(options);
    assert.is((await sendPin(box.url, reported[0] ?? '')).status, 200);
  }
  assert.is(reported.length, 1);
  await rm(folder, { recursive: true });
});

test('over TLS the cookie is Secure and bound to its host', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
  execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  await using box = await startFakeBox({ config: { tls: { cert_file: cert, key_file: key } } });
  const url = box.url.replace('http:', 'https:');
  const options = { method: 'POST', headers: OWN_PAGE, rejectUnauthorized: false, agent: false };
  const cookies = () =>
    new Promise<readonly string[]>((resolve, reject) => {
      const asking = requestSecurely(`${url}/session`, options, (response) => {
        response.resume();
        resolve(response.headers['set-cookie'] ?? []);
      });
      asking.once('error', reject);
      asking.end(JSON.stringify({ pin: TEST_PIN }));
    });
  let found: readonly string[] = [];
  await until(async () => {
    found = await cookies();
    return true;
  }, 10_000);
  assert.match(
    found[0] ?? '',
    /^__Host-venuebox-\d+=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; .*Secure$/,
  );
  await rm(folder, { recursive: true });
});

test.run();
