/** One recording target on real file systems, with their faults. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJournal } from '../../../pipelines/recording/files/journal.ts';
import type { FromRecorder, TargetSettings } from '../../../pipelines/recording/settings.ts';
import { Target } from '../../../pipelines/recording/target.ts';
import { probe, tapFeed } from '../../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../../support/media/real-feed.ts';
import { encodeMedia } from '../../support/media/real-media.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openLoopVolume, openVolume } from '../../support/volume.ts';

const test = suite('recording target');
const media = await encodeMedia();

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-target-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** A target that is fed in step with a clock that only the test moves. */
function openTarget(folder: string, settings: Partial<TargetSettings> = {}) {
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
      ...settings,
    },
    trackIds: ['high', 'audio'],
    clock,
    send: (message) => sent.push(message),
    monotonicMs: () => clock.monotonicMs(),
  });
  const tapped = tapFeed(media);
  let taken = 0;
  let inits = 0;
  return {
    target,
    tapped,
    logged: () => sent.flatMap((one) => (one.type === 'log' ? [one.text] : [])),
    on: () => target.take({ type: 'on', isFromStart: true, epochMs: REAL_EPOCH_MS }),
    run: async (seconds: number) => {
      for (let i = 0; i < seconds * 10; i += 1) {
        tapped.feed.run(0.1);
        await clock.advance(100);
        const publishedMs = clock.monotonicMs();
        for (const init of tapped.inits.slice(inits)) await target.take({ type: 'init', ...init });
        inits = tapped.inits.length;
        for (const part of tapped.parts.slice(taken)) {
          await target.take({ type: 'part', part, publishedMs });
        }
        taken = tapped.parts.length;
        await target.tick();
      }
    },
    off: () => target.take({ type: 'off' }),
    [Symbol.asyncDispose]: () => target.close(),
  };
}

const moviesIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith('.mp4')).toSorted();
/** Files below `folder` that this process holds open. */
const openIn = (folder: string) =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false;
    }
  });
const journalIn = async (folder: string, movie: string) =>
  parseJournal(await readFile(join(folder, movie.replace('.mp4', '.journal'))));

test('what is published is on the disk within a second, and reported so', async () => {
  await using place = await openFolder();
  await using recorder = openTarget(place.folder);
  await recorder.on();
  await recorder.run(5);
  const state = recorder.target.state();
  assert.is(state.phase, 'recording');
  assert.ok((state.lagMs ?? 9_999) <= 800, String(state.lagMs));
  assert.ok((state.remainingS ?? 0) > 0 && state.writtenBps > 100_000, JSON.stringify(state));
  const [movie = ''] = await moviesIn(place.folder);
  const safe = (await journalIn(place.folder, movie))?.fragments.at(-1);
  const onAirUs = recorder.tapped.feed.nowUs();
  assert.ok(onAirUs - ((safe?.startUs ?? 0) + (safe?.durationUs ?? 0)) <= 1e6);
  await recorder.off();
  assert.is(recorder.target.state().phase, 'off');
  assert.is((await journalIn(place.folder, movie))?.end?.isComplete, true);
});

test('a disk that other programs fill is reported; the recording ends complete and goes on when there is space', async () => {
  await using volume = await openVolume(20_000_000);
  if (volume === undefined) return;
  await using recorder = openTarget(volume.folder);
  await recorder.on();
  await recorder.run(3);
  const filler = join(volume.folder, 'filler');
  const isFull = await writeFile(filler, Buffer.alloc(20_000_000)).catch(() => true);
  assert.ok(isFull);
  await recorder.run(3);
  const { failure, phase, reason } = recorder.target.state();
  assert.equal([phase, failure], ['failed', 'full'], reason);
  const [movie = '', ...more] = await moviesIn(volume.folder);
  assert.equal(more, []);
  const played = await probe(join(volume.folder, movie));
  assert.is(played.complaints, '');
  assert.ok(played.durationS > 2);
  await rm(filler);
  await recorder.run(12);
  assert.is(recorder.target.state().phase, 'recording');
  assert.is((await moviesIn(volume.folder)).length, 2);
  assert.ok(recorder.target.state().lostMs > 1_000);
});

test('the reserve stays free: by the policy `stop` recording ends, marked as not complete', async () => {
  await using volume = await openVolume(20_000_000);
  if (volume === undefined) return;
  await using recorder = openTarget(volume.folder, { reserveBytes: 9_000_000 });
  await recorder.on();
  await recorder.run(2);
  await writeFile(join(volume.folder, 'filler'), Buffer.alloc(12_000_000));
  await recorder.run(3);
  const state = recorder.target.state();
  assert.equal([state.phase, state.failure], ['failed', 'full']);
  assert.ok((state.freeBytes ?? 0) > 5_000_000, String(state.freeBytes));
  const [movie = ''] = await moviesIn(volume.folder);
  const { end } = (await journalIn(volume.folder, movie)) ?? {};
  assert.equal([end?.isComplete, end?.reason], [false, 'full']);
});

