/** Certificates of ports, which are renewed while they serve. */

import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { refuse, reply } from '../../../pipelines/http/reply.ts';
import { ViewerServer } from '../../../pipelines/http/server.ts';
import { openServerOptions } from '../../../pipelines/http/server-settings.ts';
import {
  certifiedHost,
  followCertificate,
  openHttpPort,
} from '../../../pipelines/http/tls-files.ts';
import { freePort } from '../../support/free-port.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';

const test = suite('the certificate of a port');

const ABOUT = { whose: 'operator.tls', log: silentLog };

function filesOf() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-tls-files-'));
  const files = { cert_file: join(folder, 'cert'), key_file: join(folder, 'key') };
  const write = ({ cert, key }: { cert: Buffer; key: Buffer }) => {
    writeFileSync(files.cert_file, cert);
    writeFileSync(files.key_file, key);
  };
  return { files, write };
}

function ask(port: number, ca: Buffer, host = 'localhost'): Promise<number> {
  return new Promise((resolve, reject) => {
    const at = { host: 'localhost', servername: 'localhost', headers: { host }, port };
    const sent = request({ ...at, ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function untilServed(port: number, ca: Buffer): Promise<void> {
  let status = 0;
  for (let i = 0; i < 600 && status !== 204; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    status = await ask(port, ca).catch(() => 0);
  }
  assert.is(status, 204);
}

test('a renewed certificate is used for new connections, and a broken one is not', async () => {
  const { files, write } = filesOf();
  const first = makeLocalhostTls();
  write(first);
  const { server, follow } = openHttpPort(files, ABOUT, {});
  server.on('request', (_request, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  const ending = new AbortController();
  assert.is(await ask(port, first.cert), 204);
  const second = makeLocalhostTls();
  // Before it is followed, too.
  write(second);
  const following = follow(ending.signal, 20);
  await untilServed(port, second.cert);
  const third = makeLocalhostTls();
  write(third);
  await untilServed(port, third.cert);
  write({ cert: Buffer.from('none'), key: Buffer.from('none') });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(await ask(port, third.cert), 204);
  // As a folder that was closed: the file cannot even be looked at.
  rmSync(files.cert_file);
  symlinkSync('cert', files.cert_file);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(await ask(port, third.cert), 204);
  ending.abort();
  await following;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a certificate that is none ends the start, and says which key it is', () => {
  const { files, write } = filesOf();
  assert.throws(
    () => openHttpPort(files, { ...ABOUT, whose: 'orders.webhook.tls' }, {}),
    (error: Error) => error.message.startsWith('orders.webhook.tls: '),
  );
  write({ cert: Buffer.from('none'), key: Buffer.from('none') });
  assert.throws(
    () => openHttpPort(files, { ...ABOUT, whose: 'orders.webhook.tls' }, {}),
    (error: Error) => error.message.startsWith('orders.webhook.tls: '),
  );
});

test('the guests’ server follows its certificate, by HTTP/2 and HTTP/1.1, and its links the names in it', async () => {
  const { files, write } = filesOf();
  const first = makeLocalhostTls('DNS:localhost,DNS:old.example.org');
  write(first);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const settings = {
    ...{ host: 'localhost', port, maxConnections: 50, maxConnectionsPerAddress: 50 },
    tls: { port: tlsPort, certFile: files.cert_file, keyFile: files.key_file },
  };
  const { tls, ...options } = openServerOptions(settings, silentLog);
  assert.ok(tls?.follow !== undefined);
  const follow: typeof tls.follow = (server, signal) =>
    followCertificate(server, files, ABOUT, signal, 20);
  const linkAs = async (host: string, ca: Buffer) => {
    assert.is(await ask(tlsPort, ca, host), 204);
    return link;
  };
  let link = '';
  const get = (asked: HttpRequest) => {
    link = asked.ownAddress?.() ?? '';
    return reply(204, [], { type: 'text/plain', cacheS: 0 });
  };
  const handlers = { get, post: () => refuse(404, 'no'), onFault: () => undefined };
  const server = new ViewerServer({ ...options, tls: { ...tls, follow } }, handlers, systemClock);
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    running = server.run(ending.signal, resolve);
  });
  const [old, renewed] = ['old.example.org', 'new.example.org'];
  assert.is(await linkAs(old, first.cert), `https://${old}:${tlsPort}`);
  assert.not.match(await linkAs(renewed, first.cert), renewed);
  const second = makeLocalhostTls('DNS:localhost,DNS:new.example.org');
  write(second);
  await untilServed(tlsPort, second.cert);
  assert.is(await linkAs(renewed, second.cert), `https://${renewed}:${tlsPort}`);
  assert.not.match(await linkAs(old, second.cert), old);
  const session = connect(`https://localhost:${tlsPort}`, { ca: second.cert });
  const [headers] = await once(session.request({ ':path': '/' }), 'response');
  assert.is(headers[':status'], 204);
  session.destroy();
  ending.abort();
  await running;
});

test('a client on the box’s hotspot is led to a name that the certificate has', () => {
  const { files, write } = filesOf();
  const hostOf = (names: string) => {
    write(makeLocalhostTls(names));
    return certifiedHost(files.cert_file, '10.42.0.1');
  };
  assert.is(hostOf('DNS:*.example.org,IP:10.0.0.5,DNS:live.example.org'), 'live.example.org');
  assert.is(hostOf('DNS:live.example.org,IP:10.42.0.1'), '10.42.0.1');
  assert.is(hostOf('DNS:*.example.org'), 'box.example.org');
  assert.is(hostOf('DNS:localhost,IP:10.0.0.5'), undefined, 'each phone has that name itself');
  write({ cert: Buffer.from('none'), key: Buffer.from('none') });
  assert.is(certifiedHost(files.cert_file, '10.42.0.1'), undefined);
  assert.is(certifiedHost(`${files.cert_file}-gone`, '10.42.0.1'), undefined);
});

test.run();
