/** Downloads whose clients do not read, or a little. */
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, request as requestOf } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Downloads } from '../../../../daemon/web/crew/download.ts';

const test = suite('downloads');
/** More than the buffers of any socket. */
const FILE_BYTES = 256 * 1024 * 1024;

/** Reads the head of the answer, and no more, or without a pause; status 0 where it was cut off. */
type Ask = (
  session: string,
  reads?: boolean,
) => Promise<{ readonly status: number; readonly isWhole: Promise<boolean> }>;

/** A server that sends a large file; the path is the session. */
async function withDownloads(
  downloads: Downloads,
  work: (ask: Ask, ended: Promise<boolean>[]) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-downloads-'));
  const path = join(folder, 'large');
  await writeFile(path, '');
  await truncate(path, FILE_BYTES);
  const ended: Promise<boolean>[] = [];
  const server = createServer(async (request, response) => {
    const by = { saveAs: 'large.mp4', session: request.url ?? '' };
    const sending = open(path).then((file) => downloads.send(request, response, file, by));
    ended.push(sending);
    if (!(await sending)) response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask: Ask = (session, reads = false) =>
    new Promise((resolve) => {
      const asking = requestOf({ host: '127.0.0.1', port, path: `/${session}`, agent: false });
      asking.on('response', (response) => {
        const isWhole = new Promise<boolean>((settle) => {
          response.once('close', () => settle(response.complete));
        });
        response.on('error', () => undefined);
        if (reads) response.resume();
        else response.pause();
        resolve({ status: response.statusCode ?? 0, isWhole });
      });
      asking.on('error', () => resolve({ status: 0, isWhole: Promise.resolve(false) })).end();
    });
  try {
    await work(ask, ended);
  } finally {
    server.closeAllConnections();
    await Promise.all(ended);
    server.close();
    await rm(folder, { recursive: true });
  }
}

test('one whose client does not read is ended, and its place is free again', () =>
  withDownloads(new Downloads({ overMs: 20, minBytes: 1 }), async (ask, ended) => {
    for (let n = 0; n < 3; n += 1) {
      // On a starved machine even before the head of its answer.
      await ask('a');
      assert.is(await ended.at(-1), true);
    }
  }));

test('one whose client reads, though too slowly, is ended as well', () =>
  withDownloads(new Downloads({ overMs: 20, minBytes: 2 * FILE_BYTES }), async (ask, ended) => {
    const { isWhole } = await ask('a', true);
    assert.is(await ended.at(-1), true);
    assert.is(await isWhole, false);
  }));

test('one whose client keeps up gets all of it', () =>
  withDownloads(new Downloads(), async (ask) => {
    const { status, isWhole } = await ask('a', true);
    assert.equal([status, await isWhole], [200, true]);
  }));

test('two run of one session, and six of all', () =>
  withDownloads(new Downloads({ overMs: 1e9, minBytes: 1 }), async (ask) => {
    const answers: number[] = [];
    for (const session of 'aaabbbccd') answers.push((await ask(session)).status);
    assert.equal(answers, [200, 200, 503, 200, 200, 503, 200, 200, 503]);
  }));

test.run();
