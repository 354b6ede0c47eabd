/** Back-fill to an rsync server: a real one, where rsync is on this machine. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { SendPath } from '../../../pipelines/backfill/messages.ts';
import { HeldUp, Pace } from '../../../pipelines/backfill/pace.ts';
import { argsOf, meaningOf, rsyncFile } from '../../../pipelines/backfill/rsync.ts';
import { Backfill } from '../../../pipelines/backfill/run.ts';
import { until } from '../../support/box.ts';
import { EPOCH_MS, startRecording } from './support/recorded.ts';
import { hasRsync, openRsyncServer } from './support/rsync-server.ts';

const test = suite('back-fill by rsync');

const LIMIT_MS = 90_000;
const TOKEN = 'correct horse battery';
const FAST: SendPath = { bps: 80_000_000 };

async function openEnds() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-rsync-test-'));
  const server = await openRsyncServer(folder, TOKEN);
  return {
    folder,
    server,
    [Symbol.asyncDispose]: async () => {
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test('the argument list says how fast and from where, and ends in the source and the place', () => {
  const to = { url: 'rsync://box@10.0.0.1/gaps/', source: '/tmp/x/./corner/a/b.m4s' };
  const args = argsOf(to, { bps: 1_000_000, localAddress: '10.0.0.7' });
  assert.equal(args.slice(-3), ['--', to.source, 'rsync://box@10.0.0.1/gaps/']);
  assert.ok(args.includes('--bwlimit=122') && args.includes('--address=10.0.0.7'));
  assert.ok(argsOf(to, { bps: 1 }).includes('--bwlimit=1'), 'never without a limit');
  assert.not.ok(args.some((arg) => arg.includes(TOKEN)));
});

test('what rsync says is told in words of ours, never in those of the server', () => {
  const hostile = 'rsync: @ERROR: auth failed on module \u001b[31m<b>gaps</b>';
  assert.is(meaningOf(5, hostile), 'the user or the token is wrong (rsync exit code 5)');
  assert.is(
    meaningOf(5, '\u0007'),
    'the server does not have the module, or not for this user (rsync exit code 5)',
  );
  assert.is(meaningOf(99, 'x'), 'rsync failed (rsync exit code 99)');
});

if (!hasRsync()) console.log('SKIPPED 4: rsync is not on this machine');
else {
  test('a server that is away is tried again, then it has what was recorded, byte for byte', async () => {
    await using ends = await openEnds();
    await ends.server.end();
    const near = join(ends.folder, 'near');
    mkdirSync(near);
    const recording = await startRecording(near);
    await recording.record(40);
    await recording.end();
    const settings = {
      ...{ url: ends.server.url, token: TOKEN, box: 'corner', folders: [near] },
      ...{ stateFile: join(ends.folder, 'backfill.json') },
      margins: { beforeMs: 5_000, afterMs: 3_000 },
    };
    const backfill = new Backfill(settings, { clock: systemClock, log: silentLog });
    const stop = new AbortController();
    const running = backfill.run(stop.signal);
    const observe = (s: number, isDark: boolean) =>
      backfill.observe({
        type: 'observed',
        observation: { nowMs: EPOCH_MS + s * 1_000, isLive: true, isDark },
        sendPath: { ...FAST, link: 'lte' },
      });
    observe(10, true);
    observe(25, false);
    const figures = () => JSON.stringify(backfill.figures());
    await until(() => backfill.figures().phase === 'failed', LIMIT_MS, figures);
    assert.match(backfill.figures().reason ?? '', 'no connection to the server');
    await ends.server.start();
    await until(() => backfill.figures().filledTotal === 1, LIMIT_MS, figures);
    stop.abort();
    await running;
    const movie = readFileSync(join(near, `${recording.name}.mp4`));
    const far = join(ends.server.folder, 'corner', recording.name);
    const files = readdirSync(far);
    assert.ok(files.length > 4, files.join());
    for (const file of files) {
      if (file.endsWith('.m3u8')) continue;
      const bytes = readFileSync(join(far, file));
      const at = file === 'init.mp4' ? 0 : Number(file.replace('.m4s', ''));
      assert.ok(bytes.length > 0 && bytes.equals(movie.subarray(at, at + bytes.length)), file);
    }
    assert.is(files.filter((file) => file.endsWith('.m3u8')).length, 1);
    const [carried = 0] = backfill.takeCarried().values();
    assert.ok(carried > backfill.figures().sentBytesTotal, 'with headers');
  });

  const send = async (url: string, token: string, bytes: Buffer, pace = openPace()) => {
    let carriedBytes = 0;
    const deps = {
      pace,
      onCarried: (_: SendPath, count: number) => {
        carriedBytes += count;
      },
    };
    const reason = await rsyncFile({ url, token }, 'corner/a/0.m4s', bytes, deps, untilNever).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    return { reason, carriedBytes };
  };

  test('a wrong token, user or module is named, and shows no secret', async () => {
    await using ends = await openEnds();
    const { url } = ends.server;
    const bytes = Buffer.alloc(1_000, 7);
    for (const [to, token] of [
      [url, 'another password'],
      [url.replace('box@', 'fox@'), TOKEN],
    ] as const) {
      const { reason } = await send(to, token, bytes);
      assert.match(reason?.message ?? '', 'the user or the token is wrong');
      assert.not.match(reason?.message ?? '', token);
    }
    const { reason } = await send(url.replace(/gaps$/, 'other'), TOKEN, bytes);
    assert.match(reason?.message ?? '', 'the module is unknown');
    assert.equal(readdirSync(ends.server.folder), []);
  });

  test('with more room it goes on faster, and what it had sent is not lost', async () => {
    await using ends = await openEnds();
    const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * i) % 251));
    const pace = openPace({ bps: 80_000 });
    const sending = send(ends.server.url, TOKEN, bytes, pace);
    await untilReceiving(ends.server.folder);
    // At 80 kbit/s it would take 40 s.
    pace.sendPath = FAST;
    const { reason, carriedBytes } = await sending;
    assert.is(reason, undefined);
    assert.ok(carriedBytes >= bytes.length);
    assert.ok(readFileSync(join(ends.server.folder, 'corner/a/0.m4s')).equals(bytes));
    assert.equal(readdirSync(join(ends.server.folder, 'corner/a')), ['0.m4s']);
  });

  test('it is ended where another link has room', async () => {
    await using ends = await openEnds();
    const pace = openPace({ bps: 8_000, localAddress: '127.0.0.1' });
    const sending = send(ends.server.url, TOKEN, Buffer.alloc(400_000, 1), pace);
    await untilReceiving(ends.server.folder);
    pace.sendPath = { bps: 8_000, localAddress: '127.0.0.9' };
    assert.instance((await sending).reason, HeldUp);
  });
}

/** The server has begun to write the file, under a name of its own. */
async function untilReceiving(stored: string): Promise<void> {
  const folder = join(stored, 'corner/a');
  await until(() => existsSync(folder) && readdirSync(folder).length > 0, LIMIT_MS);
}

const untilNever = new AbortController().signal;

function openPace(sendPath: SendPath = FAST): Pace {
  const pace = new Pace(systemClock);
  pace.sendPath = sendPath;
  return pace;
}

test.run();