test('by the policy `oldest-first` the oldest recordings are deleted, never the running one', async () => {
  await using volume = await openVolume(48_000_000);
  if (volume === undefined) return;
  await using first = openTarget(volume.folder);
  await first.on();
  await first.run(4);
  await first.off();
  await first.on();
  await first.run(4);
  await first.off();
  const [oldest, newer] = await moviesIn(volume.folder);
  await using recorder = openTarget(volume.folder, {
    policy: 'oldest-first',
    reserveBytes: 39_800_000,
  });
  recorder.tapped.feed.run(60);
  await recorder.on();
  await recorder.run(4);
  const running = recorder.target.state().name;
  const left = await moviesIn(volume.folder);
  assert.not.ok(left.includes(oldest ?? ''), `${left} still has ${oldest}`);
  assert.not.ok(left.includes(newer ?? ''));
  assert.ok(running === undefined || left.includes(`${running}.mp4`));
  assert.ok(recorder.logged().includes('oldest recording deleted'));
});

test('a disk that turns read-only is reported, and recording goes on after its repair', async () => {
  await using volume = await openVolume(20_000_000);
  if (volume === undefined) return;
  await using recorder = openTarget(volume.folder);
  await recorder.on();
  await recorder.run(2);
  await recorder.off();
  await volume.remount('ro');
  await recorder.on();
  await recorder.run(3);
  const { phase, failure } = recorder.target.state();
  assert.equal([phase, failure], ['failed', 'read-only']);
  await volume.remount('rw');
  await recorder.run(12);
  assert.is(recorder.target.state().phase, 'recording');
  assert.is((await moviesIn(volume.folder)).length, 2);
});

test('a disk that breaks as the recording ends keeps no file open, so that it can be unmounted', async () => {
  await using volume = await openLoopVolume();
  if (volume === undefined) return;
  await using recorder = openTarget(volume.folder);
  await recorder.on();
  await recorder.run(2);
  assert.ok(openIn(volume.folder).length > 0, 'it records');
  await volume.breakDown();
  await recorder.off();
  assert.is(recorder.target.state().failuresTotal, 1);
  assert.equal(openIn(volume.folder), []);
});

test('an unplugged disk is noticed though writes to it succeed, and the system disk is not filled instead', async () => {
  await using volume = await openVolume(20_000_000);
  if (volume === undefined) return;
  await using recorder = openTarget(volume.folder, { isOwnVolume: true });
  await recorder.on();
  await recorder.run(3);
  assert.is(recorder.target.state().phase, 'recording');
  await volume.pull();
  await recorder.run(4);
  const { phase, failure } = recorder.target.state();
  assert.equal([phase, failure], ['failed', 'gone']);
  assert.equal(await readdir(volume.folder), []);
  await volume.mount();
  await recorder.run(14);
  assert.is(recorder.target.state().phase, 'recording');
  assert.is((await moviesIn(volume.folder)).length, 1);
});

test('a folder that was deleted is created again', async () => {
  await using place = await openFolder();
  await using recorder = openTarget(join(place.folder, 'deep', 'inside'));
  await recorder.on();
  await recorder.run(3);
  await rm(join(place.folder, 'deep'), { recursive: true });
  await recorder.run(6);
  assert.is(recorder.target.state().phase, 'recording');
  assert.is(recorder.target.state().failuresTotal, 1);
  assert.is((await moviesIn(join(place.folder, 'deep', 'inside'))).length, 1);
});

test('what a crash left open is repaired before the next recording', async () => {
  await using place = await openFolder();
  await using crashed = openTarget(place.folder);
  await crashed.on();
  await crashed.run(3);
  await using next = openTarget(place.folder);
  next.tapped.feed.run(5);
  await next.target.tick();
  assert.equal(next.logged(), ['recording repaired']);
  const [movie = ''] = await moviesIn(place.folder);
  assert.is((await journalIn(place.folder, movie))?.end?.reason, 'cut off');
});

/** No file of this process may be longer; as on a file system with such a limit, it gets EFBIG. */
function limitFileSize(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
}

test('a file as long as its disk takes is a split: no fault, and those that follow end before', async () => {
  await using place = await openFolder();
  await using recorder = openTarget(place.folder);
  const ignored = () => undefined;
  process.on('SIGXFSZ', ignored);
  try {
    await recorder.on();
    await recorder.run(1);
    limitFileSize(600_000);
    await recorder.run(60);
    const { phase, failuresTotal } = recorder.target.state();
    assert.equal([phase, failuresTotal], ['recording', 0]);
  } finally {
    limitFileSize('unlimited');
    process.off('SIGXFSZ', ignored);
  }
  await recorder.off();
  const movies = await moviesIn(place.folder);
  assert.ok(movies.length > 2, movies.join());
  const ends = await Promise.all(movies.map((movie) => journalIn(place.folder, movie)));
  const [first, ...others] = ends.map((journal) => journal?.end);
  assert.equal([first?.reason, first?.isComplete], ['size', false]);
  // The second one lacks what was lost before it; the others lose nothing.
  assert.ok(others.slice(1).every((end) => end?.isComplete === true));
  assert.is(recorder.logged().filter((text) => text.includes('as its disk takes')).length, 1);
});

test.run();
