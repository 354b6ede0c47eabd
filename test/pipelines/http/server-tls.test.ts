/** The viewers' server over TLS, on real sockets. */
import { once } from 'node:events';
import { connect as http2Connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Reply, refuse, reply } from '../../../pipelines/http/reply.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { fileReplyOf, makeLargeFile } from '../../support/large-file.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';
import { serve } from '../../support/viewer-server.ts';

const test = suite('viewers’ server over TLS');

const BIG = Buffer.alloc(3_000_000, 1);
const TLS = makeLocalhostTls();
const FILE = fileReplyOf(makeLargeFile());
const text = (body: string) => reply(200, [Buffer.from(body)], { type: 'text/plain', cacheS: 0 });

async function serveBoth() {
  const [port, tlsPort] = [await freePort(), await freePort()];
  let held: Reply | undefined;
  const served = await serve(
    ({ path, ownAddress }) => {
      if (path === '/hold') {
        return {
          wait: 'track',
          holdMs: 20_000,
          retry: () => held,
          expired: () => refuse(503, 'late'),
        };
      }
      if (path === '/big') return reply(200, [BIG], { type: 'video/mp4', cacheS: 0 });
      if (path === '/file') return FILE;
      if (path === '/where') return text(ownAddress?.() ?? '');
      return path === '/urgent' ? { ...text(path), urgency: 1 } : text(path);
    },
    port,
    { tls: { port: tlsPort, ...TLS } },
  );
  const release = (body: string) => {
    held = text(body);
    served.wake('track');
  };
  const end = () => served[Symbol.asyncDispose]();
  return { port, tlsPort, release, server: served.server, [Symbol.asyncDispose]: end };
}

function openSession(tlsPort: number, settings = {}) {
  const session = http2Connect(`https://localhost:${tlsPort}`, { ca: TLS.cert, settings });
  session.on('error', () => undefined);
  const get = (path: string) =>
    new Promise<string>((resolve, reject) => {
      let body = '';
      const stream = session.request({ ':path': path });
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      stream.once('end', () => resolve(body)).once('error', reject);
    });
  return { session, get };
}

test('rule 36: HTTP/2 over TLS carries many held requests and priorities on one connection', async () => {
  await using served = await serveBoth();
  const { session, get } = openSession(served.tlsPort);
  const answers = Array.from({ length: 8 }, () => get('/hold'));
  await until(() => served.server.figures().held === 8, 2_000);
  served.release('now');
  assert.equal(await Promise.all(answers), Array(8).fill('now'));
  assert.is((await get('/big')).length, BIG.length);
  const urgent = session.request({ ':path': '/urgent' });
  const [headers] = (await once(urgent, 'response')) as [Record<string, string>];
  assert.is(headers['priority'], 'u=1');
  urgent.close();
  session.close();
});

test('an HTTP/2 reader that does not read a file is cut off, though its session lives', async () => {
  await using served = await serveBoth();
  const { session } = openSession(served.tlsPort, { initialWindowSize: 0 });
  await once(session, 'remoteSettings');
  const stuck = session.request({ ':path': '/file' });
  stuck.on('error', () => undefined);
  stuck.pause();
  const closed = once(stuck, 'close');
  const alive = setInterval(() => session.ping(() => undefined), 500);
  await until(() => served.server.figures().droppedSlowTotal === 1, 25_000).finally(() =>
    clearInterval(alive),
  );
  await closed;
  session.destroy();
});

test('an HTTP/1.1 reader over TLS that does not read is dropped', async () => {
  await using served = await serveBoth();
  const slow = tlsConnect({ port: served.tlsPort, host: 'localhost', ca: TLS.cert });
  slow.on('error', () => undefined);
  await once(slow, 'secureConnect');
  slow.pause();
  slow.write('GET /file HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => served.server.figures().droppedSlowTotal === 1, 15_000);
  await until(() => served.server.figures().connections === 0, 2_000);
  slow.destroy();
});

test('the address that a client used is known from scheme and authority, over each protocol', async () => {
  await using served = await serveBoth();
  const clear = `http://127.0.0.1:${served.port}`;
  assert.is(await (await fetch(`${clear}/where`)).text(), clear);
  const { session, get } = openSession(served.tlsPort);
  assert.is(await get('/where'), `https://localhost:${served.tlsPort}`);
  session.close();
  const overTls = await new Promise<string>((resolve, reject) => {
    const url = `https://localhost:${served.tlsPort}/where`;
    httpsRequest(url, { ca: TLS.cert, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.once('end', () => resolve(body));
    })
      .once('error', reject)
      .end();
  });
  assert.is(overTls, `https://localhost:${served.tlsPort}`);
});

test.run();
