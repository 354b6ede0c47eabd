/** The operator's server over real HTTP, in front of a box that is made up. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EventStream } from '../../../daemon/web/event-stream.ts';
import type { Change } from '../../../daemon/web/wire.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { OWN_PAGE, signIn, TEST_PIN } from '../../support/operator.ts';
import { startFakeBox } from './fake-box.ts';
import { fakeSlips, fakeSnapshot } from './fake-snapshot.ts';
import { ask, givePin, helloOf, listen } from './http.ts';

const test = suite('operator server');
const COMMAND = { verb: 'mark' };

test('without the PIN there is the page and nothing else', async () => {
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

test('the right PIN gives a cookie that scripts and other sites cannot use, and it opens the box', async () => {
  await using box = await startFakeBox();
  const reply = await givePin(box.url, TEST_PIN);
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
  using page = await listen(box.url, cookie);
  await ask(`${box.url}/session`, 'DELETE', { ...OWN_PAGE, cookie });
  assert.is((await ask(`${box.url}/state.json`, 'GET', { cookie })).status, 401);
  await until(() => page.isEnded, 5_000);
  assert.equal(page.events.at(-1), { name: 'bye', data: { reason: 'signed-out' } });
});

test('ten wrong PINs lock the address: then the right one is refused too, until its time has passed', async () => {
  await using box = await startFakeBox();
  for (let i = 1; i <= 10; i += 1) {
    const reply = await givePin(box.url, '000000');
    const { error, triesLeft, waitMs } = JSON.parse(reply.text);
    assert.equal([reply.status, error], i < 10 ? [401, 'wrong-pin'] : [429, 'locked'], `try ${i}`);
    if (i < 10) assert.is(triesLeft, 10 - i);
    if (i < 10) box.skip(waitMs);
  }
  const right = await givePin(box.url, TEST_PIN);
  assert.is(right.status, 429);
  assert.ok(Number(right.headers['retry-after']) > 290);
  const { refusal } = JSON.parse((await ask(`${box.url}/session`, 'GET')).text);
  assert.is(refusal.error, 'locked');
  box.skip(5 * 60_000);
  assert.is((await givePin(box.url, TEST_PIN)).status, 200);
});

test('a PIN that comes before its pause is over is not looked at', async () => {
  await using box = await startFakeBox();
  for (let i = 0; i < 4; i += 1) await givePin(box.url, '000000');
  const early = await givePin(box.url, TEST_PIN);
  assert.is(early.status, 429);
  assert.is(JSON.parse(early.text).error, 'wait');
});

test('PINs that come all at once are looked at one by one, and most of them not at all', async () => {
  await using box = await startFakeBox();
  const guesses = Array.from({ length: 40 }, (_, i) => givePin(box.url, String(100_000 + i)));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  assert.ok(statuses.filter((status) => status === 401).length <= 5, statuses.join(' '));
  assert.ok(statuses.includes(503));
  // The pause is over for one of them, and begins again with it.
  box.skip(2_000);
  const burst = [1, 2, 3, 4].map((i) => givePin(box.url, String(i).repeat(6)));
  assert.equal(
    (await Promise.all(burst)).map(({ status }) => status).toSorted(),
    [401, 429, 429, 429],
  );
});

test('a body that is no PIN is refused and counts for nothing', async () => {
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
  assert.is((await givePin(box.url, TEST_PIN)).status, 200);
});

test('a session that nobody uses ends', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  box.skip(119 * 60_000);
  assert.is((await ask(`${box.url}/state.json`, 'GET', { cookie })).status, 200);
  box.skip(121 * 60_000);
  assert.is((await ask(`${box.url}/state.json`, 'GET', { cookie })).status, 401);
});

test('a page that is open when its session is over is told so', async () => {
  await using box = await startFakeBox({ config: { session_hours: 1 } });
  using page = await listen(box.url, await signIn(box.url));
  box.skip(3_600_000);
  await until(() => page.isEnded, 10_000);
  assert.equal(page.events.at(-1), { name: 'bye', data: { reason: 'signed-out' } });
});

test('a name that is not the box’s own is refused before anything else, the page included', async () => {
  await using box = await startFakeBox({ config: { host_names: ['box.example.org'] } });
  const cookie = await signIn(box.url);
  for (const path of ['/', '/state.json', '/session']) {
    const host = 'evil.example:8081';
    assert.is((await ask(box.url + path, 'GET', { host, cookie })).status, 421);
  }
  for (const host of ['venuebox.local', 'box.example.org', '127.0.0.1:9']) {
    assert.is((await ask(`${box.url}/state.json`, 'GET', { host, cookie })).status, 200, host);
  }
});

test('another site can neither change nor read, though the browser sends the cookie with it', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  const host = new URL(box.url).host;
  for (const bad of [
    { cookie, 'content-type': 'application/json' },
    { ...OWN_PAGE, cookie, origin: 'http://evil.example' },
    { ...OWN_PAGE, cookie, origin: 'http://127.0.0.1:8080' },
    { ...OWN_PAGE, cookie, 'sec-fetch-site': 'cross-site' },
    { ...OWN_PAGE, cookie, 'sec-fetch-site': 'same-site' },
  ]) {
    const reply = await ask(`${box.url}/command`, 'POST', bad, COMMAND);
    assert.is(reply.status, 403, JSON.stringify(bad));
  }
  assert.equal(box.commands, []);
  const read = { cookie, 'sec-fetch-site': 'same-site' };
  assert.is((await ask(`${box.url}/state.json`, 'GET', read)).status, 403);
  const own = { ...OWN_PAGE, cookie, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
  assert.is((await ask(`${box.url}/command`, 'POST', own, COMMAND)).status, 200);
  assert.is(box.commands.length, 1);
});

test('every answer forbids framing, sniffing, caching and all that is not the page’s own', async () => {
  await using box = await startFakeBox();
  for (const path of ['/', '/operator.js', '/session', '/state.json', '/none']) {
    const { headers } = await ask(box.url + path, 'GET');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, "default-src 'none'; script-src 'self'; style-src 'self'");
    assert.match(policy, "connect-src 'self' http://127.0.0.1:8080;");
    assert.match(policy, "frame-ancestors 'none'");
    assert.not.match(policy, 'unsafe');
    assert.is(headers['x-content-type-options'], 'nosniff');
    assert.is(headers['cache-control'], 'no-store');
    assert.is(headers['cross-origin-resource-policy'], 'same-origin');
    assert.is(headers['access-control-allow-origin'], undefined);
  }
});

test('a command reaches the Commander as the page’s, and its outcome comes back', async () => {
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

test('commands that do not end are bounded, and each is given the box’s own signal', async () => {
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
    assert.not.ok(signals.some(({ aborted }) => aborted));
  }
  assert.ok(signals.every(({ aborted }) => aborted));
});

test('the first event tells all, and the next ones only what is not as it was', async () => {
  await using box = await startFakeBox();
  using page = await listen(box.url, await signIn(box.url));
  await until(() => page.events.some(({ name }) => name === 'change'), 10_000);
  const { view, history, viewers } = await helloOf(page);
  assert.is(view.name, 'record-shop');
  assert.is(view.battery.phase, 'known');
  assert.is(view.panel?.buttons.length, 2);
  assert.not.ok('levels' in view);
  assert.ok(history.length >= 1);
  assert.equal(viewers, { port: 8080, previewPath: '/preview/x' });

  const changes = () => page.events.filter(({ name }) => name === 'change').map(({ data }) => data);
  assert.equal((changes().at(-1) as Change).set, {});
  box.set({ power: 'saving' });
  await until(() => changes().some((data) => 'power' in (data as Change).set), 5_000);
  const told = changes().find((data) => 'power' in (data as Change).set) as Change;
  assert.equal(told.set, { power: 'saving' });
  box.set({ media: undefined });
  await until(() => changes().some((data) => (data as Change).gone.includes('media')), 5_000);
});

test('levels come ten times a second, samples, journal lines and progress as they happen', async () => {
  await using box = await startFakeBox({ hurry: 5 });
  const cookie = await signIn(box.url);
  using page = await listen(box.url, cookie);
  const count = (name: string) => page.events.filter((event) => event.name === name).length;
  await until(() => count('levels') >= 20, 10_000);
  // Five changes' time for twenty-five levels, however slow the machine.
  assert.ok(count('levels') > 2 * count('change'), `${count('levels')}, ${count('change')}`);
  await until(() => count('sample') >= 1, 10_000);
  box.logTail.add({ atMs: 1, level: 'warn', message: 'link silent', fields: 'link=wwan0' });
  await until(() => count('log') === 1, 5_000);
  await ask(`${box.url}/command`, 'POST', { ...OWN_PAGE, cookie }, COMMAND);
  await until(() => count('progress') === 1, 5_000);
  assert.equal(page.events.find(({ name }) => name === 'progress')?.data, {
    verb: 'mark',
    detail: 'checking the disk',
    ratio: 0.5,
  });
});

test('a second page that opens takes nothing from the first', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  using first = await listen(box.url, cookie);
  await until(() => first.events.length > 0, 5_000);
  box.set({ power: 'saving' });
  box.logTail.add({ atMs: 1, level: 'info', message: 'between', fields: '' });
  using second = await listen(box.url, cookie);
  const has = (text: string) => first.events.some((event) => JSON.stringify(event).includes(text));
  await until(() => has('"saving"') && has('"between"'), 5_000);
  await until(() => second.events.length > 0, 5_000);
});

test('a session has three streams: a fourth ends the oldest', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  using first = await listen(box.url, cookie);
  using second = await listen(box.url, cookie);
  using third = await listen(box.url, cookie);
  using fourth = await listen(box.url, cookie);
  assert.is(fourth.status, 200);
  await until(() => first.isEnded, 5_000);
  assert.equal(first.events.at(-1), { name: 'bye', data: { reason: 'another-page' } });
  assert.not.ok(second.isEnded || third.isEnded);
});

test('sixteen streams are open at most; when one goes there is room again', async () => {
  await using box = await startFakeBox();
  const pages = [];
  for (let session = 0; session < 6; session += 1) {
    const cookie = await signIn(box.url);
    for (let i = 0; i < 3; i += 1) pages.push(await listen(box.url, cookie));
  }
  assert.equal(
    pages.map(({ status }) => status),
    [...new Array<number>(16).fill(200), 503, 503],
  );
  const cookie = await signIn(box.url);
  pages[0]?.[Symbol.dispose]();
  await until(async () => {
    using page = await listen(box.url, cookie);
    return page.status === 200;
  }, 5_000);
  for (const page of pages) page[Symbol.dispose]();
});

test('a page that does not read is dropped, and the others go on', async () => {
  await using box = await startFakeBox({ hurry: 20 });
  using stuck = await listen(box.url, await signIn(box.url));
  using other = await listen(box.url, await signIn(box.url));
  await until(() => stuck.events.length > 0, 5_000);
  stuck.pause();
  let n = 0;
  const timer = setInterval(() => {
    n += 1;
    box.set({ camera: String(n).padEnd(200_000, '.') });
  }, 20);
  try {
    // More than all buffers on the way hold.
    await until(() => other.bytes > 24_000_000, 60_000);
  } finally {
    clearInterval(timer);
  }
  assert.not.ok(other.isEnded);
  // What is left in the buffers on the way, and then the end.
  stuck.resume();
  await until(() => stuck.isEnded, 10_000);
  assert.ok(stuck.bytes < other.bytes, `${stuck.bytes} of ${other.bytes}`);
});

test('a page that takes nothing for ten seconds while bytes wait is dropped', () => {
  const response = { writableLength: 0, destroyed: false, destroy, socket: { bytesWritten: 0 } };
  function destroy(): void {
    response.destroyed = true;
  }
  const stream = new EventStream(response as never, 'session', 0);
  assert.is(stream.dropIfStuck(60_000), false, 'nothing waits');
  response.writableLength = 100;
  response.socket.bytesWritten = 150;
  assert.is(stream.dropIfStuck(61_000), false, 'some were taken');
  response.socket.bytesWritten = 151;
  assert.is(stream.dropIfStuck(70_000), false, 'one more was taken');
  assert.is(stream.dropIfStuck(79_999), false);
  assert.is(stream.dropIfStuck(80_000), true);
  assert.is(stream.isOpen, false);
});

test('slips are pictures for those who have signed in', async () => {
  const png = await readFile('test/daemon/web/http.ts');
  await using box = await startFakeBox({ deps: { slips: () => fakeSlips(png) } });
  const cookie = await signIn(box.url);
  const slip = await ask(`${box.url}/slips/slip-2.png`, 'GET', { cookie });
  assert.is(slip.status, 200);
  assert.is(slip.headers['content-type'], 'image/png');
  assert.is(slip.headers['content-length'], String(png.length));
  assert.is((await ask(`${box.url}/slips/slip-9.png`, 'GET', { cookie })).status, 404);
  assert.is((await ask(`${box.url}/slips/..%2f..%2fx.png`, 'GET', { cookie })).status, 404);
  using page = await listen(box.url, cookie);
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
  assert.equal(box.touched, [
    'press start',
    'release start',
    'charge 12',
    'mains false',
    'printer false',
  ]);
  assert.is(await touch({ do: 'press', button: 'eject' }), 404);
  assert.is(await touch({ do: 'switch', name: 'fridge', isOn: true }), 404);
  assert.is(await touch({ do: 'charge', pct: 101 }), 400);
  assert.is(box.touched.length, 5);
});

test('a simulated button whose page has gone is let go', async () => {
  await using box = await startFakeBox({ hurry: 100 });
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  await ask(`${box.url}/panel`, 'POST', headers, { do: 'press', button: 'start' });
  await until(() => box.touched.includes('release start'), 10_000);
});

test('real hardware has no panel', async () => {
  await using box = await startFakeBox({ deps: { panel: undefined } as never });
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const press = { do: 'press', button: 'start' };
  assert.is((await ask(`${box.url}/panel`, 'POST', headers, press)).status, 404);
});

test('connections of one address are bounded', async () => {
  await using box = await startFakeBox();
  const { port } = new URL(box.url);
  let closed = 0;
  const sockets = Array.from({ length: 60 }, () =>
    connect(Number(port), '127.0.0.1')
      .on('error', () => undefined)
      .once('close', () => {
        closed += 1;
      }),
  );
  await until(() => closed >= 28, 10_000);
  for (const socket of sockets) socket.destroy();
  await until(async () => (await ask(`${box.url}/`, 'GET')).status === 200, 5_000);
});

test('what is no HTTP, and headers that never end, cost a connection and no more', async () => {
  await using box = await startFakeBox();
  const { port } = new URL(box.url);
  for (const bytes of ['\0\x01\x02\n\n', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    socket.resume().write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
  }
  assert.is((await ask(`${box.url}/`, 'GET')).status, 200);
});

test('a PIN is made at the first start, told once, and let in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-state-'));
  const told: string[] = [];
  const options = {
    config: { pin_hash: '' },
    deps: { stateFolder: folder, onNewPin: (pin: string) => told.push(pin) },
  };
  for (let start = 0; start < 2; start += 1) {
    await using box = await startFakeBox(options);
    assert.is((await givePin(box.url, told[0] ?? '')).status, 200);
  }
  assert.is(told.length, 1);
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

test('a port that is taken, and a certificate that is away, reject with their names', async () => {
  const other = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const codeOf = async (options: Parameters<typeof startFakeBox>[0]) => {
    await using box = await startFakeBox(options);
    return await box.ended.then(
      () => 'it ended',
      (error: { code?: string }) => error.code,
    );
  };
  assert.is(await codeOf({ port }), 'PORT_TAKEN');
  const tls = { cert_file: '/nope.crt', key_file: '/nope.key' };
  assert.is(await codeOf({ config: { tls } }), 'BAD_CERTIFICATE');
  await new Promise((resolve) => other.close(resolve));
});

test('the snapshot that pages get is the box’s own, whatever it holds', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  box.set({ camera: '</script>\n\nevent: bye\ndata: {}\n\n' });
  using page = await listen(box.url, cookie);
  assert.is((await helloOf(page)).view.camera, '</script>\n\nevent: bye\ndata: {}\n\n');
  assert.not.ok(page.events.some(({ name }) => name === 'bye'));
  assert.is(fakeSnapshot().name, 'record-shop');
});

test.run();
