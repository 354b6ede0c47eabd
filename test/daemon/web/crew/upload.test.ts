/** Files that come slowly, or not completely: each has its own answer, and no other file waits for it. */
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BrandingAnswers } from '../../../../daemon/web/crew/branding-answers.ts';
import { BrandingStore } from '../../../../daemon/web/crew/branding-store.ts';
import { en as said } from '../../../../daemon/web/page/text/messages/en.ts';

const test = suite('uploads');

/** Takes files of coming drops. */
async function openServer(uploadMs?: number, save = async (_kind: string, name: string) => name) {
  const store = new BrandingStore('/nowhere', () => '');
  const answers = new BrandingAnswers(store, save, uploadMs);
  let read = 0;
  const server = createServer((request, response) => {
    request.once('end', () => {
      read += 1;
    });
    void answers.answer(request, '/look/picture').then((answer) => response.end(answer?.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** Requests that have come to their end. */
    read: () => read,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A file of 1,000 bytes, of which so many come. Resolves with the answer. */
function upload(port: number, bytes: number, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Length': '1000' };
    const path = `/look/picture?${name}`;
    const sent = ask({ port, path, method: 'PUT', headers, agent: false }, (response) => {
      response.setEncoding('utf8').once('data', resolve);
    });
    sent.on('error', reject);
    sent.write(Buffer.alloc(bytes));
  });
}

test('while one is being sent, others are taken; with three of them the next one comes later', async () => {
  await using server = await openServer();
  const ends = upload(server.port, 10, 'slow').catch(() => 'gone');
  assert.match(await upload(server.port, 1_000, 'a.jpg'), '"file":"a.jpg"');
  const others = [1, 2].map((n) => upload(server.port, 10, `slow-${n}`).catch(() => 'gone'));
  let answer = '';
  while (!answer.includes('busy')) answer = await upload(server.port, 1_000, 'b.jpg');
  await server[Symbol.asyncDispose]();
  assert.equal(await Promise.all([ends, ...others]), ['gone', 'gone', 'gone']);
});

test('those that wait to be decoded count until they are: their bytes are in memory', async () => {
  let decode = (_name: string) => {};
  const decoded = new Promise<string>((resolve) => {
    decode = resolve;
  });
  await using server = await openServer(5_000, () => decoded);
  const three = [1, 2, 3].map((n) => upload(server.port, 1_000, `${n}.jpg`));
  while (server.read() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(await upload(server.port, 10, 'd.jpg'), 'busy');
  decode('a.jpg');
  for (const one of three) assert.match(await one, '"file":"a.jpg"');
  assert.match(await upload(server.port, 1_000, 'd.jpg'), '"file":"a.jpg"');
});

test('one that does not come to its end in time is not called too large', async () => {
  await using server = await openServer(20);
  const answer = JSON.parse(await upload(server.port, 10, 'a.jpg'));
  assert.equal(answer, { status: 'rejected', code: 'LOOK', detail: said.fileIncomplete });
});

test.run();
