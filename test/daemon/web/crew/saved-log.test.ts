/** The end of the log on the disk: what the support file has of runs that have ended. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { savingLog } from '../../../../daemon/web/crew/saved-log.ts';
import { LogTail, tailLog } from '../../../../daemon/web/log-tail.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { entryPoint } from '../../../../hal/os/process.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('log that is kept');

/** Says whether somebody waits for a time to come: what is written meanwhile takes none. */
class WatchedClock extends VirtualClock {
  asleep = 0;

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.asleep += 1;
    await super.sleep(ms, signal).finally(() => {
      this.asleep -= 1;
    });
  }
}

function openState() {
  const stateFolder = mkdtempSync(join(tmpdir(), 'venuebox-saved-log-'));
  const file = join(stateFolder, 'log-before.txt');
  return {
    stateFolder,
    file,
    /** A run of a box; `work` ends it. */
    run: (work: (log: typeof silentLog, clock: VirtualClock) => Promise<void>) => {
      const clock = new WatchedClock();
      const logTail = new LogTail();
      const log = tailLog(silentLog, logTail, 'info', () => clock.wallMs());
      const done = savingLog({ logTail, stateFolder, clock, log }, () => work(log, clock));
      return { clock, logTail, log, done };
    },
    [Symbol.dispose]: () => rmSync(stateFolder, { recursive: true, force: true }),
  };
}

const LOOK_MS = 10_000;

const crash = async () => {
  throw new Error('no buffer at srt://a:secretword@relay');
};

test('an error that nobody has caught is in it, though nothing had warned before', () => {
  using state = openState();
  const [kept, tail, clock] = ['web/crew/saved-log', 'web/log-tail', '../hal/os/clock'].map(
    (name) => entryPoint(import.meta.url, `../../../../daemon/${name}`),
  );
  const program = `
    const { savingLog } = await import('${kept}');
    const { LogTail } = await import('${tail}');
    const { systemClock: clock } = await import('${clock}');
    const log = { info() {}, warn() {}, error() {}, debug() {} };
    const deps = { logTail: new LogTail(), stateFolder: ${JSON.stringify(state.stateFolder)}, clock, log };
    await savingLog(deps, () => new Promise(() => setTimeout(() => {
      throw new Error('srt://a:secretword@relay is nobody');
    })));
  `;
  const args = [...process.execArgv, '--input-type=module', '-e', program];
  assert.throws(() => execFileSync(process.execPath, args, { stdio: 'ignore' }));
  const text = readFileSync(state.file, 'utf8');
  assert.match(text, 'ended by an error');
  assert.match(text, 'is nobody');
  assert.not.match(text, 'secretword');
  assert.is(statSync(state.file).mode & 0o777, 0o600);
});

test('a run after a crash has the log of the one before, and why it ended; without secrets, for its user alone', async () => {
  using state = openState();
  const { done } = state.run(async (log) => {
    log.info('drop live', { passphrase: 'x', url: 'srt://b:otherword@relay' });
    await crash();
  });
  const error = await done.catch((reason: unknown) => reason);
  assert.match(String(error), 'no buffer', 'it ends as it would without');
  assert.is(statSync(state.file).mode & 0o777, 0o600);
  const next = state.run(async () => undefined);
  const { before } = next.logTail;
  await next.done;
  for (const wanted of ['2026-05-01T00:00:00.000Z info drop live', 'ended by an error', 'buffer']) {
    assert.match(before, wanted);
  }
  for (const secret of ['secretword', 'otherword']) assert.not.match(before, secret);
});

test('crashes in a row do not push out the evening, and the file stays small', async () => {
  using state = openState();
  await state.run(async (log) => {
    for (let i = 0; i < 3_000; i += 1) log.info('evening', { i, 'of the drop': 'é'.repeat(20) });
  }).done;
  for (let i = 0; i < 5; i += 1) await state.run(crash).done.catch(() => undefined);
  const text = readFileSync(state.file, 'utf8');
  assert.ok(Buffer.byteLength(text) <= 64 * 1024);
  assert.match(text, 'i=2999');
  assert.is(text.split('ended by an error').length - 1, 5);
  for (const line of text.trimEnd().split('\n')) assert.match(line, /^2026-05-01T/);
});

test('a box that is well writes nothing while it runs; a warning is on the disk within a minute', async () => {
  using state = openState();
  const ending = new AbortController();
  const { clock, log, done } = state.run(
    () => new Promise((resolve) => ending.signal.addEventListener('abort', () => resolve())),
  );
  const kept = () => readFileSync(state.file, 'utf8');
  const saves = async () => {
    await clock.advance(LOOK_MS);
    while (clock.asleep === 0) await sleep(5);
  };
  log.info('drop live');
  await clock.advance(3_600_000);
  assert.not(existsSync(state.file));
  log.warn('link silent', { link: 'wwan0' });
  await saves();
  assert.match(kept(), 'link=wwan0');
  log.warn('link silent', { link: 'wwan1' });
  await clock.advance(60_000 - LOOK_MS);
  assert.not.match(kept(), 'wwan1', 'once a minute at most');
  await saves();
  assert.match(kept(), 'link=wwan1');
  log.warn('link silent', { link: 'wwan2' });
  ending.abort();
  await done;
  assert.match(kept(), 'wwan2', 'and at its end');
});

test('a disk that takes nothing, or hangs, keeps no box from its end', async () => {
  using state = openState();
  rmSync(state.stateFolder, { recursive: true });
  writeFileSync(state.stateFolder, '');
  assert.match(String(await state.run(crash).done.catch((error: unknown) => error)), 'no buffer');

  using hanging = openState();
  const fifo = `${hanging.file}.new`;
  execFileSync('mkfifo', [fifo]);
  const { clock, done } = hanging.run(async () => undefined);
  const isOver = done.then(() => true);
  while (!(await Promise.race([isOver, sleep(5, false)]))) await clock.advance(1_000);
  // The write that hangs ends, or the one that has not come so far yet.
  const reader = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  while (existsSync(fifo)) await sleep(5);
  closeSync(reader);
});

test.run();
