/** Recordings that another box has left on a disk: they are not this one's to delete or to send. */
import { mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPublicId } from '../../../hal/os/files/machine-id.ts';
import { readJournals } from '../../../pipelines/backfill/recordings.ts';
import {
  type OpenRecord,
  parseJournal,
  renderRecord,
} from '../../../pipelines/recording/files/journal.ts';
import {
  isOfBox,
  listRecordings,
  type Openings,
} from '../../../pipelines/recording/files/library.ts';
import { recordingName } from '../../../pipelines/recording/files/recording-file.ts';
import type { ReplayEvent } from '../../../pipelines/recording/replay.ts';
import { reportStored } from '../../../pipelines/recording/replay-events.ts';
import { freeUpSpace, type TargetError } from '../../../pipelines/recording/volume.ts';

const test = suite('recordings of another box');

/** Longer than any disk that tests run on has free; without a block of it. */
const BYTES = 1e13;
const [OWN, OTHER] = ['a1', 'b2'];

function journalOf(boxId: string | undefined): string {
  const open: OpenRecord = {
    ...({ type: 'open', version: 1 } as const),
    ...{ epochMs: 0, baseUs: 0, headerBytes: 100, isWhole: true },
    tracks: [{ trackId: 'v1080', kind: 'video', timescale: 90_000 }],
    ...(boxId === undefined ? {} : { boxId }),
  };
  const end = { type: 'end', isComplete: true, reason: 'stopped', bytes: 100 } as const;
  return renderRecord(open) + renderRecord(end);
}

/** A folder with one recording of each of these boxes. */
async function openDisk(...boxIds: readonly (string | undefined)[]) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-others-'));
  const names = boxIds.map((_, i) => recordingName(i * 60_000));
  for (const [i, name] of names.entries()) {
    await writeFile(join(folder, `${name}.journal`), journalOf(boxIds[i]));
    await writeFile(join(folder, `${name}.mp4`), '');
    await truncate(join(folder, `${name}.mp4`), BYTES);
  }
  const settings = { id: 'usb', folder, reserveBytes: BYTES, reservePct: 0 };
  const wanted = { ...settings, policy: 'oldest-first', isOwnVolume: false } as const;
  return {
    ...{ folder, names },
    freeUp: async () => await freeUpSpace(wanted, { boxId: OWN }),
    movies: async () => (await readdir(folder)).filter((file) => file.endsWith('.mp4')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

test('the oldest of this box is deleted at the reserve, not an older one of another', async () => {
  await using disk = await openDisk(OTHER, OWN);
  const { deleted, older } = await disk.freeUp();
  assert.equal(deleted, [disk.names[1]]);
  assert.equal(older, []);
  assert.equal(await disk.movies(), [`${disk.names[0]}.mp4`]);
});

test('one of which nobody knows, as older versions wrote it, is deleted as before', async () => {
  await using disk = await openDisk(undefined);
  assert.equal((await disk.freeUp()).deleted, disk.names);
});

test('one whose journal cannot be read now may be another box’s: it is kept, and read again', async () => {
  await using disk = await openDisk(OWN);
  const journal = join(disk.folder, `${disk.names[0]}.journal`);
  await rm(journal);
  await symlink(journal, journal);
  const openings: Openings = new Map();
  const isOwn = async () => {
    const [found] = await listRecordings(disk.folder, openings);
    return found && isOfBox(found, OWN);
  };
  assert.is(await isOwn(), false);
  const error = await disk.freeUp().catch((one: unknown) => one as TargetError);
  assert.is((error as TargetError).failure, 'others');
  assert.is((await disk.movies()).length, 1);
  await rm(journal);
  await writeFile(journal, journalOf(OWN));
  assert.is(await isOwn(), true);
});

test('a disk that those of another box fill says so, and keeps them', async () => {
  await using disk = await openDisk(OTHER);
  const error = await disk.freeUp().catch((one: unknown) => one as TargetError);
  assert.is((error as TargetError).failure, 'others');
  assert.match(
    (error as TargetError).message,
    /MB are recordings of another box, or of this one before its card was changed$/,
  );
  assert.is((await disk.movies()).length, 1);
});

test('what another box has recorded at the time of a gap is not sent as this one’s', async () => {
  await using disk = await openDisk(OTHER, OWN, undefined);
  const gap = { fromMs: 0, untilMs: 600_000, sent: [] };
  const names = (await readJournals(disk.folder, gap, OWN)).map(({ name }) => name);
  assert.equal(names, disk.names.slice(1));
});

test('they take no place in the replay', async () => {
  await using disk = await openDisk(OWN, ...Array.from({ length: 30 }, () => OTHER));
  const names: string[] = [];
  const onEvent = (event: ReplayEvent) => {
    if (event.type === 'recording') names.push(event.recording.name);
  };
  await reportStored(disk.folder, onEvent, { boxId: OWN });
  assert.equal(names, disk.names.slice(0, 1));
});

test('a journal keeps which box wrote it, and can be read without that', () => {
  assert.is(parseJournal(Buffer.from(journalOf(OWN)))?.open.boxId, OWN);
  assert.is(parseJournal(Buffer.from(journalOf(undefined)))?.open.boxId, undefined);
});

test('a box is named by an id that does not give away the machine’s own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-id-'));
  const path = join(folder, 'machine-id');
  const id = '0123456789abcdef0123456789abcdef';
  await writeFile(path, `${id}\n`);
  assert.match(readPublicId('recording', path) ?? '', /^[\da-f]{32}$/);
  assert.is.not(readPublicId('recording', path), id);
  // A container has another host name each time: it would not know its own recordings again.
  await writeFile(path, 'uninitialized\n');
  assert.is(readPublicId('recording', path), undefined);
  await rm(folder, { recursive: true });
});

test.run();
