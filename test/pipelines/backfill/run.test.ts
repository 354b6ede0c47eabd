/** Back-fill from real recordings into a real store: what arrives is what was recorded. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { SendPath } from '../../../pipelines/backfill/messages.ts';
import { Backfill } from '../../../pipelines/backfill/run.ts';
import { runStore } from '../../../pipelines/store/server.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { EPOCH_MS, startRecording } from './support/recorded.ts';

const test = suite('back-fill');

const LIMIT_MS = 90_000;
const TOKEN = 'correct horse battery';

async function openEnds() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-backfill-'));
  const port = await freePort();
  const settings = (name: string, token = TOKEN) => ({
    ...{ url: `http://127.0.0.1:${port}`, token, box: 'corner' },
    ...{ folders: [join(folder, name)], stateFile: join(folder, 'backfill.json') },
    margins: { beforeMs: 5_000, afterMs: 3_000 },
  });
  return {
    folder,
    port,
    store: (quotaBytes = 1e9) => {
      const listen = { host: '127.0.0.1', port };
      const options = { listen, folder: join(folder, 'far'), quotaBytes, token: TOKEN };
      return started((signal) => runStore(options, { log: silentLog }, signal));
    },
    /** The back-fill process's work, in this one. */
    backfill: async (name = 'near', token?: string) => {
      const backfill = new Backfill(settings(name, token), {
        clock: systemClock,
        log: silentLog,
      });
      return Object.assign(
        started((signal) => backfill.run(signal)),
        {
          figures: () => backfill.figures(),
          carried: () => backfill.takeCarried(),
          observe: (s: number, isDark: boolean, sendPath: SendPath, isLive = true) =>
            backfill.observe({
              type: 'observed',
              observation: { nowMs: EPOCH_MS + s * 1000, isLive, isDark },
              sendPath,
            }),
        },
      );
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function started(run: (signal: AbortSignal) => Promise<void>) {
  const stop = new AbortController();
  const running = run(stop.signal);
  return {
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

const FAST: SendPath = { bps: 80_000_000 };

/** What the far end has of a recording: its header, and all that lies at an offset. */
function farBytes(folder: string, name: string) {
  const path = join(folder, 'far/corner', name);
  const media = readdirSync(path).filter((file) => file.endsWith('.m4s'));
  return {
    header: readFileSync(join(path, 'init.mp4')),
    at: Number(media[0]?.replace('.m4s', '')),
    media: Buffer.concat(media.map((file) => readFileSync(join(path, file)))),
    playlists: readdirSync(path).filter((file) => file.endsWith('.m3u8')),
  };
}

function assertEqual(folder: string, name: string): void {
  const near = readFileSync(join(folder, 'near', `${name}.mp4`));
  const { header, at, media, playlists } = farBytes(folder, name);
  assert.ok(header.equals(near.subarray(0, header.length)));
  assert.ok(at > 0 && media.length > 10_000);
  assert.ok(media.equals(near.subarray(at, at + media.length)), 'byte for byte');
  assert.is(playlists.length, 1);
}

async function recordedNear(folder: string, seconds: number) {
  const near = join(folder, 'near');
  mkdirSync(near);
  const recording = await startRecording(near);
  await recording.record(seconds);
  return recording;
}

test('after the links were gone the far end has what was recorded meanwhile, byte for byte', async () => {
  using ends = await openEnds();
  const recording = await recordedNear(ends.folder, 30);
  const store = ends.store();
  const backfill = await ends.backfill();
  backfill.observe(10, false, FAST);
  backfill.observe(11, true, { bps: 0 });
  backfill.observe(30, false, { bps: 0 });
  assert.is(backfill.figures().gaps, 1);
  await recording.record(10);
  backfill.observe(31, false, FAST);
  await until(() => backfill.figures().filledTotal === 1, LIMIT_MS);
  assertEqual(ends.folder, recording.name);
  assert.is(backfill.figures().gaps, 0);
  assert.is(backfill.figures().phase, 'idle');
  assert.equal([...backfill.carried()], [], 'it went over no link with a budget');
  await backfill.end();
  await recording.end();
  await store.end();
});

test('a far end that is away or full is tried again; a restart goes on where it was', async () => {
  using ends = await openEnds();
  const recording = await recordedNear(ends.folder, 60);
  const first = await ends.backfill();
  first.observe(10, true, FAST);
  first.observe(45, false, FAST);
  await until(() => first.figures().phase === 'failed', LIMIT_MS);
  // Room for a few files only.
  const small = ends.store(60_000);
  await until(
    () => /full/.test(first.figures().reason ?? ''),
    LIMIT_MS,
    () => JSON.stringify(first.figures()),
  );
  await first.end();
  await small.end();
  const arrived = first.figures().sentBytesTotal;
  assert.ok(arrived > 0);
  const large = ends.store();
  const second = await ends.backfill();
  assert.is(second.figures().gaps, 1, 'it is kept');
  second.observe(50, false, { ...FAST, link: 'wwan0', localAddress: '127.0.0.2' });
  await until(() => second.figures().filledTotal === 1, LIMIT_MS);
  assertEqual(ends.folder, recording.name);
  const { media, header } = farBytes(ends.folder, recording.name);
  const total = media.length + header.length;
  assert.ok(second.figures().sentBytesTotal < total, 'what had arrived is not sent again');
  const carried = [...second.carried()];
  assert.is(carried[0]?.[0], 'wwan0');
  assert.ok((carried[0]?.[1] ?? 0) > second.figures().sentBytesTotal, 'with headers');
  await second.end();
  await recording.end();
  await large.end();
});

test('without room nothing goes out, and a wrong token is named', async () => {
  using ends = await openEnds();
  const recording = await recordedNear(ends.folder, 40);
  await recording.end();
  const store = ends.store();
  const backfill = await ends.backfill('near', 'another token');
  backfill.observe(10, true, { bps: 0 });
  backfill.observe(30, false, { bps: 0 });
  await systemClock.sleep(2_500);
  assert.is(backfill.figures().phase, 'waiting');
  assert.is(backfill.figures().sentBytesTotal, 0);
  backfill.observe(31, false, FAST);
  await until(() => /the token is wrong/.test(backfill.figures().reason ?? ''), LIMIT_MS);
  assert.not.match(backfill.figures().reason ?? '', 'another token');
  await backfill.end();
  await store.end();
});

test('a gap whose recording is cut short is given up, and the next one is sent', async () => {
  using ends = await openEnds();
  const cut = await recordedNear(ends.folder, 20);
  await cut.end();
  const next = await startRecording(join(ends.folder, 'near'), 100);
  await next.record(60);
  truncateSync(join(ends.folder, 'near', `${cut.name}.mp4`), 2_000);
  const store = ends.store();
  const backfill = await ends.backfill();
  backfill.observe(10, true, FAST);
  backfill.observe(12, false, FAST);
  backfill.observe(119, false, FAST);
  backfill.observe(120, true, FAST);
  backfill.observe(130, false, FAST);
  assert.is(backfill.figures().gaps, 2);
  await until(
    () => backfill.figures().filledTotal === 1,
    LIMIT_MS,
    () => JSON.stringify(backfill.figures()),
  );
  assert.is(backfill.figures().lostTotal, 1);
  assert.is(backfill.figures().gaps, 0);
  assertEqual(ends.folder, next.name);
  await backfill.end();
  await next.end();
  await store.end();
});

test('a gap that the far end will never take is given up', async () => {
  using ends = await openEnds();
  const recording = await recordedNear(ends.folder, 40);
  let asked = 0;
  const far = createServer((request, response) => {
    asked += 1;
    request.resume();
    request.once('end', () => response.writeHead(413).end());
  });
  await once(far.listen(ends.port, '127.0.0.1'), 'listening');
  const backfill = await ends.backfill();
  backfill.observe(10, true, FAST);
  backfill.observe(30, false, FAST);
  await until(() => backfill.figures().lostTotal === 1, LIMIT_MS);
  assert.ok(asked > 1, 'not at the first refusal');
  assert.is(backfill.figures().gaps, 0);
  assert.is(backfill.figures().filledTotal, 0);
  await backfill.end();
  await recording.end();
  far.close();
});

test.run();
