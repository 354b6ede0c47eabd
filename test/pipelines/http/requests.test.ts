/** How requests are read: absolute form, two hosts, proxies, and the address that links show. */
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  forwardedFor,
  openTrustedProxies,
} from '../../../pipelines/http/clients/trusted-proxies.ts';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { openOwnNames, ownAddress } from '../../../pipelines/http/own-address.ts';
import { reply } from '../../../pipelines/http/reply.ts';
import { freePort } from '../../support/free-port.ts';
import { seeded } from '../../support/seeded.ts';
import { serve } from '../../support/viewer-server.ts';

const test = suite('requests');

/** Answers with what was read. */
const get = ({ path, query, address, ownAddress: own }: HttpRequest) =>
  reply(200, [Buffer.from(`${path} ${query} ${address} ${own?.()}`)], {
    type: 'text/plain',
    cacheS: 0,
  });

function send(port: number, head: string, localAddress = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.once('close', () => resolve(answer)).once('error', reject);
    socket.write(`${head}\r\nConnection: close\r\n\r\n`);
  });
}

const bodyOf = (answer: string) => answer.split('\r\n\r\n')[1];

test('the absolute form of a request is read, and its authority replaces Host', async () => {
  const port = await freePort();
  await using _ = await serve(get, port, { hostNames: ['box.example'] });
  const own = `http://box.example:${port}`;
  for (const target of ['http://box.example/a/b?c=1', 'HTTP://box.example:80/a/b?c=1']) {
    const answer = await send(port, `GET ${target} HTTP/1.1\r\nHost: other`);
    assert.is(bodyOf(answer), `/a/b c=1 127.0.0.1 ${own}`);
  }
  assert.match(await send(port, 'GET http://box.example HTTP/1.1\r\nHost: a'), '/  127.0.0.1');
});

test('a request with two Host headers gets 400', async () => {
  const port = await freePort();
  await using _ = await serve(get, port);
  for (const second of ['Host: a', 'host: b', 'HOST:']) {
    const answer = await send(port, `GET /x HTTP/1.1\r\nHost: a\r\n${second}`);
    assert.match(answer, /^HTTP\/1.1 400 /);
    assert.match(answer, 'X-Content-Type-Options: nosniff');
  }
  assert.match(await send(port, 'GET /x HTTP/1.1\r\nHost: a\r\nHos: b'), /^HTTP\/1.1 200 /);
});

test('links never follow a Host that is not this box', async () => {
  const port = await freePort();
  await using _ = await serve(get, port, { hostNames: ['Venue.example'] });
  const linkFor = async (host: string) =>
    bodyOf(await send(port, `GET /x HTTP/1.1\r\nHost: ${host}`))?.split(' ')[3];
  const byAddress = `http://127.0.0.1:${port}`;
  for (const forged of [
    'evil.example',
    '10.6.6.6',
    '127.0.0.1:1',
    '[::1]',
    'a@b',
    'localhost.evil',
  ]) {
    assert.is(await linkFor(forged), byAddress, forged);
  }
  assert.is(await linkFor('localhost'), `http://localhost:${port}`);
  assert.is(await linkFor('venue.example:9'), `http://venue.example:${port}`);
  const headers = 'X-Forwarded-Host: evil.example\r\nX-Forwarded-Prefix: /evil';
  const answer = await send(port, `GET /x HTTP/1.1\r\nHost: localhost\r\n${headers}`);
  assert.match(answer, `http://localhost:${port}`);
});

test('links have the address at which the client reached the box', () => {
  const names = openOwnNames([]);
  const at = (address: string, port: number, isTls = false) => ({ address, port, isTls });
  assert.is(ownAddress('[fe80::1]:80', at('fe80::1%eth0', 80), names), 'http://[fe80::1]');
  assert.is(ownAddress('x', at('::ffff:10.0.0.5', 443, true), names), 'https://10.0.0.5');
  const random = seeded(7);
  for (let i = 0; i < 500; i += 1) {
    const host = Array.from({ length: 12 }, () => String.fromCharCode(33 + random() * 94)).join('');
    assert.is(ownAddress(host, at('10.0.0.5', 8080), names), 'http://10.0.0.5:8080', host);
  }
});

test('a trusted proxy reports scheme, host, prefix and client; others do not', async () => {
  const port = await freePort();
  await using _ = await serve(get, port, { trustedProxies: ['127.9.0.0/16'] });
  const head = [
    'GET /clip/x HTTP/1.1',
    'Host: inner',
    'X-Forwarded-For: 6.6.6.6, 198.51.100.7, 127.9.0.3',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: venue.example',
    'X-Forwarded-Prefix: /tonight/',
  ].join('\r\n');
  const through = await send(port, head, '127.9.0.1');
  assert.is(bodyOf(through), '/clip/x  198.51.100.7 https://venue.example/tonight');
  const direct = await send(port, head, '127.0.0.7');
  assert.is(bodyOf(direct), `/clip/x  127.0.0.7 http://127.0.0.1:${port}`);
  const bad = head.replace('/tonight/', '/a"b').replace('https', 'gopher');
  assert.match(await send(port, bad, '127.9.0.1'), 'http://venue.example');
});

test('the client is the last address that no trusted proxy has', () => {
  const isTrusted = openTrustedProxies(['10.0.0.0/8', '2001:db8::5']);
  assert.ok(isTrusted('::ffff:10.1.2.3'));
  assert.not.ok(isTrusted('192.0.2.1'));
  const cases = [
    ['192.0.2.1', '192.0.2.1'],
    ['6.6.6.6, 192.0.2.1, 10.0.0.9', '192.0.2.1'],
    ['192.0.2.1, 2001:db8::5', '192.0.2.1'],
    ['unknown, x', undefined],
    [undefined, undefined],
    ['10.0.0.1', undefined],
  ] as const;
  for (const [header, client] of cases) assert.is(forwardedFor(header, isTrusted), client);
});

test.run();
