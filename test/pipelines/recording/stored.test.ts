/** What a folder's recordings bring into the replay, however many a stick claims to have. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type FragmentEntry,
  type JournalRecord,
  renderRecord,
  SEQUENCE_MAX,
} from '../../../pipelines/recording/files/journal.ts';
import {
  listRecordings,
  nextSequence,
  type Openings,
} from '../../../pipelines/recording/files/library.ts';
import { recordingName } from '../../../pipelines/recording/files/recording-file.ts';
import { Replay } from '../../../pipelines/recording/replay.ts';
import { reportStored } from '../../../pipelines/recording/replay-events.ts';
import type { ReplayRecording } from '../../../pipelines/recording/replay-segments.ts';

const test = suite('recordings that are found in a folder');
const SEGMENT_US = 4_000_000;

/** A journal with so many segments of one key frame each, and no movie. */
function journalOf(sequence: number, segments: number): string {
  const open: JournalRecord = {
    ...{ type: 'open', version: 1, epochMs: 1000, baseUs: 0, headerBytes: 1_000 },
    tracks: [{ trackId: 'high', kind: 'video', timescale: 90_000 }],
    ...{ isWhole: true, dropId: 'evening', sequence },
  };
  const fragments: readonly FragmentEntry[] = Array.from({ length: segments }, (_, i) => ({
    ...{ trackIndex: 0, offset: 1_000 + i, bytes: 1, crc: 0 },
    ...{ startUs: i * SEGMENT_US, durationUs: SEGMENT_US, isKeyframe: true },
  }));
  const end: JournalRecord = { type: 'end', isComplete: true, reason: 'off', bytes: 1_000 };
  return [open, { type: 'synced', fragments } as const, end].map(renderRecord).join('');
}

/** Lengths of what is reported of recordings with so many segments, in the order of writing. */
async function reported(...lengths: readonly number[]): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-stored-'));
  try {
    for (const [i, segments] of lengths.entries()) {
      const path = join(folder, `${recordingName(i * 60_000)}.journal`);
      await writeFile(path, journalOf(i + 1, segments));
    }
    const found: ReplayRecording[] = [];
    await reportStored(folder, (event) => {
      if (event.type === 'recording') found.push(event.recording);
    });
    return found.map(({ segments }) => segments.length);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('they are reported in the order of writing', async () => {
  assert.equal(await reported(3, 1, 2), [3, 1, 2]);
});

test('of more segments than a replay can take the newest recordings are reported', async () => {
  assert.equal(await reported(1, 30_001), [1]);
  assert.equal(await reported(5, 20_000, 20_000), [5, 20_000]);
});

test('recordings behind one with the highest number count as newer than that', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-stored-'));
  const written: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    const openings: Openings = new Map();
    await listRecordings(folder, openings);
    const sequence = i === 0 ? SEQUENCE_MAX : nextSequence(openings);
    const name = recordingName(i * 60_000);
    await writeFile(join(folder, `${name}.journal`), journalOf(sequence, 1));
    written.push(name);
  }
  const names = (await listRecordings(folder)).map(({ name }) => name);
  assert.equal(names, written);
  await rm(folder, { recursive: true });
});

test('a playlist of very many segments is written', () => {
  const replay = new Replay(0);
  const segments = Array.from({ length: 200_000 }, (_, i) => ({
    ...{ offset: 1_000 + i, bytes: 1 },
    ...{ startUs: i * SEGMENT_US, durationUs: SEGMENT_US },
  }));
  const recording: ReplayRecording = {
    ...{ name: recordingName(0), epochMs: 0, dropId: 'evening', headerBytes: 1_000 },
    ...{ isComplete: true, isRunning: false, segments },
  };
  replay.apply('usb', '/', { type: 'recording', recording });
  replay.showLast('evening');
  const reply = replay.answer({
    ...{ path: '/replay/index.m3u8', query: new URLSearchParams() },
    header: () => undefined,
  });
  assert.is(reply?.status, 200);
});

test.run();
