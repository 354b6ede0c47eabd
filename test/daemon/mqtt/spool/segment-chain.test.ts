import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SEGMENT_HEADER_BYTES } from '../../../../daemon/mqtt/spool/record.ts';
import { SegmentChain } from '../../../../daemon/mqtt/spool/segment-chain.ts';
import { createSegment } from '../../../../daemon/mqtt/spool/segments.ts';
import { scratch } from '../support/mosquitto.ts';

const test = suite("a spool's segments");

const SESSION = '0123456789abcdef';
/** A header and two records of a hundred bytes. */
const SEGMENT_BYTES = SEGMENT_HEADER_BYTES + 200;

async function openChain(folder: string) {
  const active = await createSegment(folder, { session: SESSION, firstSeq: 1 });
  const chain = new SegmentChain(folder, SEGMENT_BYTES, { session: SESSION, closed: [], active });
  const append = async (seq: number, bytes = 100) => {
    await chain.roll(bytes, seq);
    await chain.write(Buffer.alloc(bytes, seq));
  };
  const onDisk = () =>
    readdirSync(folder)
      .toSorted()
      .map((name) => statSync(join(folder, name)).size);
  return { chain, active, append, onDisk };
}

test('the next segment begins when a record would not fit, and never leaves an empty one', async () => {
  using folder = scratch();
  const { chain, append, onDisk } = await openChain(folder.path);
  await append(1, 500);
  for (const seq of [2, 3, 4]) await append(seq);
  await append(5, 500);
  const sizes = [500, 200, 100, 500].map((bytes) => SEGMENT_HEADER_BYTES + bytes);
  assert.equal(onDisk(), sizes);
  assert.is(
    chain.bytes,
    sizes.reduce((sum, bytes) => sum + bytes),
  );
  await chain.close();
});

test('the oldest says which records go with it, and the one that is written to never goes', async () => {
  using folder = scratch();
  const { chain, append, onDisk } = await openChain(folder.path);
  assert.is(chain.oldest, undefined);
  for (const seq of [1, 2, 3, 4, 5]) await append(seq);
  assert.equal(chain.oldest, { firstSeq: 1, lastSeq: 2 });
  await chain.removeOldest();
  assert.equal(chain.oldest, { firstSeq: 3, lastSeq: 4 });
  await chain.removeOldest();
  assert.is(chain.oldest, undefined);
  await chain.removeOldest();
  assert.equal(onDisk(), [SEGMENT_HEADER_BYTES + 100]);
  await chain.close();
});

test('a record is looked for in its segment; where that has gone, from the oldest on', async () => {
  using folder = scratch();
  const { chain, append } = await openChain(folder.path);
  for (const seq of [1, 2, 3, 4, 5]) await append(seq);
  assert.equal(
    [0, 1, 2, 3, 4].map((seq) => chain.after(seq)?.firstSeq),
    [1, 1, 3, 3, 5],
  );
  const first = chain.after(0);
  if (first === undefined) throw new Error('no segment');
  await chain.removeOldest();
  assert.is(chain.after(0)?.firstSeq, 3);
  assert.is(chain.behind(first)?.firstSeq, 3, 'though it has gone');
  await chain.close();
});

test('a write that the disk cuts short leaves the file as it was', async () => {
  using folder = scratch();
  const { chain, active, append, onDisk } = await openChain(folder.path);
  await append(1);
  const { file } = active;
  const write = file.write.bind(file);
  Object.assign(file, {
    write: (bytes: Buffer, _from: number, length: number, at: number) =>
      write(bytes, 0, length / 2, at),
  });
  const failed = await append(2).catch((error: Error) => error);
  assert.instance(failed, Error);
  assert.equal(onDisk(), [SEGMENT_HEADER_BYTES + 100]);
  assert.is(chain.bytes, SEGMENT_HEADER_BYTES + 100);
  Object.assign(file, { write });
  await append(2);
  assert.equal(onDisk(), [SEGMENT_HEADER_BYTES + 200]);
  await chain.close();
});

test.run();
