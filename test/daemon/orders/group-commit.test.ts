/** Orders of the same moment on a disk that is slow, fails, and works again. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BEFORE_FIRST, scanLedger } from '../../../daemon/orders/commit.ts';
import { GroupCommit } from '../../../daemon/orders/group-commit.ts';
import { LedgerFile, type LedgerHandle } from '../../../daemon/orders/ledger-file.ts';
import type { OrderRecord } from '../../../daemon/orders/record.ts';
import type { Log } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { scratchFolder } from './support/shop.ts';

const test = suite('group commit');

const voided = (id: string): OrderRecord => ({ kind: 'void', id, atMs: 1, reason: 'cancelled' });

/** A file in memory that does each step when the test lets it, or fails. */
class Disk implements LedgerHandle {
  readonly did: string[] = [];
  bytes = Buffer.alloc(0);
  failure: string | undefined;
  /** The next sync waits for `release`. */
  isHeld = false;
  release = (): void => undefined;

  readonly write = (async (bytes: Buffer, from: number, length: number, at: number) => {
    this.#step('write');
    this.bytes = Buffer.concat([this.bytes.subarray(0, at), bytes.subarray(from, from + length)]);
    return { bytesWritten: length, buffer: bytes };
  }) as LedgerHandle['write'];

  async datasync(): Promise<void> {
    if (this.isHeld) await new Promise<void>((resolve) => (this.release = resolve));
    this.#step('sync');
  }

  async truncate(bytes = 0): Promise<void> {
    this.did.push(`truncate ${bytes}`);
    this.bytes = this.bytes.subarray(0, bytes);
  }

  async close(): Promise<void> {
    this.did.push('close');
  }

  #step(name: string): void {
    this.did.push(name);
    if (this.failure !== undefined) throw new Error(this.failure);
  }
}

function open() {
  const folder = scratchFolder();
  mkdirSync(folder.path, { recursive: true });
  const [disk, clock, logged] = [new Disk(), new VirtualClock(), [] as string[]];
  const note = (text: string, fields: object = {}) => {
    logged.push([text, ...Object.values(fields)].join(': '));
  };
  const log = { debug: note, info: note, warn: note, error: note } as unknown as Log;
  const file = new LedgerFile(folder.path, disk, { bytes: 0, hash: BEFORE_FIRST, nextSeq: 1 });
  /** The number and the order of each record that was reported as written. */
  const reported: string[] = [];
  const onWritten = (seq: number, records: readonly OrderRecord[]) => {
    reported.push(...records.map(({ id }, i) => `${seq + i} ${id}`));
  };
  const commit = new GroupCommit(file, { clock, log, onWritten });
  const mark = join(folder.path, 'acknowledged.json');
  return { folder, disk, clock, logged, reported, commit, mark };
}

/** The files are real, and answer in real time. */
async function settle(clock: VirtualClock, ms: number, isDone: () => boolean): Promise<void> {
  await clock.advance(ms);
  const endMs = performance.now() + 60_000;
  while (!isDone() && performance.now() < endMs) await new Promise(setImmediate);
  assert.ok(isDone());
}

test('an order is acknowledged when it is written and synced, and not before', async () => {
  const { folder, disk, reported, commit } = open();
  using _ = folder;
  disk.isHeld = true;
  let acknowledged: readonly string[] | undefined;
  const written = commit.add(voided('a')).then(() => {
    acknowledged = [...reported];
  });
  const also = commit.add(voided('b'));
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  assert.equal([disk.did, reported, acknowledged], [['write'], [], undefined]);
  disk.release();
  await Promise.all([written, also]);
  assert.equal(acknowledged, ['1 a', '2 b'], 'reported before it is acknowledged');
  assert.equal(disk.did, ['write', 'sync'], 'one write and one sync for both');
});

