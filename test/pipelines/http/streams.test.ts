/** Replies that go on while the client reads, over both versions of HTTP. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { refuse, SHARED_HEADERS } from '../../../pipelines/http/reply.ts';
import type { StreamOutput } from '../../../pipelines/http/streams/stream.ts';
import { StreamSlots } from '../../../pipelines/http/streams/stream-slots.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';
import { serve } from '../../support/viewer-server.ts';

const test = suite('streams over HTTP');

const WITHIN_MS = 60_000;

/** Writes to all streams at once. */
function openHandler() {
  const outputs = new Set<StreamOutput>();
  const left: StreamOutput[] = [];
  const get = ({ path }: HttpRequest) => {
    if (path !== '/stream') return refuse(404, 'no');
    return {
      status: 200,
      headers: ['Content-Type', 'application/octet-stream', ...SHARED_HEADERS],
      body: [],
      stream: (output: StreamOutput) => {
        outputs.add(output);
        return {
          drained: () => undefined,
          leave: () => {
            left.push(output);
            outputs.delete(output);
          },
        };
      },
    };
  };
  return { get, outputs, left };
}

function open(port: number, method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/stream', method, agent: false } as const;
    httpRequest(options, resolve).once('error', reject).end();
  });
}

function openHttp2(session: ClientHttp2Session) {
  const stream = session.request({ ':path': '/stream' });
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  stream.on('error', () => undefined);
  return { stream, text: () => text };
}

test('HTTP/1.1: bytes arrive as they are written, and the end ends the reply', async () => {
  const port = await freePort();
  const { get, outputs } = openHandler();
  await using _ = await serve(get, port);
  const response = await open(port);
  assert.is(response.statusCode, 200);
  const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]();
  const [output] = outputs;
  for (const text of ['one', 'two', 'three']) {
    output?.write(Buffer.from(text));
    assert.is((await chunks.next()).value, text);
  }
  output?.end(Buffer.from('end'));
  assert.is((await chunks.next()).value, 'end');
  assert.ok((await chunks.next()).done);
  await until(() => outputs.size === 0, WITHIN_MS);
});

test('HTTP/2: bytes arrive as they are written, beside other requests of the connection', async () => {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const tls = makeLocalhostTls();
  const { get, outputs } = openHandler();
  await using _ = await serve(get, port, { tls: { port: tlsPort, ...tls } });
  const session = connect(`https://localhost:${tlsPort}`, { ca: tls.cert });
  try {
    const { stream, text } = openHttp2(session);
    await until(() => outputs.size === 1, WITHIN_MS);
    const [output] = outputs;
    output?.write(Buffer.from('one'));
    await until(() => text() === 'one', WITHIN_MS);
    const other = session.request({ ':path': '/x' });
    const [headers] = (await once(other, 'response')) as [{ ':status': number }];
    assert.is(headers[':status'], 404);
    other.resume();
    output?.end(Buffer.from('two'));
    await once(stream, 'end');
    assert.is(text(), 'onetwo');
    await until(() => outputs.size === 0, WITHIN_MS);
  } finally {
    session.destroy();
  }
});

test('a client that leaves ends its stream, once', async () => {
  const port = await freePort();
  const { get, outputs, left } = openHandler();
  await using served = await serve(get, port);
  const response = await open(port);
  await until(() => outputs.size === 1, WITHIN_MS);
  for (const output of outputs) output.write(Buffer.from('one'));
  response.destroy();
  await until(() => outputs.size === 0 && served.server.figures().connections === 0, WITHIN_MS);
  assert.is(left.length, 1);
});

test('HEAD gets the headers and no stream', async () => {
  const port = await freePort();
  const { get, outputs } = openHandler();
  await using _ = await serve(get, port);
  const response = await open(port, 'HEAD');
  assert.is(response.statusCode, 200);
  response.resume();
  await once(response, 'end');
  assert.is(outputs.size, 0);
});

test('the bytes that a client does not take count as its backlog', async () => {
  const port = await freePort();
  const { get, outputs } = openHandler();
  await using _ = await serve(get, port);
  const response = await open(port);
  await until(() => outputs.size === 1, WITHIN_MS);
  const [output] = outputs;
  response.pause();
  const bytes = Buffer.alloc(1_000_000);
  await until(() => {
    output?.write(bytes);
    return (output?.backlogBytes ?? 0) > 500_000;
  }, WITHIN_MS);
  response.destroy();
});

test('a connection has a few streams; the next one is refused', async () => {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const tls = makeLocalhostTls();
  const { get, outputs } = openHandler();
  await using _ = await serve(get, port, { tls: { port: tlsPort, ...tls } });
  const session = connect(`https://localhost:${tlsPort}`, { ca: tls.cert });
  try {
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const { stream } = openHttp2(session);
      const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
      statuses.push(headers[':status']);
    }
    assert.equal(statuses, [200, 200, 200, 200, 503, 503]);
    assert.is(outputs.size, 4);
  } finally {
    session.destroy();
  }
});

test('no address takes more streams than it leaves free, and those of a proxy count for its guests', () => {
  const slots = new StreamSlots(100, 1_000);
  const at = (address: string, isProxy = false) => ({
    address,
    connection: { address: { isProxy } },
  });
  const taken = (address: string) => {
    let count = 0;
    while (slots.take(at(address)) !== undefined) count += 1;
    return count;
  };
  assert.is(taken('a'), 50);
  assert.is(taken('b'), 25);
  assert.ok(slots.take(at('c')) !== undefined);
  const proxy = at('guest', true);
  for (let i = 0; i < 6; i += 1) {
    const guest = { ...proxy, address: `guest ${i}` };
    assert.ok(slots.take(guest) !== undefined);
  }
});

test('a slot that is given back twice counts once', () => {
  const slots = new StreamSlots(10, 10);
  const connection = { address: { isProxy: false } };
  const first = slots.take({ connection, address: 'a' });
  slots.take({ connection, address: 'a' });
  first?.();
  first?.();
  assert.is(slots.count, 1);
});

test.run();
