/** The files of the event spool: how they grow, are read and are removed. */
import { readdirSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SEGMENT_HEADER_BYTES } from '../../../../daemon/mqtt/spool/record.ts';
import { Segments } from '../../../../daemon/mqtt/spool/segments.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { scratch } from '../support/mosquitto.ts';

type Write = (
  this: FileHandle,
  bytes: Buffer,
  from: number,
  length: number,
  at: number,
) => Promise<unknown>;

const test = suite('segments of the event spool');

/** A header and two records of a hundred bytes. */
const SEGMENT_BYTES = SEGMENT_HEADER_BYTES + 200;

async function openSegments(folder: string) {
  const segments = await Segments.open({ folder, segmentBytes: SEGMENT_BYTES, log: silentLog });
  const append = (seq: number, bytes = 100) =>
    segments.append([{ seq, payload: Buffer.alloc(bytes - 16, seq) }]);
  const onDisk = () =>
    readdirSync(folder)
      .toSorted()
      .map((name) => statSync(join(folder, name)).size);
  return { segments, append, onDisk };
}

test('the next segment starts when a record would not fit, and none stays empty', async () => {
  using folder = scratch();
  const { segments, append, onDisk } = await openSegments(folder.path);
  await append(1, 500);
  for (const seq of [2, 3, 4]) await append(seq);
  await append(5, 500);
  const sizes = [500, 200, 100, 500].map((bytes) => SEGMENT_HEADER_BYTES + bytes);
  assert.equal(onDisk(), sizes);
  assert.is(
    segments.bytes,
    sizes.reduce((sum, bytes) => sum + bytes),
  );
  await segments.close();
});

test('the oldest says which records go with it, and the newest is never removed', async () => {
  using folder = scratch();
  const { segments, append, onDisk } = await openSegments(folder.path);
  assert.is(segments.oldestLastSeq, undefined);
  for (const seq of [1, 2, 3, 4, 5]) await append(seq);
  assert.equal([segments.firstSeq, segments.oldestLastSeq], [1, 2]);
  await segments.removeOldest();
  assert.equal([segments.firstSeq, segments.oldestLastSeq], [3, 4]);
  await segments.removeOldest();
  assert.is(segments.oldestLastSeq, undefined);
  await segments.removeOldest();
  assert.equal(onDisk(), [SEGMENT_HEADER_BYTES + 100]);
  await segments.close();
});

test('a record is read from its segment; where that was removed, from the oldest on', async () => {
  using folder = scratch();
  const { segments, append } = await openSegments(folder.path);
  for (const seq of [1, 2, 3, 4, 5]) await append(seq);
  const seqsBehind = async (seq: number) => (await segments.read(seq, 9)).map((one) => one.seq);
  assert.equal(await Promise.all([0, 1, 2, 3, 4, 5].map(seqsBehind)), [
    [1, 2],
    [2],
    [3, 4],
    [4],
    [5],
    [],
  ]);
  await segments.removeOldest();
  assert.equal(await seqsBehind(0), [3, 4]);
  assert.is((await segments.read(2, 1)).length, 1);
  await segments.close();
});

test('a write that the disk cuts short leaves the file as it was', async () => {
  using folder = scratch();
  const { segments, append, onDisk } = await openSegments(folder.path);
  await append(1);
  await using probe = await open(folder.path, 'r');
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  const { write } = handles;
  let isFull = false;
  handles.write = async function (
    this: FileHandle,
    bytes: Buffer,
    _: number,
    n: number,
    at: number,
  ) {
    if (isFull) throw new Error('ENOSPC: no space left on device, write');
    isFull = true;
    return await (write as Write).call(this, bytes, 0, n / 2, at);
  } as never;
  const failed = await append(2).catch((error: Error) => error);
  handles.write = write;
  assert.instance(failed, Error);
  assert.equal(onDisk(), [SEGMENT_HEADER_BYTES + 100]);
  assert.is(segments.bytes, SEGMENT_HEADER_BYTES + 100);
  await append(2);
  assert.equal(onDisk(), [SEGMENT_HEADER_BYTES + 200]);
  await segments.close();
});

test.run();
