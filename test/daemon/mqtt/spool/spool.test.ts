import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  parseSegmentHeader,
  renderRecord,
  renderSegmentHeader,
  scanRecords,
} from '../../../../daemon/mqtt/spool/record.ts';
import { Spool } from '../../../../daemon/mqtt/spool/spool.ts';
import { SpoolError } from '../../../../daemon/mqtt/spool/types.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { scratch } from '../support/mosquitto.ts';

const test = suite('event spool');

const open = (folder: string, maxBytes = 1_000_000, segmentBytes = 4_096) =>
  Spool.open({ folder, maxBytes, segmentBytes, log: silentLog });

const append = (spool: Spool, text: string) => spool.append(() => Buffer.from(text));

/** All that is behind `afterSeq`, a few at a time as the sender reads. */
async function readAll(spool: Spool, afterSeq: number) {
  const found: { seq: number; text: string }[] = [];
  for (let seq = afterSeq; ; ) {
    const records = await spool.read(seq, 7);
    if (records.length === 0) return found;
    found.push(...records.map((one) => ({ seq: one.seq, text: one.payload.toString() })));
    seq = records.at(-1)?.seq ?? seq;
  }
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function segments(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .toSorted()
    .map((name) => join(folder, name));
}

test('what was appended is read in order, over segments, and again after a restart', async () => {
  using folder = scratch();
  {
    await using spool = await open(folder.path);
    for (let i = 1; i <= 300; i += 1) await append(spool, `event ${i} ${'x'.repeat(50)}`);
    assert.ok(segments(folder.path).length > 3);
    assert.equal(
      (await readAll(spool, 0)).map(({ seq }) => seq),
      numbers(1, 300),
    );
  }
  await using again = await open(folder.path);
  const read = await readAll(again, 0);
  assert.equal(
    read.map(({ seq }) => seq),
    numbers(1, 300),
  );
  assert.match(read[299]?.text ?? '', /^event 300 /);
  assert.is(await append(again, 'next'), 301);
});

test('appends at the same time are all kept, each with a number of its own', async () => {
  using folder = scratch();
  await using spool = await open(folder.path);
  const seqs = await Promise.all(numbers(1, 600).map((n) => append(spool, `n${n}`)));
  assert.equal(seqs, numbers(1, 600));
  const read = await readAll(spool, 0);
  assert.equal(
    read.map(({ text }) => text),
    numbers(1, 600).map((n) => `n${n}`),
  );
});

test('what is acknowledged is not read again after a restart, and its segments go', async () => {
  using folder = scratch();
  let session: string;
  {
    await using spool = await open(folder.path);
    session = spool.session;
    for (let i = 1; i <= 300; i += 1) await append(spool, 'x'.repeat(80));
    await spool.ack(295);
    assert.is(spool.figures().waiting, 5);
    assert.is(segments(folder.path).length, 1);
  }
  await using again = await open(folder.path);
  assert.is(again.session, session);
  assert.is(again.ackedSeq, 295);
  assert.equal(
    (await readAll(again, again.ackedSeq)).map(({ seq }) => seq),
    numbers(296, 300),
  );
});

test('numbers go on when everything was acknowledged', async () => {
  using folder = scratch();
  for (let round = 0; round < 3; round += 1) {
    await using spool = await open(folder.path);
    assert.is(await append(spool, 'x'), round + 1);
    await spool.ack(round + 1);
  }
});

test('a record torn by a power cut is cut off, those before it stay', async () => {
  for (const cutBytes of [1, 5, 16, 17, 40]) {
    using folder = scratch();
    {
      await using spool = await open(folder.path);
      for (let i = 1; i <= 3; i += 1) await append(spool, `event ${i}, of some length`);
    }
    const [path = ''] = segments(folder.path);
    truncateSync(path, readFileSync(path).length - cutBytes);
    await using again = await open(folder.path);
    const kept = cutBytes < 40 ? 2 : 1;
    assert.equal(
      (await readAll(again, 0)).map(({ seq }) => seq),
      numbers(1, kept),
    );
    assert.is(await append(again, 'after'), kept + 1);
    assert.is((await readAll(again, kept))[0]?.text, 'after');
  }
});

test('a damaged record is left out, and those behind it are read', async () => {
  using folder = scratch();
  {
    await using spool = await open(folder.path);
    for (let i = 1; i <= 9; i += 1) await append(spool, `event ${i}`);
  }
  const [path = ''] = segments(folder.path);
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('event 4') + 6] = 0x39;
  writeFileSync(path, bytes);
  await using again = await open(folder.path);
  assert.equal(
    (await readAll(again, 0)).map(({ seq }) => seq),
    [1, 2, 3, 5, 6, 7, 8, 9],
  );
});

test('a cursor torn in its last write is the one before', async () => {
  using folder = scratch();
  {
    await using spool = await open(folder.path);
    for (let i = 1; i <= 3; i += 1) await append(spool, 'x');
    await spool.ack(1);
    await spool.ack(2);
  }
  const path = join(folder.path, 'acked');
  const bytes = readFileSync(path);
  // The second write went to the first slot.
  bytes[20] = 0xff;
  writeFileSync(path, bytes);
  await using again = await open(folder.path);
  assert.is(again.ackedSeq, 1);
});

