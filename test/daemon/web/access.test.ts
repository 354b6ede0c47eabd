/** Requests that the operator's server refuses: other hosts, other sites, too many connections. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { changesOf } from '../../../daemon/settings/change.ts';
import { LiveConfig } from '../../../daemon/settings/live-config.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { OWN_PAGE, signIn } from '../../support/operator.ts';
import { startFakeBox } from './support/fake-box.ts';
import { ask } from './support/http.ts';

const test = suite('operator server: access');
const COMMAND = { verb: 'mark' };

test('a host name that is not the box’s own is refused, for the page too; a new one holds at once', async () => {
  const configOf = (yaml: string) => parseConfig('box.yaml', yaml, []);
  const live = new LiveConfig({ config: configOf('') }, { clock: systemClock, log: silentLog });
  await using box = await startFakeBox({ deps: { live } });
  const cookie = await signIn(box.url);
  for (const path of ['/', '/state.json', '/session']) {
    const host = 'evil.example:8081';
    assert.is((await ask(box.url + path, 'GET', { host, cookie })).status, 421);
  }
  const statusAt = async (host: string) =>
    (await ask(`${box.url}/state.json`, 'GET', { host, cookie })).status;
  assert.is(await statusAt('box.example.org'), 421);
  const named = configOf('operator: {host_names: [box.example.org]}');
  const [change] = changesOf(live.given(), named);
  assert.not(change?.parts.includes('page'), 'those who have it open stay signed in');
  live.change(named, new Set(change?.parts));
  for (const host of ['venuebox.local', 'box.example.org', '127.0.0.1:9']) {
    assert.is(await statusAt(host), 200, host);
  }
});

test('another site can neither change nor read, although the browser sends the cookie', async () => {
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

test('every answer forbids framing, sniffing, caching and other sources', async () => {
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

test('connections of one address are limited', async () => {
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

test('a request with two Host headers gets 400', async () => {
  await using box = await startFakeBox();
  const { port, host } = new URL(box.url);
  const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nhost: ${host}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  await new Promise((resolve) => socket.once('close', resolve));
  assert.match(answer, /^HTTP\/1.1 400 /);
});

test('invalid HTTP and endless headers cost one connection only', async () => {
  await using box = await startFakeBox();
  const { port } = new URL(box.url);
  for (const bytes of ['\0\x01\x02\n\n', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    socket.resume().write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
  }
  assert.is((await ask(`${box.url}/`, 'GET')).status, 200);
});

test('a port in use and a missing certificate reject with their codes', async () => {
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

test.run();
