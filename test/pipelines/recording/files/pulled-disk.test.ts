/** Files of a disk that was pulled out open in ffprobe as they are, without any repair. */
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readFragment } from '../../../../pipelines/mp4/fragment.ts';
import { headerOf } from '../../../../pipelines/recording/files/hidden-batch.ts';
import { RecordingFile } from '../../../../pipelines/recording/files/recording-file.ts';
import { type Movie, tapFeed, wind } from '../../../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../../../support/media/real-feed.ts';
import { encodeMedia } from '../../../support/media/real-media.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('a recording on a disk that was pulled out');
const tapped = tapFeed(await encodeMedia());
tapped.feed.run(20);
const [MOVIE] = wind(tapped) as [Movie];
const SEED = Number(process.env['SEED'] ?? 1);
/** `all`: each byte of two fragments, some 7,000 files. */
const RUNS = process.env['CUTS'];

interface Write {
  readonly position: number;
  readonly bytes: Buffer;
}

/** What a recording writes into its movie, in this order, each synced before the next one. */
async function recordWrites(fragmentsPerSync: number): Promise<readonly Write[]> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-pulled-'));
  const own = await open(folder);
  const prototype = Object.getPrototypeOf(own) as { write: (...args: unknown[]) => unknown };
  const { write } = prototype;
  const writes: Write[] = [];
  try {
    prototype.write = function (...args: unknown[]) {
      const [bytes, from, length, position] = args as [Buffer, number, number, number];
      writes.push({ position, bytes: Buffer.from(bytes.subarray(from, from + length)) });
      return write.apply(this, args);
    };
    const file = await RecordingFile.create(folder, { epochMs: REAL_EPOCH_MS }, MOVIE.begin);
    for (const [i, fragment] of MOVIE.fragments.entries()) {
      file.append(fragment);
      if (i % fragmentsPerSync === fragmentsPerSync - 1) await file.sync();
    }
    await file.finish('off', true);
  } finally {
    prototype.write = write;
    await own.close();
    await rm(folder, { recursive: true });
  }
  const isJournal = ({ bytes }: Write) => /^[0-9a-f]{8} \{/.test(bytes.toString('latin1', 0, 10));
  return writes.filter((one) => !isJournal(one));
}

/** The file after these writes; `torn` bytes of the last one have reached the disk. */
function imageOf(writes: readonly Write[], torn: number): Buffer {
  const last = writes.length - 1;
  const cut = writes.map(({ position, bytes }, i) => ({
    position,
    bytes: i === last ? bytes.subarray(0, torn) : bytes,
  }));
  const image = Buffer.alloc(
    Math.max(...cut.map(({ position, bytes }) => position + bytes.length)),
  );
  for (const { position, bytes } of cut) bytes.copy(image, position);
  return image;
}

/** Pictures and sound of the syncs that are complete in these writes. */
function packetsIn(writes: readonly Write[]): number {
  const done = writes.slice(1, -1).filter((_, i) => i % 2 === 1);
  const end = Math.max(0, ...done.map(({ position }) => position));
  let [at, packets] = [MOVIE.begin.header.length, 0];
  for (const { chunks } of MOVIE.fragments) {
    if (at > end || done.length === 0) break;
    at += chunks.reduce((sum, { length }) => sum + length, 0);
    packets += readFragment(Buffer.concat([...chunks]))?.samples.length ?? 0;
  }
  return packets;
}

async function probeAll(
  images: Iterable<{ readonly image: Buffer; readonly what: string; readonly packets: number }>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-pulled-'));
  try {
    for (const { image, what, packets } of images) {
      const path = join(folder, 'pulled.mp4');
      await writeFile(path, image);
      const { stdout, stderr } = await promisify(execFile)('ffprobe', [
        ...['-v', 'error', '-count_packets', '-of', 'json'],
        ...['-show_entries', 'stream=nb_read_packets', path],
      ]).catch((error) => ({ stdout: '{"streams":[]}', stderr: String(error.stderr) }));
      const { streams } = JSON.parse(stdout) as { streams: { nb_read_packets?: string }[] };
      const read = streams.reduce((sum, one) => sum + Number(one.nb_read_packets ?? 0), 0);
      assert.is(streams.length, 2, `${what}: ${stderr}`);
      assert.ok(read >= packets, `${what}: ${read} of at least ${packets} packets`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

const writes = await recordWrites(RUNS === 'all' ? 1 : 4);
/** The header, then two writes for each sync: the batch, and its header. */
const isHeader = (i: number) => i > 0 && i % 2 === 0;

test('each header is written last, over eight bytes within one sector', () => {
  for (const [i, { position, bytes }] of writes.entries()) {
    if (!isHeader(i)) continue;
    const batch = writes[i - 1] as Write;
    assert.equal([position, bytes.length], [batch.position, 8]);
    assert.ok((position % 512) + 8 <= 512, `${position} is in two sectors`);
    assert.is(batch.bytes.toString('latin1', 4, 8), 'free');
    assert.ok(bytes.equals(headerOf(batch.bytes) as Buffer));
  }
  assert.ok(imageOf(writes, 8).equals(MOVIE.bytes));
});

test('cut at every byte of two syncs it opens, with all of the syncs before', async () => {
  const random = seeded(SEED);
  const cuts = [5, 7].flatMap((i) =>
    Array.from({ length: (writes[i]?.bytes.length ?? 0) + 1 }, (_, torn) => ({ i, torn })),
  );
  const isNear = ({ torn, i }: { torn: number; i: number }) =>
    torn < 12 || torn > (writes[i]?.bytes.length ?? 0) - 3;
  const some = cuts.filter((cut) => RUNS === 'all' || isNear(cut) || random() < 0.003);
  await probeAll(
    some.map(({ i, torn }) => {
      const upTo = writes.slice(0, i + 1);
      return {
        image: imageOf(upTo, torn),
        what: `write ${i} cut at ${torn}`,
        packets: packetsIn(upTo),
      };
    }),
  );
});

test('cut at random bytes of a long file, also with sectors that never reached the disk, it opens', async () => {
  const random = seeded(SEED + 1);
  const batches = writes.map((_, i) => i).filter((i) => i > 0 && !isHeader(i));
  const count = RUNS === 'all' ? 300 : 40;
  await probeAll(
    Array.from({ length: count }, (_, run) => {
      const i = batches[Math.floor(random() * batches.length)] ?? 1;
      const upTo = writes.slice(0, i + 1);
      const { position, bytes } = upTo[i] as Write;
      const torn = Math.floor(random() * (bytes.length + 1));
      const image = imageOf(upTo, torn);
      const lost = run % 3;
      for (let at = position; at < image.length; at = 512 * (Math.floor(at / 512) + 1)) {
        const end = Math.min(image.length, 512 * (Math.floor(at / 512) + 1));
        if (lost === 1 && random() < 0.5) image.fill(0, at, end);
      }
      const zeros = Buffer.alloc(lost === 2 ? Math.floor(random() * 10_000) : 0);
      const what = `seed ${SEED}, run ${run}: write ${i} cut at ${torn}, loss ${lost}`;
      return { image: Buffer.concat([image, zeros]), what, packets: packetsIn(upTo) };
    }),
  );
});

test.run();
