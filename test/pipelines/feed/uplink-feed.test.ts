/** One feed for each process that sends the drop on: none waits for another. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UplinkFeed } from '../../../pipelines/feed/uplink-feed.ts';
import { GdpParser } from '../../../pipelines/gdp/parse.ts';
import { until } from '../../support/box.ts';
import { VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('feeds of the uplink and the destinations');

/** FIFOs whose reading ends the test has. */
function openReaders(...names: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-feeds-'));
  const paths = names.map((name) => join(folder, name));
  execFileSync('mkfifo', paths);
  const fds = paths.map((path) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const chunk = Buffer.alloc(65_536);
  const parsers = names.map(() => new GdpParser());
  return {
    outputs: (i: number) => [{ id: 'high', kind: 'video' as const, path: paths[i] ?? '' }],
    /** How many access units have come that were not read yet. */
    read: (i: number): number => {
      let units = 0;
      try {
        for (let bytes = 1; bytes > 0; ) {
          bytes = readSync(fds[i] ?? -1, chunk);
          const packets = parsers[i]?.push(Buffer.from(chunk.subarray(0, bytes)));
          if (packets === 'malformed' || packets === undefined) throw new Error('malformed');
          units += packets.filter(({ kind }) => kind === 'buffer').length;
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      return units;
    },
    close: (i: number) => closeSync(fds[i] ?? -1),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const unit = (frame: number) => ({
  timeUs: frame * 33_333,
  isKeyframe: frame % 30 === 0,
  data: Buffer.alloc(20_000),
});

test('a reader that reads nothing, and one that is gone, take nothing from the others', async () => {
  using readers = openReaders('stuck', 'gone', 'well');
  const feed = new UplinkFeed();
  feed.setCaps('high', VIDEO_CAPS);
  for (const [i, name] of ['stuck', 'gone', 'well'].entries()) feed.open(name, readers.outputs(i));
  readers.close(1);
  let got = 0;
  for (let frame = 0; frame < 300; frame += 1) {
    feed.add('high', unit(frame));
    await until(() => {
      got += readers.read(2);
      return got === frame + 1;
    }, 60_000);
  }
  assert.is(got, 300);
  assert.ok(readers.read(0) < 300, 'the one that read nothing has lost some');
  for (const name of ['stuck', 'gone', 'well']) feed.open(name, []);
});

test('a new reader of a name replaces the one before, and no other', async () => {
  using readers = openReaders('one', 'two');
  const feed = new UplinkFeed();
  feed.setCaps('high', VIDEO_CAPS);
  feed.open('a', readers.outputs(0));
  feed.open('b', readers.outputs(1));
  feed.open('b', readers.outputs(1));
  feed.add('high', unit(0));
  let [one, two] = [0, 0];
  await until(() => {
    one += readers.read(0);
    two += readers.read(1);
    return one === 1 && two === 1;
  }, 60_000);
  for (const name of ['a', 'b']) feed.open(name, []);
});

test('once the drop is over readers send what they have, and get no more', async () => {
  using readers = openReaders('one');
  const feed = new UplinkFeed();
  feed.setCaps('high', VIDEO_CAPS);
  feed.open('a', readers.outputs(0));
  feed.add('high', unit(0));
  let got = 0;
  await until(() => {
    got += readers.read(0);
    return got === 1;
  }, 60_000);
  feed.end();
  feed.add('high', unit(30));
  feed.fill(60_000_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(readers.read(0), 0);
  feed.open('a', []);
});

test.run();
