/** The event spool while its disk works: order, bounds, acknowledgement. */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SpoolError } from '../../../../daemon/mqtt/spool/event-spool.ts';
import { until } from '../../../support/box.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';
import { scratch } from '../support/mosquitto.ts';
import {
  drain,
  drainSeqs,
  numbers,
  openSpool,
  recordText,
  segmentPaths,
} from '../support/spool.ts';

const test = suite('event spool');
const LONG_MS = 20_000;

test('events are read in order, over segments, and again after a restart', async () => {
  using folder = scratch();
  {
    await using spool = await openSpool(folder.path);
    for (const n of numbers(1, 300)) await recordText(spool, `event ${n} ${'x'.repeat(50)}`);
    assert.ok(segmentPaths(folder.path).length > 3);
    const first = await spool.next(3, AbortSignal.timeout(LONG_MS));
    assert.equal(
      first.map(({ seq }) => seq),
      [1, 2, 3],
    );
  }
  await using again = await openSpool(folder.path);
  await recordText(again, 'next');
  const read = await drain(again);
  assert.equal(
    read.map(({ seq }) => seq),
    numbers(1, 301),
  );
  assert.match(read[299]?.text ?? '', /^event 300 /);
});

test('events recorded at the same time are all saved, each with its own number', async () => {
  using folder = scratch();
  await using spool = await openSpool(folder.path);
  await Promise.all(numbers(1, 600).map((n) => recordText(spool, `n${n}`)));
  const read = await drain(spool);
  assert.equal(
    read.map(({ seq }) => seq),
    numbers(1, 600),
  );
  assert.equal(
    read.map(({ text }) => text),
    numbers(1, 600).map((n) => `n${n}`),
  );
});

test('acknowledged events are not read again after a restart, and their segments are removed', async () => {
  using folder = scratch();
  let session: string | undefined;
  {
    await using spool = await openSpool(folder.path);
    for (const _ of numbers(1, 300)) await recordText(spool, 'x'.repeat(80));
    const [first] = await spool.next(1, AbortSignal.timeout(LONG_MS));
    session = JSON.parse(String(first?.payload)).session;
    await spool.ack(295);
    assert.is(spool.state().waiting, 5);
    assert.is(segmentPaths(folder.path).length, 1);
  }
  await using again = await openSpool(folder.path);
  const read = await drain(again);
  assert.is(read[0]?.session, session);
  assert.equal(
    read.map(({ seq }) => seq),
    numbers(296, 300),
  );
});

test('numbers continue when everything was acknowledged', async () => {
  using folder = scratch();
  for (let round = 0; round < 3; round += 1) {
    await using spool = await openSpool(folder.path);
    await recordText(spool, 'x');
    assert.equal(await drainSeqs(spool), [round + 1]);
  }
});

test('in a full spool the oldest events are removed and counted, and the disk holds no more', async () => {
  using folder = scratch();
  await using spool = await openSpool(folder.path, { maxBytes: 20_000 });
  for (const _ of numbers(1, 1_000)) await recordText(spool, 'x'.repeat(84));
  const onDisk = segmentPaths(folder.path).reduce(
    (sum, path) => sum + readFileSync(path).length,
    0,
  );
  assert.ok(onDisk <= 20_000, String(onDisk));
  const { waiting, lostTotal, lostNow } = spool.state();
  assert.is(lostNow, lostTotal);
  assert.is(waiting + lostTotal, 1_000);
  assert.equal(await drainSeqs(spool), numbers(lostTotal + 1, 1_000));
  assert.is(spool.state().lostNow, 0, 'none waits any more');
});

test('after a failed write the events are written in their order, none twice', async () => {
  using folder = scratch();
  const clock = new VirtualClock();
  await using spool = await openSpool(folder.path, { clock });
  await using file = await open(join(folder.path, 'any'), 'w');
  const handles = Object.getPrototypeOf(file);
  const { datasync } = handles;
  handles.datasync = async () => {
    throw new Error('EIO: i/o error, fdatasync');
  };
  const saved = Promise.all(numbers(1, 3).map((n) => recordText(spool, `n${n}`)));
  try {
    await until(() => spool.state().notSaved !== undefined, LONG_MS);
  } finally {
    handles.datasync = datasync;
  }
  assert.is(spool.state().waiting, 3);
  const later = recordText(spool, 'n4');
  await until(async () => {
    await clock.advance(2_500);
    return spool.state().notSaved === undefined;
  }, LONG_MS);
  await Promise.all([saved, later]);
  assert.equal(
    (await drain(spool)).map(({ seq, text }) => [seq, text]),
    numbers(1, 4).map((n) => [n, `n${n}`]),
  );
});

test('an event beyond those that may wait is refused by name', async () => {
  using folder = scratch();
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error) => (error instanceof SpoolError ? error.code : String(error)),
    );
  await using spool = await openSpool(folder.path);
  const codes = await Promise.all(numbers(1, 3_000).map((n) => codeOf(recordText(spool, `${n}`))));
  assert.equal([...new Set(codes)].toSorted(), ['FULL', 'none']);
  assert.is(spool.state().lostTotal, codes.filter((code) => code === 'FULL').length);
});

test('a wait for an event ends with an event, or with its signal', async () => {
  using folder = scratch();
  await using spool = await openSpool(folder.path);
  const ending = new AbortController();
  const waiting = [1, 2].map(() => spool.next(1, ending.signal));
  await recordText(spool, 'x');
  const read = await Promise.all(waiting);
  assert.equal(
    read.map(([record]) => record?.seq),
    [1, 1],
  );
  await spool.ack(1);
  const last = spool.next(1, ending.signal);
  ending.abort();
  assert.equal(await last, []);
});

test.run();
