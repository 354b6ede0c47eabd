/** The recording’s journal, and the messages that carry parts. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderMessage, type WireMessage, WireReader } from '../../../../pipelines/feed/wire.ts';
import {
  acknowledgedBytes,
  type FragmentEntry,
  type JournalRecord,
  parseJournal,
  renderRecord,
} from '../../../../pipelines/recording/files/journal.ts';

const test = suite('recording journal and wire');

const OPEN: JournalRecord = {
  type: 'open',
  version: 1,
  epochMs: 1_795_305_600_000,
  baseUs: 5_000_000,
  headerBytes: 1_200,
  tracks: [{ trackId: 'high', kind: 'video', timescale: 90_000 }],
  isWhole: true,
};

const entry = (offset: number): FragmentEntry => ({
  trackIndex: 0,
  offset,
  bytes: 100,
  crc: 4_000_000_000,
  startUs: 5_000_000 + offset,
  durationUs: 200_000,
  isKeyframe: offset % 200 === 0,
});

test('rendered records are parsed to the same', () => {
  const synced: JournalRecord = { type: 'synced', fragments: [entry(1_200), entry(1_300)] };
  const end: JournalRecord = {
    type: 'end',
    isComplete: true,
    reason: 'off',
    bytes: 1_400,
    sha256: 'ab',
  };
  const journal = parseJournal(Buffer.from([OPEN, synced, end].map(renderRecord).join('')));
  assert.equal(journal?.open, OPEN);
  assert.equal(journal?.fragments, [entry(1_200), entry(1_300)]);
  assert.equal(journal?.end, end);
  assert.is(journal && acknowledgedBytes(journal), 1_400);
});

test('truncated or damaged anywhere, a journal never lists more than before, and lists what precedes the damage', () => {
  const lines = [
    OPEN,
    ...[0, 1, 2, 3].map(
      (i): JournalRecord => ({ type: 'synced', fragments: [entry(1_200 + 100 * i)] }),
    ),
  ].map(renderRecord);
  const whole = Buffer.from(lines.join(''));
  const ends = lines.map((_, i) => Buffer.byteLength(lines.slice(0, i + 1).join('')));
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.option(fc.integer({ min: 1, max: 255 }), { nil: undefined }),
      (at, flip) => {
        const bytes = Buffer.from(flip === undefined ? whole.subarray(0, at) : whole);
        if (flip !== undefined) bytes[at] = (bytes[at] ?? 0) ^ flip;
        const wholeLines = ends.filter((end) => end <= at).length;
        const journal = parseJournal(bytes);
        assert.is(journal?.fragments.length ?? -1, wholeLines - 1);
        assert.is(journal?.validBytes ?? 0, ends[wholeLines - 1] ?? 0);
      },
    ),
    { numRuns: 500 },
  );
});

test('numbers that no recorder writes end a journal, wherever they stand', () => {
  const openings = [
    { epochMs: 1e20 },
    { epochMs: -1e20 },
    { headerBytes: 3e9 },
    { sequence: 999_999_999_999 },
  ];
  for (const wrong of openings) {
    assert.is(parseJournal(Buffer.from(renderRecord({ ...OPEN, ...wrong }))), undefined);
  }
  const rows = [{ bytes: 3e9 }, { startUs: 1e300 }, { durationUs: 9e15 }];
  for (const wrong of rows) {
    const fragments = [{ ...entry(1_200), ...wrong }];
    const lines = [OPEN, { type: 'synced', fragments } as const].map(renderRecord);
    const journal = parseJournal(Buffer.from(lines.join('')));
    assert.equal([journal?.fragments, journal?.validBytes], [[], lines[0]?.length]);
  }
});

test('a line with more fragments than a recorder syncs at once is not read', () => {
  const fragments = Array.from({ length: 200_000 }, () => entry(1_200));
  const lines = [OPEN, { type: 'synced', fragments } as const].map(renderRecord);
  assert.equal(parseJournal(Buffer.from(lines.join('')))?.fragments, []);
});

test('any bytes are read without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      parseJournal(Buffer.from(bytes));
      new WireReader().push(Buffer.from(bytes));
    }),
  );
});

test('messages arrive complete, however the stream is chunked', () => {
  const part = {
    trackId: 'high',
    kind: 'video',
    msn: 7,
    isSegmentStart: true,
    isDiscontinuity: false,
    startUs: 1,
    durationUs: 2,
    initId: 'x',
  } as const;
  const messages: WireMessage[] = [
    { type: 'on', isFromStart: true, epochMs: 1_795_305_600_000 },
    { type: 'init', trackId: 'high', initId: 'x', bytes: Buffer.from('init') },
    { type: 'part', publishedMs: 1.5, part: { ...part, bytes: Buffer.from('a part') } },
    { type: 'part', publishedMs: 2.5, part: { ...part, bytes: undefined } },
    { type: 'lost', lostMs: 200 },
    { type: 'off' },
  ];
  const stream = Buffer.concat(messages.flatMap(renderMessage));
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 40, maxLength: 60 }),
      (sizes) => {
        const reader = new WireReader();
        const seen: WireMessage[] = [];
        let at = 0;
        for (const size of [...sizes, stream.length]) {
          const read = reader.push(stream.subarray(at, at + size));
          if (read === 'malformed') throw new Error('malformed');
          seen.push(...read);
          at += size;
        }
        assert.equal(seen, messages);
      },
    ),
  );
});

test('a peer that claims a huge message is refused before it is stored', () => {
  assert.is(new WireReader().push(Buffer.from('ffffffff00000000', 'hex')), 'malformed');
  assert.is(new WireReader().push(Buffer.from('00000001ffffffff', 'hex')), 'malformed');
});

test.run();
