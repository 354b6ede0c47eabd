/** Pictures of a fleet's boxes: where a box's own comes from, and what is taken of others. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { openOwnPoster } from '../../../daemon/fleet/own-poster.ts';
import { FleetPictures } from '../../../daemon/fleet/pictures.ts';
import { POSTER_BYTES_MAX } from '../../../daemon/model/fleet.ts';

const test = suite('pictures of a fleet');

const jpeg = (bytes: number, fill = 1) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(bytes - 4, fill)]);

test('a picture is found by its content, and by its box', () => {
  const pictures = new FleetPictures();
  pictures.set('alley', jpeg(4_000));
  const id = pictures.idOf('alley') ?? '';
  assert.match(id, /^[\w-]{22}$/);
  assert.equal(pictures.read(id), jpeg(4_000));
  pictures.set('alley', jpeg(4_000, 2));
  assert.is.not(pictures.idOf('alley'), id);
  assert.is(pictures.read(id), undefined);
});

test('what is no JPEG, or too large, leaves the one before', () => {
  const pictures = new FleetPictures();
  pictures.set('alley', jpeg(100));
  const id = pictures.idOf('alley');
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    Buffer.from([0xff, 0xd8]),
    jpeg(POSTER_BYTES_MAX + 1),
  ])
    pictures.set('alley', bytes);
  assert.is(pictures.idOf('alley'), id);
});

test('pictures of boxes that are gone are removed', () => {
  const pictures = new FleetPictures();
  for (const box of ['alley', 'market']) pictures.set(box, jpeg(100));
  pictures.keepOnly((box) => box === 'market');
  assert.equal([pictures.idOf('alley'), pictures.ofBox('alley')], [undefined, undefined]);
  assert.ok(pictures.idOf('market'));
});

/** A server for guests that answers so. */
async function startGuests(status: number, type: string, body: Buffer) {
  const asked: unknown[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push([url, headers.accept]);
    response.writeHead(status, { 'Content-Type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const viewers = [`viewers.port=${port}`, 'viewers.host=0.0.0.0', 'clips.token_secret_file='];
  return {
    asked,
    take: openOwnPoster(parseConfig('box.yaml', '', viewers), Date.now),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

test('the box’s own is the smallest poster that its guests get', async () => {
  await using guests = await startGuests(200, 'image/jpeg', jpeg(5_000));
  assert.equal(await guests.take(new AbortController().signal), jpeg(5_000));
  assert.equal(guests.asked, [['/posters/live-160', 'image/jpeg']]);
});

test('there is none while the server has none, and for an answer of another kind or size', async () => {
  for (const [status, type, body] of [
    [404, 'text/plain', Buffer.from('no such poster')],
    [200, 'text/html', jpeg(100)],
    [200, 'image/jpeg', jpeg(POSTER_BYTES_MAX + 1)],
  ] as const) {
    await using guests = await startGuests(status, type, body);
    assert.is(await guests.take(new AbortController().signal), undefined, `${status} ${type}`);
  }
});

test('there is none where nothing listens, and once the box ends', async () => {
  const guests = await startGuests(200, 'image/jpeg', jpeg(100));
  const ended = AbortSignal.abort(new Error('the box ends'));
  assert.is(await guests.take(ended), undefined);
  await guests[Symbol.asyncDispose]();
  assert.is(await guests.take(new AbortController().signal), undefined);
});

test.run();
