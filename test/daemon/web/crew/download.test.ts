/** Downloads whose clients do not read. */
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

/** A server that sends a large file; the path is the session. */
async function withDownloads(
  downloads: Downloads,
  work: (stuckBy: (session: string) => Promise<number>, ended: Promise<boolean>[]) => Promise<void>,
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
  /** Reads the head of the answer, and no more; 0 where it was cut off. */
  const stuckBy = (session: string) =>
    new Promise<number>((resolve) => {
      const asking = requestOf({ host: '127.0.0.1', port, path: `/${session}`, agent: false });
      asking.on('response', (response) => {
        response.on('error', () => undefined).pause();
        resolve(response.statusCode ?? 0);
      });
      asking.on('error', () => resolve(0)).end();
    });
  try {
    await work(stuckBy, ended);
  } finally {
    server.closeAllConnections();
    await Promise.all(ended);
    server.close();
    await rm(folder, { recursive: true });
  }
}

test('one whose client does not read is ended, and its place is free again', () =>
  withDownloads(new Downloads(20), async (stuckBy, ended) => {
    for (let n = 0; n < 3; n += 1) {
      // On a starved machine even before the head of its answer.
      await stuckBy('a');
      assert.is(await ended.at(-1), true);
    }
  }));

test('two run of one session, and six of all', () =>
  withDownloads(new Downloads(1e9), async (stuckBy) => {
    const answers: number[] = [];
    for (const session of 'aaabbbccd') answers.push(await stuckBy(session));
    assert.equal(answers, [200, 200, 503, 200, 200, 503, 200, 200, 503]);
  }));

test.run();
