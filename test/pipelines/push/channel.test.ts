/** Clients of a pushed stream: those that come late, and those that do not keep up. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Channel } from '../../../pipelines/push/channel.ts';
import { recordOf } from '../../../pipelines/push/records.ts';
import { openOutput } from './support/output.ts';

const test = suite('clients of a pushed stream');

const PARTS = 5;
const PART_BYTES = 40_000;

/** Five parts of 200 ms in a second, the first of which has a key frame. */
function openStream() {
  const channel = new Channel('video');
  let n = 0;
  const add = (kind: 'init' | 'media', track: 'video' | 'audio') => {
    const bytes = track === 'video' ? PART_BYTES : 3_000;
    const isStart = track === 'audio' || n % PARTS === 0;
    const where = { msn: Math.floor(n / PARTS), part: n % PARTS, initId: track };
    const header = { kind, track, isStart, ...where };
    channel.add(
      recordOf(header, bytes, () => Buffer.alloc(bytes, n)),
      n * 200,
    );
  };
  add('init', 'video');
  add('init', 'audio');
  return {
    channel,
    nowMs: () => n * 200,
    part: () => {
      add('media', 'video');
      add('media', 'audio');
      n += 1;
    },
    parts(count: number) {
      for (let i = 0; i < count; i += 1) this.part();
    },
  };
}

test('a client begins with the init sections and the newest key frame', () => {
  const stream = openStream();
  stream.parts(8);
  const output = openOutput();
  stream.channel.join(output, false, stream.nowMs());
  stream.part();
  const inits = output.records.slice(0, 2).map(({ header }) => [header.kind, header.initId]);
  assert.equal(inits, [
    ['init', 'video'],
    ['init', 'audio'],
  ]);
  const all = ['v1.0*', 'a1.0', 'v1.1', 'a1.1', 'v1.2', 'a1.2', 'v1.3', 'a1.3'];
  assert.equal(output.media(), all);
});

test('a client that has a picture begins with the next key frame, and its sound goes on', () => {
  const stream = openStream();
  stream.parts(8);
  const output = openOutput();
  stream.channel.join(output, true, stream.nowMs());
  stream.parts(2);
  const kinds = output.records.slice(0, 2).map(({ header }) => header.kind);
  assert.equal(kinds, ['init', 'init']);
  assert.equal(output.media(), ['a1.3', 'a1.4']);
  stream.part();
  assert.equal(output.media(), ['a1.3', 'a1.4', 'v2.0*', 'a2.0']);
});

test('all clients get the same buffers', () => {
  const stream = openStream();
  const outputs = [openOutput(), openOutput()];
  for (const output of outputs) stream.channel.join(output, false, 0);
  stream.parts(7);
  const [a, b] = outputs;
  assert.ok(a !== undefined && a.buffers.length > 10);
  assert.ok(a.buffers.every((buffer, i) => buffer === b?.buffers[i]));
});

test('a client that reads late gets what waits, in order', () => {
  const stream = openStream();
  const output = openOutput();
  const { drained } = stream.channel.join(output, false, 0);
  output.isReading = false;
  stream.parts(4);
  output.take();
  output.isReading = true;
  drained();
  stream.part();
  assert.equal(
    output.media().filter((name) => name.startsWith('v')),
    ['v0.0*', 'v0.1', 'v0.2', 'v0.3', 'v0.4'],
  );
});

test('a client that is too late skips to a key frame, and no other notices', () => {
  const stream = openStream();
  const [late, other] = [openOutput(), openOutput()];
  for (const output of [late, other]) stream.channel.join(output, false, 0);
  late.isReading = false;
  stream.parts(9);
  late.take();
  late.isReading = true;
  stream.parts(6);
  const pictures = late.media().filter((name) => name.startsWith('v'));
  const skippedTo = pictures.indexOf('v2.0*');
  assert.ok(skippedTo > 0 && skippedTo < 8, pictures.join(' '));
  assert.equal(pictures.slice(skippedTo), ['v2.0*', 'v2.1', 'v2.2', 'v2.3', 'v2.4']);
  assert.is(other.media().length, 30);
  assert.not(late.isEnded);
});

test('a client that is too late again has to fetch parts: its response ends and says so', () => {
  const stream = openStream();
  const output = openOutput();
  stream.channel.join(output, false, 0);
  output.isReading = false;
  for (let i = 0; i < 40 && !output.isEnded; i += 1) {
    stream.part();
    stream.channel.check(stream.nowMs());
  }
  assert.ok(output.isEnded);
  assert.is(output.records.at(-1)?.header.kind, 'slow');
  assert.equal(stream.channel.figures(), { clients: 0, skippedTotal: 1, slowTotal: 1 });
  stream.parts(10);
});

test('what waits for a client is bounded, however it reads', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (reads) => {
      const stream = openStream();
      const output = openOutput();
      const { drained } = stream.channel.join(output, false, 0);
      for (const isReading of reads) {
        output.isReading = isReading;
        if (isReading) {
          output.take();
          if (!output.isEnded) drained();
        }
        stream.part();
        assert.ok(output.backlogBytes <= 64_000 + 2 * (PART_BYTES + 100));
      }
      // It can decode what it got: a gap in the picture ends with a key frame.
      let last = -1;
      for (const { header } of output.records) {
        if (header.kind !== 'media' || header.track !== 'video') continue;
        const at = header.msn * PARTS + header.part;
        assert.ok(at > last);
        assert.ok(at === last + 1 || header.isStart);
        last = at;
      }
    }),
    { numRuns: 60 },
  );
});

test('a client that has left gets nothing, and costs nothing', () => {
  const stream = openStream();
  const output = openOutput();
  const { leave } = stream.channel.join(output, false, 0);
  stream.part();
  const before = output.buffers.length;
  leave();
  stream.parts(3);
  assert.is(output.buffers.length, before);
  assert.is(stream.channel.clients, 0);
});

test('the end of the stream ends the responses', () => {
  const stream = openStream();
  const output = openOutput();
  stream.channel.join(output, false, 0);
  stream.parts(3);
  stream.channel.end();
  assert.ok(output.isEnded);
  assert.is(output.records.at(-1)?.header.kind, 'ended');
});

test('what is saved for clients to come is bounded where no key frame comes', () => {
  const stream = openStream();
  stream.part();
  const record = recordOf({ kind: 'media', track: 'video' }, 1_000_000, () => Buffer.alloc(10));
  for (let i = 0; i < 100; i += 1) stream.channel.add(record, 0);
  const output = openOutput();
  stream.channel.join(output, false, 0);
  assert.equal(output.records, []);
});

test.run();
