/** Two recorder processes, and faults of one of them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { parseJournal } from '../../../pipelines/recording/files/journal.ts';
import { openRecorders, type Recorders } from '../../../pipelines/recording/recorders.ts';
import type { TargetSettings } from '../../../pipelines/recording/settings.ts';
import { childrenOf, until } from '../../support/box.ts';
import { probe } from '../../support/media/movies.ts';
import { openRealFeed } from '../../support/media/real-feed.ts';
import { encodeMedia } from '../../support/media/real-media.ts';
import { openLoopVolume, openVolume } from '../../support/volume.ts';

const test = suite('redundant recording');
const media = await encodeMedia();

const targetIn = (id: string, folder: string): TargetSettings => ({
  id,
  folder,
  reserveBytes: 0,
  reservePct: 0,
  policy: 'stop',
  isOwnVolume: false,
});

/** A live presentation with recorders on these folders, fed in real time. */
async function goLive(folders: readonly string[], standsMaxMs?: number) {
  let recorders: Recorders | undefined;
  const feed = openRealFeed(media, (id) => recorders?.collect(id));
  const targets = folders.map((folder, i) => targetIn(`t${i}`, folder));
  recorders = openRecorders({
    presentation: feed.presentation,
    trackIds: ['high', 'audio'],
    targets,
    clock: systemClock,
    log: silentLog,
    onState: () => undefined,
    ...(standsMaxMs === undefined ? {} : { standsMaxMs }),
  });
  const stop = new AbortController();
  const running = recorders.run(stop.signal);
  const timer = setInterval(() => feed.run(0.1), 100);
  const open = recorders;
  let isOver = false;
  const end = async () => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    open.setOn(false);
    stop.abort();
    await running;
  };
  return {
    feed,
    recorders: open,
    /** The recorders' processes, in no order that a test may rely on. */
    pids: () => childrenOf(process.pid).filter(isRecorder),
    recording: () =>
      until(
        () => open.states().every(({ lagMs }) => lagMs !== undefined),
        20_000,
        () => JSON.stringify(open.states()),
      ),
    end,
    [Symbol.asyncDispose]: end,
  };
}

function isRecorder(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recording/main');
}

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-recorders-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const moviesIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith('.mp4')).toSorted();

async function copyIn(folder: string, movie: string) {
  const journal = await readFile(join(folder, movie.replace('.mp4', '.journal')));
  return { bytes: await readFile(join(folder, movie)), ...parseJournal(journal) };
}

test('both targets hold the same bytes, complete, and they play', async () => {
  await using one = await openFolder();
  await using two = await openFolder();
  const live = await goLive([one.folder, two.folder]);
  live.recorders.setOn(true, 'evening');
  await live.recording();
  await sleep(2_000);
  await live.end();
  assert.equal(await moviesIn(one.folder), await moviesIn(two.folder));
  // Both lie in the same temporary folder: the snapshot shows that one disk takes both.
  const [first, second] = live.recorders.states();
  assert.ok((first?.disks?.length ?? 0) > 0);
  assert.equal(first?.disks, second?.disks);
  const [movie = '', ...more] = await moviesIn(one.folder);
  assert.equal(more, []);
  const copies = [await copyIn(one.folder, movie), await copyIn(two.folder, movie)];
  assert.ok(copies[0]?.bytes.equals(copies[1]?.bytes as Buffer));
  for (const { open, end, bytes } of copies) {
    assert.is(open?.dropId, 'evening');
    assert.is(end?.isComplete, true);
    assert.is(end?.sha256, createHash('sha256').update(bytes).digest('hex'));
  }
  const played = await probe(join(one.folder, movie));
  assert.is(played.complaints, '');
  assert.ok(played.durationS > 2);
});

