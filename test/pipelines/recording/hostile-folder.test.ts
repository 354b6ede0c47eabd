/** A target's folder that strangers have filled: nothing outside is read or written. */
import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openInside, openRegular, readInside } from '../../../hal/os/open-inside.ts';
import { parseJournal, renderRecord } from '../../../pipelines/recording/files/journal.ts';
import {
  listRecordings,
  nextSequence,
  type Openings,
} from '../../../pipelines/recording/files/library.ts';
import { RecordingFile, recordingName } from '../../../pipelines/recording/files/recording-file.ts';
import type { FromRecorder } from '../../../pipelines/recording/settings.ts';
import { Target } from '../../../pipelines/recording/target.ts';
import { freeUpSpace } from '../../../pipelines/recording/volume.ts';
import { type Movie, tapFeed, wind } from '../../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../../support/media/real-feed.ts';
import { encodeMedia } from '../../support/media/real-media.ts';
import { seeded } from '../../support/seeded.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openVolume } from '../../support/volume.ts';

const test = suite('a folder that strangers have filled');
const SEED = Number(process.env['SEED'] ?? 1);
const SECRET = 'operator-pin: 1234\n';
const tapped = tapFeed(await encodeMedia());
tapped.feed.run(3);
const [MOVIE] = wind(tapped) as [Movie];

async function openPlace() {
  const base = await mkdtemp(join(tmpdir(), 'venuebox-hostile-'));
  const [folder, outside] = [join(base, 'stick'), join(base, 'box')];
  await mkdir(folder);
  await mkdir(outside);
  const secret = join(outside, 'secret');
  await writeFile(secret, SECRET, { mode: 0o600 });
  const servers: ReturnType<typeof createServer>[] = [];
  return {
    folder,
    outside,
    secret,
    listen: (path: string) =>
      new Promise<void>((done) => servers.push(createServer().listen(path, done))),
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) server.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

type Place = Awaited<ReturnType<typeof openPlace>>;

/** What may stand in the place of a file. */
const KINDS: Readonly<Record<string, (path: string, place: Place) => Promise<unknown>>> = {
  'link to a file': (path, { secret }) => symlink(secret, path),
  'link to nothing': (path, { outside }) => symlink(join(outside, 'made'), path),
  'link to a folder': (path, { outside }) => symlink(outside, path),
  'link to a device': (path) => symlink('/dev/zero', path),
  'link to itself': (path) => symlink(path, path),
  'hard link': (path, { secret }) => link(secret, path),
  fifo: async (path) => execFileSync('mkfifo', [path]),
  socket: (path, { listen }) => listen(path),
  folder: async (path) => {
    await mkdir(path);
    await writeFile(join(path, 'inside'), 'x');
  },
  'unreadable file': async (path) => {
    await writeFile(path, 'x');
    await chmod(path, 0);
  },
  'random bytes': (path) => writeFile(path, Buffer.alloc(9_000, 0xa7)),
  'empty file': (path) => writeFile(path, ''),
};

async function fill(place: Place, seed: number): Promise<readonly string[]> {
  const random = seeded(seed);
  const kinds = Object.keys(KINDS);
  const names: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? '';
    // Some have the names of the recordings that are about to begin.
    const nextMs = REAL_EPOCH_MS + MOVIE.begin.baseUs / 1000;
    const startMs = random() < 0.3 ? nextMs : nextMs - Math.floor(random() * 1e9);
    const ending = random() < 0.5 ? '.mp4' : '.journal';
    const name = random() < 0.1 ? `${'n'.repeat(240)}${i}` : `${recordingName(startMs)}${ending}`;
    if (names.includes(name)) continue;
    await KINDS[kind]?.(join(place.folder, name), place).catch(() => undefined);
    names.push(name);
  }
  return names;
}

function openTarget(folder: string) {
  const clock = new VirtualClock();
  const sent: FromRecorder[] = [];
  const target = new Target({
    settings: {
      id: 'usb',
      folder,
      reserveBytes: 0,
      reservePct: 0,
      policy: 'stop',
      isOwnVolume: false,
    },
    trackIds: ['high', 'audio'],
    clock,
    send: (message) => sent.push(message),
    monotonicMs: () => clock.monotonicMs(),
  });
  return { target, clock, sent };
}

async function record(folder: string) {
  const { target, clock, sent } = openTarget(folder);
  await target.tick();
  await target.take({ type: 'on', isFromStart: true, epochMs: REAL_EPOCH_MS });
  for (const init of tapped.inits) await target.take({ type: 'init', ...init });
  for (const part of tapped.parts) {
    await clock.advance(50);
    await target.take({ type: 'part', part, publishedMs: clock.monotonicMs() });
    await target.tick();
  }
  const state = target.state();
  await target.take({ type: 'off' });
  return { state, sent };
}