test('of a rush the first orders are acknowledged while the next ones are on their way to the disk', async () => {
  const { folder, disk, commit } = open();
  using _ = folder;
  const seen: string[] = [];
  const note = (what: string) => {
    const writes = disk.did.filter((step) => step === 'write').length;
    const syncs = disk.did.filter((step) => step === 'sync').length;
    seen.push(`${what}: ${writes} written, ${syncs} synced`);
  };
  const rush = Array.from({ length: 10_000 }, (_, n) => commit.add(voided(`o${n}`)));
  void rush[0]?.then(() => note('the first'));
  await rush.at(-1)?.then(() => note('the last'));
  assert.equal(seen, ['the first: 2 written, 1 synced', 'the last: 3 written, 3 synced']);
});

test('orders that come during a write are the next one, and settled waits for them', async () => {
  const { folder, disk, reported, commit } = open();
  using _ = folder;
  await commit.settled();
  disk.isHeld = true;
  const first = commit.add(voided('a'));
  await new Promise(setImmediate);
  const second = commit.add(voided('b'));
  const third = commit.add(voided('c'));
  let isSettled = false;
  const settled = commit.settled().then(() => {
    isSettled = true;
  });
  disk.release();
  await first;
  assert.equal([reported, isSettled], [['1 a'], false]);
  await new Promise(setImmediate);
  disk.release();
  await settled;
  await Promise.all([second, third]);
  assert.equal(reported, ['1 a', '2 b', '3 c']);
  assert.equal(
    scanLedger(disk.bytes).commits,
    [],
    'without its first line it is no ledger: only the bytes are counted here',
  );
  assert.is(disk.bytes.toString().trimEnd().split('\n').length, 2);
});

test('a disk that fails is told of once, tried again each second, and told of when it works', async () => {
  const { folder, disk, clock, logged, reported, commit } = open();
  using _ = folder;
  disk.failure = 'EIO: broken';
  const written = commit.add(voided('a'));
  await settle(clock, 0, () => disk.did.length === 2);
  assert.equal(disk.did, ['write', 'truncate 0']);
  assert.is(commit.fault, 'EIO: broken');
  for (let tries = 2; tries < 5; tries += 1) {
    await settle(clock, 1_000, () => disk.did.length === 2 * tries);
  }
  assert.equal(logged, ['orders cannot be saved: EIO: broken']);
  disk.failure = 'ENOSPC: full';
  await settle(clock, 1_000, () => disk.did.length === 10);
  disk.failure = undefined;
  await settle(clock, 1_000, () => commit.fault === undefined);
  await written;
  assert.equal(logged.slice(1), ['orders cannot be saved: ENOSPC: full', 'orders are saved again']);
  await commit.add(voided('b'));
  assert.equal(reported, ['1 a', '2 b']);
  assert.is(logged.length, 3);
});

test('the mark follows within a second, for what was written meanwhile too, and at the end', async () => {
  const { folder, disk, clock, commit, mark } = open();
  using _ = folder;
  const marked = () => (existsSync(mark) ? JSON.parse(readFileSync(mark, 'utf8')).bytes : 0);
  await commit.add(voided('a'));
  const first = disk.bytes.length;
  await clock.advance(900);
  assert.is(marked(), 0);
  await settle(clock, 200, () => marked() === first);
  await commit.add(voided('b'));
  // The first mark's folder may still be on its way to the disk.
  for (let tries = 0; marked() !== disk.bytes.length; tries += 1) {
    assert.ok(tries < 6_000);
    await clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await commit.add(voided('c'));
  await commit[Symbol.asyncDispose]();
  assert.is(marked(), disk.bytes.length);
  assert.is(disk.did.at(-1), 'close');
});

test('a box that ends with a disk that fails refuses what waits, and takes no more', async () => {
  const { folder, disk, clock, commit } = open();
  using _ = folder;
  disk.failure = 'EIO';
  const waiting = commit.add(voided('a')).catch((error: Error) => error.message);
  await settle(clock, 0, () => disk.did.length === 2);
  await commit[Symbol.asyncDispose]();
  assert.is(await waiting, 'the box ends, and orders cannot be saved: EIO');
  const late = await commit.add(voided('b')).catch((error: Error) => error.message);
  assert.is(late, 'the box ends');
  assert.is(disk.did.at(-1), 'close');
});

test.run();