test('a recorder that is killed restarts within seconds and loses nothing; the other is not affected', async () => {
  await using one = await openFolder();
  await using two = await openFolder();
  const live = await goLive([one.folder, two.folder]);
  live.recorders.setOn(true);
  await live.recording();
  process.kill(live.pids()[0] as number, 'SIGKILL');
  await until(
    async () => (await moviesIn(one.folder)).length + (await moviesIn(two.folder)).length === 3,
    20_000,
  );
  await sleep(1_500);
  await live.end();
  const [hurt, well] = (await moviesIn(one.folder)).length === 2 ? [one, two] : [two, one];
  const [whole = ''] = await moviesIn(well.folder);
  assert.is((await copyIn(well.folder, whole)).end?.isComplete, true);
  // What the killed one had acknowledged, and what it took up again, overlap.
  const [first = '', second = ''] = await moviesIn(hurt.folder);
  const journals = [first, second].map((movie) =>
    parseJournal(readFileSync(join(hurt.folder, movie.replace('.mp4', '.journal')))),
  );
  const before = journals[0]?.fragments.findLast(({ trackIndex }) => trackIndex === 0);
  const after = journals[1]?.fragments.find(({ trackIndex }) => trackIndex === 0);
  assert.ok((after?.startUs ?? 0) <= (before?.startUs ?? 0) + (before?.durationUs ?? 0));
  assert.equal(
    journals.map((journal) => journal?.end?.isComplete),
    [false, false],
  );
  for (const movie of [first, second]) {
    assert.is((await probe(join(hurt.folder, movie))).complaints, '');
  }
});

test('a recorder that does not answer is reported, and the other target is not affected', async () => {
  await using one = await openFolder();
  await using two = await openFolder();
  await using live = await goLive([one.folder, two.folder]);
  live.recorders.setOn(true);
  await live.recording();
  const pid = live.pids()[0] as number;
  process.kill(pid, 'SIGSTOP');
  try {
    await until(() => live.recorders.states().some(({ failure }) => failure === 'slow'), 20_000);
    const well = live.recorders.states().filter(({ phase }) => phase === 'recording');
    assert.is(well.length, 1);
    assert.ok((well[0]?.lagMs ?? 9_999) < 5_000);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await until(
    () => live.recorders.states().every(({ phase }) => phase === 'recording'),
    20_000,
    () => JSON.stringify(live.recorders.states()),
  );
});

test('a disk that hangs in the kernel is reported while it hangs, does not affect the other target, and goes on', async () => {
  await using volume = await openLoopVolume();
  if (volume === undefined) return;
  await using place = await openFolder();
  // A busy machine may take longer to thaw it than a recorder may stand.
  await using live = await goLive([volume.folder, place.folder], 120_000);
  live.recorders.setOn(true);
  await live.recording();
  await volume.freeze();
  await until(() => live.recorders.states()[0]?.failure === 'slow', 20_000);
  assert.match(live.recorders.states()[0]?.reason ?? '', 'no answer for');
  assert.is(live.recorders.states()[1]?.phase, 'recording');
  const [movie = ''] = await moviesIn(place.folder);
  const before = (await readFile(join(place.folder, movie))).length;
  await until(async () => (await readFile(join(place.folder, movie))).length > before, 20_000);
  await volume.thaw();
  await until(
    () => live.recorders.states().every(({ phase }) => phase === 'recording'),
    20_000,
    () => JSON.stringify(live.recorders.states()),
  );
  await live.end();
  // What was on air while it hung was waiting for it: not a part is missing.
  const copies = [await copyIn(volume.folder, movie), await copyIn(place.folder, movie)];
  assert.ok(copies[0]?.bytes.equals(copies[1]?.bytes as Buffer));
  assert.equal(
    copies.map(({ end }) => end?.isComplete),
    [true, true],
  );
});

test('a second recorder does not touch a folder until the first has ended', async () => {
  await using place = await openFolder();
  await using first = await goLive([place.folder]);
  first.recorders.setOn(true);
  await first.recording();
  await using second = await goLive([place.folder]);
  second.recorders.setOn(true);
  const reason = () => second.recorders.states()[0]?.reason ?? '';
  await until(() => reason().includes('has not ended'), 20_000);
  const [running = ''] = await moviesIn(place.folder);
  assert.is((await copyIn(place.folder, running)).end, undefined);
  await first.end();
  await until(() => second.recorders.states()[0]?.phase === 'recording', 20_000);
  assert.is((await copyIn(place.folder, running)).end?.isComplete, true);
});

test('a disk unplugged while live: the other copy is complete, and viewers lose no part', async () => {
  await using volume = await openVolume(50_000_000);
  if (volume === undefined) return;
  await using place = await openFolder();
  const live = await goLive([volume.folder, place.folder]);
  live.recorders.setOn(true);
  await live.recording();
  await volume.pull();
  await until(() => live.recorders.states()[0]?.failure === 'gone', 20_000);
  await live.end();
  const [movie = ''] = await moviesIn(place.folder);
  assert.is((await copyIn(place.folder, movie)).end?.isComplete, true);
  for (const { window } of live.feed.presentation.tracks()) {
    assert.ok(window.listed().every(({ parts }) => parts.every(({ bytes }) => bytes)));
  }
});

test.run();