test('whatever lies in it, recording goes on, and nothing outside is read or changed', async () => {
  for (let seed = SEED; seed < SEED + 12; seed += 1) {
    await using place = await openPlace();
    const hostile = await fill(place, seed);
    const before = await stat(place.secret);
    const { state, sent } = await record(place.folder);
    assert.is(state.phase, 'recording', `seed ${seed}: ${state.reason}`);
    assert.is(state.failuresTotal, 0, `seed ${seed}`);
    assert.is(await readFile(place.secret, 'utf8'), SECRET);
    const after = await stat(place.secret);
    assert.equal([after.mtimeMs, after.size], [before.mtimeMs, before.size]);
    assert.equal(await readdir(place.outside), ['secret'], `seed ${seed}`);
    const own = sent.flatMap((one) =>
      one.type === 'replay' && one.event.type === 'recording' ? [one.event.recording.name] : [],
    );
    assert.is(own.length, 1, `seed ${seed}: ${own}`);
    assert.not.ok(hostile.includes(`${own[0]}.mp4`), `seed ${seed}: ${own}`);
    const bytes = await readInside(place.folder, `${own[0]}.mp4`, 1e8);
    assert.ok(bytes.equals(MOVIE.bytes), `seed ${seed}`);
  }
});

test('only regular files with one name are opened', async () => {
  for (const kind of Object.keys(KINDS)) {
    await using place = await openPlace();
    const path = join(place.folder, 'file');
    await KINDS[kind]?.(path, place);
    const isFile = ['random bytes', 'empty file'].includes(kind);
    const opened = async (open: () => Promise<AsyncDisposable>) => {
      try {
        await using _ = await open();
        return true;
      } catch {
        return false;
      }
    };
    // Root may read what other users may not.
    if (kind === 'unreadable file') continue;
    assert.is(await opened(() => openRegular(path)), isFile, kind);
    assert.is(await opened(() => openInside(place.folder, 'file', 'write')), isFile, kind);
  }
  await using place = await openPlace();
  for (const name of ['../box/secret', '..', '.', '', '/etc/passwd', 'a\0b']) {
    const error = await openInside(place.folder, name).catch((one: Error) => one);
    assert.match(String(error), 'not a file name', name);
  }
});

test('a name that is taken is left alone: the recording gets another', async () => {
  await using place = await openPlace();
  const drop = { epochMs: REAL_EPOCH_MS };
  const names: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    const file = await RecordingFile.create(place.folder, drop, MOVIE.begin);
    names.push(file.name);
    await file.finish('off', true);
  }
  const [first] = names;
  assert.equal(names, [first, `${first}-2`, `${first}-3`]);
  assert.is((await listRecordings(place.folder)).length, 3);
});

test('the recording that was written first is deleted first, though the clock was set back to 1970', async () => {
  await using place = await openPlace();
  const written: string[] = [];
  const years = [
    Date.UTC(2026, 5, 1),
    3_600_000,
    Date.UTC(2031, 0, 1),
    7_200_000,
    Date.UTC(2026, 5, 2),
  ];
  for (const epochMs of years) {
    const openings: Openings = new Map();
    await listRecordings(place.folder, openings);
    const drop = { epochMs, sequence: nextSequence(openings) };
    const file = await RecordingFile.create(place.folder, drop, MOVIE.begin);
    await file.finish('off', true);
    written.push(file.name);
  }
  assert.equal(
    (await listRecordings(place.folder)).map(({ name }) => name),
    written,
  );
});

test('a journal that claims a number beyond all others does not end the numbering', async () => {
  await using place = await openPlace();
  const drop = { epochMs: REAL_EPOCH_MS, sequence: 7 };
  const file = await RecordingFile.create(place.folder, drop, MOVIE.begin);
  await file.finish('off', true);
  const journal = join(place.folder, `${file.name}.journal`);
  const open = parseJournal(await readFile(journal))?.open;
  assert.ok(open);
  await writeFile(
    join(place.folder, `${recordingName(0)}.journal`),
    renderRecord({ ...open, sequence: Number.MAX_SAFE_INTEGER }),
  );
  const openings: Openings = new Map();
  await listRecordings(place.folder, openings);
  assert.is(nextSequence(openings), 8);
});

test('a folder that is a link on another disk is not recorded to', async () => {
  await using place = await openPlace();
  await using volume = await openVolume(20_000_000);
  if (volume === undefined) return;
  const folder = join(volume.folder, 'venuebox');
  await symlink(place.outside, folder);
  const { state } = await record(folder);
  assert.is(state.phase, 'failed');
  assert.match(state.reason ?? '', 'symbolic link on another disk');
  assert.equal(await readdir(place.outside), ['secret']);
});

test('a disk that is write-protected is reported before anything is recorded, and used again', async () => {
  await using volume = await openVolume(20_000_000);
  if (volume === undefined) return;
  const { target, clock } = openTarget(volume.folder);
  const run = async (seconds: number) => {
    for (let i = 0; i < seconds * 10; i += 1) {
      await clock.advance(100);
      await target.tick();
    }
  };
  await run(1);
  await volume.remount('ro');
  await run(3);
  assert.is(target.state().failure, 'read-only', target.state().reason);
  await volume.remount('rw');
  await run(12);
  assert.is(target.state().phase, 'off');
});

test('space that cannot be freed ends in a fault with a name', async () => {
  await using place = await openPlace();
  const settings = { id: 'usb', folder: place.folder, reserveBytes: 1e15, reservePct: 0 };
  const wanted = { ...settings, policy: 'oldest-first', isOwnVolume: false } as const;
  const error = await freeUpSpace(wanted).catch((one: unknown) => one);
  assert.is((error as { failure?: string }).failure, 'full');
});

test.run();