test('a disk that lost records which were sent does not make their numbers come again', async () => {
  using folder = scratch();
  {
    await using spool = await open(folder.path);
    for (const n of numbers(1, 20)) await append(spool, `n${n}`);
    await spool.ack(20);
  }
  const newest = segments(folder.path).at(-1) as string;
  truncateSync(newest, 64);
  for (let restart = 0; restart < 2; restart += 1) {
    await using again = await open(folder.path);
    assert.is(again.ackedSeq, 20 + restart);
    assert.is(await append(again, 'news'), 21 + restart);
    assert.equal(await readAll(again, again.ackedSeq), [{ seq: 21 + restart, text: 'news' }]);
    await again.ack(21 + restart);
  }
});

test('a spool whose files were removed begins a new session', async () => {
  using folder = scratch();
  let session: string;
  {
    await using spool = await open(folder.path);
    session = spool.session;
    await append(spool, 'x');
    await spool.ack(1);
  }
  for (const path of segments(folder.path)) rmSync(path);
  await using again = await open(folder.path);
  assert.is.not(again.session, session);
  assert.is(again.ackedSeq, 0);
  assert.is(await append(again, 'y'), 1);
  assert.is((await readAll(again, 0)).length, 1);
});

test('a segment that a crash left without its header is no obstacle', async () => {
  using folder = scratch();
  {
    await using spool = await open(folder.path);
    await append(spool, 'x');
  }
  writeFileSync(join(folder.path, '0000000000000002.seg'), 'VBSP');
  await using again = await open(folder.path);
  assert.is(await append(again, 'y'), 2);
});

test('when it is full the oldest go, counted, and the disk holds no more', async () => {
  using folder = scratch();
  await using spool = await open(folder.path, 20_000, 4_096);
  for (let i = 1; i <= 1_000; i += 1) await append(spool, 'x'.repeat(84));
  const { bytes, droppedTotal } = spool.figures();
  const onDisk = segments(folder.path).reduce((sum, path) => sum + readFileSync(path).length, 0);
  assert.is(onDisk, bytes);
  assert.ok(bytes <= 20_000, String(bytes));
  const read = await readAll(spool, 0);
  assert.is(droppedTotal + read.length, 1_000);
  assert.equal(
    read.map(({ seq }) => seq),
    numbers(droppedTotal + 1, 1_000),
  );
});

test('of those that come at once none overtakes another when a write fails', async () => {
  using folder = scratch();
  await using spool = await open(folder.path);
  let writes = 0;
  const failOnce = (seq: number) => {
    writes += 1;
    if (writes === 1) throw new Error('the disk takes none');
    return Buffer.from(`n${seq}`);
  };
  const results = await Promise.allSettled([1, 2, 3].map(() => spool.append(failOnce)));
  assert.equal(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.is(await append(spool, 'again'), 1);
});

test('what it cannot take is refused by name', async () => {
  using folder = scratch();
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error) => (error instanceof SpoolError ? error.code : String(error)),
    );
  await using spool = await open(folder.path);
  assert.is(await codeOf(append(spool, 'x'.repeat(20_000))), 'TOO_LONG');
  assert.is(await append(spool, 'x'), 1);
  const many = numbers(1, 3_000).map((n) => codeOf(append(spool, `${n}`)));
  const codes = new Set(await Promise.all(many));
  assert.equal([...codes].toSorted(), ['FULL', 'none']);
  assert.is(await codeOf(open(join(folder.path, 'acked', 'below'))), 'OPEN_FAILED');
});

test('whoever waits for an event is woken by it, and by an end', async () => {
  using folder = scratch();
  await using spool = await open(folder.path);
  const ending = new AbortController();
  let woken = 0;
  const waiting = [1, 2].map(() => spool.appended(0, ending.signal).then(() => (woken += 1)));
  await append(spool, 'x');
  await Promise.all(waiting);
  assert.is(woken, 2);
  const last = spool.appended(1, ending.signal);
  ending.abort();
  await last;
});

test('a header or a record that was written is read back, and any bytes are survived', () => {
  const session = '0123456789abcdef';
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }),
      fc.nat({ max: 2 ** 40 }),
      fc.uint8Array({ maxLength: 40 }),
      (payloads, first, garbage) => {
        const header = renderSegmentHeader({ session, firstSeq: first });
        assert.equal(parseSegmentHeader(header), { session, firstSeq: first });
        const records = payloads.map((bytes, i) => ({
          seq: first + i,
          payload: Buffer.from(bytes),
        }));
        const whole = Buffer.concat(records.map(renderRecord));
        const read = scanRecords(Buffer.concat([whole, Buffer.from(garbage)]));
        assert.equal(read.goodBytes, whole.length);
        assert.equal(
          read.records.map(({ seq, payload }) => ({ seq, payload })),
          records,
        );
        scanRecords(Buffer.from(garbage));
        parseSegmentHeader(Buffer.from(garbage));
      },
    ),
  );
});

test.run();
