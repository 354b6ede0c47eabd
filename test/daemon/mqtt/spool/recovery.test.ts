/** What the event spool has after a crash, a power cut or a damaged disk. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratch } from '../support/mosquitto.ts';
import {
  drain,
  drainSeqs,
  numbers,
  openSpool,
  recordText,
  segmentPaths,
} from '../support/spool.ts';

const test = suite('event spool after a crash');

test('a record torn by a power cut is removed, those before it stay', async () => {
  using probe = scratch();
  {
    await using spool = await openSpool(probe.path);
    await recordText(spool, 'event 1, of some length');
  }
  const recordBytes = readFileSync(segmentPaths(probe.path)[0] ?? '').length - 36;
  for (const cutBytes of [1, 5, 16, 17, recordBytes]) {
    using folder = scratch();
    {
      await using spool = await openSpool(folder.path);
      for (const n of numbers(1, 3)) await recordText(spool, `event ${n}, of some length`);
    }
    const [path = ''] = segmentPaths(folder.path);
    truncateSync(path, readFileSync(path).length - cutBytes);
    await using again = await openSpool(folder.path);
    await recordText(again, 'after');
    const read = await drain(again);
    assert.equal(
      read.map(({ seq }) => seq),
      numbers(1, 3),
    );
    assert.is(read.at(-1)?.text, 'after');
  }
});

test('a damaged record is left out, and those behind it are read', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    for (const n of numbers(1, 9)) await recordText(spool, `event ${n}`);
  }
  const [path = ''] = segmentPaths(folder.path);
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('event 4') + 6] = 0x39;
  writeFileSync(path, bytes);
  await using again = await openSpool(folder.path);
  assert.equal(await drainSeqs(again), [1, 2, 3, 5, 6, 7, 8, 9]);
});

test('a record damaged in a full segment is left out, and those behind it are read', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    for (const n of numbers(1, 90)) await recordText(spool, `event ${n}.`);
  }
  const [path = ''] = segmentPaths(folder.path);
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('event 4.') + 6] = 0x39;
  writeFileSync(path, bytes);
  await using again = await openSpool(folder.path);
  assert.equal(
    await drainSeqs(again),
    numbers(1, 90).filter((n) => n !== 4),
  );
});

test('a cursor that a power cut left unfinished is the one before', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    for (const n of numbers(1, 3)) await recordText(spool, `${n}`);
    await spool.ack(1);
  }
  // As the write of the next one leaves it.
  writeFileSync(join(folder.path, 'acked.json.new'), '{"session":"');
  {
    await using again = await openSpool(folder.path);
    assert.is(again.state().waiting, 2);
    await again.ack(2);
  }
  await using last = await openSpool(folder.path);
  assert.equal(await drainSeqs(last), [3]);
});

test('with a damaged cursor events are sent again, with the numbers they had', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    for (const n of numbers(1, 3)) await recordText(spool, `${n}`);
    await spool.ack(2);
  }
  writeFileSync(join(folder.path, 'acked.json'), '\0\0\0\0');
  await using again = await openSpool(folder.path);
  assert.equal(await drainSeqs(again), [1, 2, 3]);
});

test('a disk that lost sent records does not make their numbers come again', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    for (const n of numbers(1, 20)) await recordText(spool, `n${n}`);
    await spool.ack(20);
  }
  const newest = segmentPaths(folder.path).at(-1) as string;
  truncateSync(newest, 64);
  for (let restart = 0; restart < 2; restart += 1) {
    await using again = await openSpool(folder.path);
    assert.is(again.state().waiting, 0);
    await recordText(again, 'new');
    const read = await drain(again);
    assert.equal(
      read.map(({ seq, text }) => [seq, text]),
      [[21 + restart, 'new']],
    );
  }
});

test('a spool whose files were removed starts a new session', async () => {
  using folder = scratch();
  const sessions = [];
  for (let round = 0; round < 2; round += 1) {
    await using spool = await openSpool(folder.path);
    await recordText(spool, 'x');
    const [event] = await drain(spool);
    assert.is(event?.seq, 1);
    sessions.push(event?.session);
    for (const path of segmentPaths(folder.path)) rmSync(path);
  }
  assert.is(new Set(sessions).size, 2);
});

test('a segment that a crash left without its header is removed', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    await recordText(spool, 'x');
  }
  writeFileSync(join(folder.path, '0000000000000002.seg'), 'VBSP');
  await using again = await openSpool(folder.path);
  await recordText(again, 'y');
  assert.equal(await drainSeqs(again), [1, 2]);
});

test('events behind a header that is damaged, or of a newer version, are put aside', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    await recordText(spool, 'x');
  }
  const [path = ''] = segmentPaths(folder.path);
  const newer = Buffer.from(readFileSync(path));
  newer.write('VBSPOOL2', 'latin1');
  writeFileSync(path, newer);
  await using again = await openSpool(folder.path);
  await recordText(again, 'y');
  assert.equal(
    (await drain(again)).map(({ text }) => text),
    ['y'],
  );
  assert.equal(readFileSync(`${path}.bad`), newer);
});

test('whatever lies where a segment was, events are saved again', async () => {
  const ways: Readonly<Record<string, (path: string) => void>> = {
    folder: (path) => mkdirSync(join(path, 'inside'), { recursive: true }),
    link: (path) => symlinkSync('/nowhere/at/all', path),
    empty: (path) => writeFileSync(path, ''),
    zeros: (path) => writeFileSync(path, Buffer.alloc(500)),
  };
  for (const [way, put] of Object.entries(ways)) {
    using folder = scratch();
    {
      await using spool = await openSpool(folder.path);
      await recordText(spool, 'before');
    }
    const [path = ''] = segmentPaths(folder.path);
    rmSync(path);
    put(path);
    await using again = await openSpool(folder.path);
    await recordText(again, 'after');
    assert.is((await drain(again)).at(-1)?.text, 'after', way);
  }
});

test.run();
