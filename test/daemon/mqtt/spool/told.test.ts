/** What the event spool says of its disk, and what it refuses. */
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EventSpool } from '../../../../daemon/mqtt/spool/event-spool.ts';
import { PAYLOAD_MAX_BYTES } from '../../../../daemon/mqtt/spool/record.ts';
import type { Log } from '../../../../hal/os/log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';
import { scratch } from '../support/mosquitto.ts';
import { drain, recordText, segmentPaths } from '../support/spool.ts';

const DATA_MAX_BYTES = PAYLOAD_MAX_BYTES - 1_024;
const test = suite('event spool: what it says');

/** A spool whose log is kept: `level text figure`. */
async function open(folder: string, maxBytes = 1_000_000) {
  const logged: string[] = [];
  const at =
    (level: string) =>
    (text: string, { session: _, bytes: __, ...rest }: Readonly<Record<string, unknown>> = {}) =>
      void logged.push([level, text, ...Object.values(rest).slice(0, 1)].join(' '));
  const log = {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  } as unknown as Log;
  const clock = new VirtualClock();
  const spool = await EventSpool.open({ folder, maxBytes, segmentBytes: 4_096, clock, log });
  return { spool, logged, clock, [Symbol.asyncDispose]: () => spool[Symbol.asyncDispose]() };
}

test('a torn event and a damaged one are told of', async () => {
  using folder = scratch();
  {
    await using first = await open(folder.path);
    for (const text of ['one', 'two', 'three']) await recordText(first.spool, text);
    assert.equal(first.logged, ['info event spool open 0']);
  }
  const [path = ''] = segmentPaths(folder.path);
  const whole = readFileSync(path);
  truncateSync(path, whole.length - 3);
  {
    await using torn = await open(folder.path);
    assert.equal(torn.logged, ['warn torn event removed', 'info event spool open 2']);
  }
  const damaged = Buffer.from(whole);
  damaged[60] = (damaged[60] ?? 0) ^ 0xff;
  writeFileSync(path, damaged);
  await using again = await open(folder.path);
  assert.equal(again.logged, ['error events damaged on the disk 1', 'info event spool open 3']);
  assert.is((await drain(again.spool)).length, 2);
});

test('acknowledged events that the disk has lost are told of, and so are the oldest of a full spool', async () => {
  using folder = scratch();
  {
    await using first = await open(folder.path);
    for (const text of ['one', 'two', 'three']) await recordText(first.spool, text);
    await drain(first.spool);
  }
  const [path = ''] = segmentPaths(folder.path);
  truncateSync(path, 36);
  await using again = await open(folder.path, 16_384);
  assert.equal(again.logged, [
    'warn acknowledged events lost on the disk 3',
    'info event spool open 0',
  ]);
  for (let n = 0; n < 60; n += 1) await recordText(again.spool, `${n} ${'x'.repeat(400)}`);
  assert.ok(
    again.logged.some((line) => /^error event spool full, oldest events lost \d+$/.test(line)),
  );
});

test('data of a kilobyte less than a payload is sent, and more is left out', async () => {
  using folder = scratch();
  await using place = await open(folder.path);
  const most = DATA_MAX_BYTES - '{"text":""}'.length;
  const data = [];
  for (const length of [most, most + 1]) {
    await recordText(place.spool, 'x'.repeat(length));
    const [record] = await place.spool.next(1, AbortSignal.timeout(60_000));
    data.push(JSON.parse(record?.payload.toString() ?? '').data);
    await place.spool.ack(record?.seq ?? 0);
  }
  assert.is(data[0].text?.length, most);
  assert.equal(data[1], { left_out_b: DATA_MAX_BYTES + 1 });
});

test('files of others in its folder are left alone', async () => {
  using folder = scratch();
  const other = join(folder.path, 'notes.txt');
  writeFileSync(other, 'of a person');
  await using place = await open(folder.path);
  await recordText(place.spool, 'one');
  assert.is((await drain(place.spool)).length, 1);
  assert.is(readFileSync(other, 'utf8'), 'of a person');
});

test('a disk that fails is told of once and when it works again; a box that ends meanwhile says what is lost', async () => {
  using folder = scratch();
  const path = join(folder.path, 'events');
  writeFileSync(path, 'no folder');
  const place = await open(path);
  const waiting = recordText(place.spool, 'one');
  await place.clock.advance(3_000);
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  assert.is(place.logged.length, 1);
  assert.match(place.logged[0] ?? '', /^error events cannot be saved EEXIST|ENOTDIR/);
  rmSync(path);
  mkdirSync(path);
  let isSaved = false;
  void waiting.then(() => {
    isSaved = true;
  });
  for (let tries = 0; !isSaved && tries < 6_000; tries += 1) {
    await place.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.is(isSaved, true);
  assert.is(place.logged.at(-1), 'info events are saved again');
  await place.spool[Symbol.asyncDispose]();

  const blocked = join(folder.path, 'blocked');
  writeFileSync(blocked, 'no folder');
  const ending = await open(blocked);
  const lost = recordText(ending.spool, 'two').catch((error: Error & { code?: string }) => error);
  await ending.spool[Symbol.asyncDispose]();
  const error = (await lost) as Error & { code?: string };
  assert.equal([error.name, error.code], ['SpoolError', 'ENDED']);
  assert.match(error.message, 'the box ends, and events cannot be saved: E');
});

test.run();
