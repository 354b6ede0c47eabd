import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCommander } from '../../../daemon/drop/commander.ts';
import { type DropEffects, openDrop } from '../../../daemon/drop/machine.ts';
import type { BoxEvent, Command, Outcome, Verb } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openSwitch } from '../../../hal/os/switch.ts';
import { until } from '../../support/box.ts';
import { figures, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('commands');
const never = new AbortController().signal;

interface Options {
  readonly folder?: string;
  readonly start?: 'idle' | 'live';
  readonly effects?: Partial<DropEffects>;
  readonly first?: Partial<BoxSnapshot>;
  /** How far its clock is ahead of the virtual one. */
  readonly aheadMs?: () => number;
}

/** A machine over a box whose camera comes with capture. */
async function startMachine({
  folder,
  start = 'idle',
  effects = {},
  first = {},
  aheadMs = () => 0,
}: Options = {}) {
  const clock = new VirtualClock();
  const stateFile = join(folder ?? (await mkdtemp(join(tmpdir(), 'venuebox-drop-'))), 'drop.json');
  const did: string[] = [];
  const events: BoxEvent[] = [];
  let isCapturing = false;
  let change: Partial<BoxSnapshot> = first;
  const snapshot = (): BoxSnapshot => ({
    ...WELL,
    media: figures({ isFlowing: isCapturing }),
    ...change,
    drop: drop.state(),
  });
  const drop = await openDrop({
    stateFile,
    start,
    resumeWithinS: 1800,
    clock: {
      wallMs: () => clock.wallMs() + aheadMs(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    },
    log: silentLog,
    snapshot: () => snapshot(),
    onEvent: (event) => events.push(event),
    effects: {
      setCapturing: (isWanted) => {
        isCapturing = isWanted;
        did.push(isWanted ? 'capture' : 'no capture');
      },
      beginDrop: async (dropId, isResumed) => {
        did.push(isResumed ? `resume ${dropId}` : 'begin');
      },
      endDrop: async () => {
        did.push('end');
      },
      mark: async ({ label }) => {
        did.push(`mark ${label ?? ''}`.trim());
        return { clip: 'clip.mp4' };
      },
      powerOff: async () => {
        did.push('power off');
      },
      ...effects,
    },
  });
  const printed: unknown[] = [];
  const commander = openCommander({
    drop,
    snapshot,
    print: async (args, isDryRun) => {
      printed.push([args, isDryRun]);
      return { status: 'done', detail: 'printed' };
    },
  });
  const stop = new AbortController();
  const running = drop.run(stop.signal);
  const command = (verb: Verb, more: Partial<Command> = {}): Command => ({
    verb,
    args: {},
    by: 'cli',
    ...more,
  });
  return {
    clock,
    drop,
    did,
    events,
    stateFile,
    printed,
    progress: [] as string[],
    set: (next: Partial<BoxSnapshot>) => {
      change = next;
    },
    /** Runs a command while time passes until it is done. */
    async run(verb: Verb, more: Partial<Command> = {}): Promise<Outcome> {
      let outcome: Outcome | undefined;
      const tell = ({ detail }: { detail: string }) => this.progress.push(detail);
      void commander.run(command(verb, more), tell, never).then((it) => {
        outcome = it;
      });
      for (let i = 0; i < 100 && outcome === undefined; i += 1) {
        await clock.advance(500);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (outcome === undefined) throw new Error(`${verb} did not come to an end`);
      return outcome;
    },
    start: (verb: Verb, signal: AbortSignal) =>
      commander.run(command(verb), () => undefined, signal),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

test('an evening by commands: arm, go live, mark, end, shut down', async () => {
  await using box = await startMachine();
  assert.is((await box.run('arm')).status, 'done');
  assert.is(box.drop.state().phase, 'armed');
  assert.is((await box.run('go-live')).status, 'done');
  assert.equal(await box.run('mark', { args: { label: 'encore' } }), {
    status: 'done',
    detail: 'marked',
    result: { clip: 'clip.mp4' },
  });
  assert.is((await box.run('end')).status, 'done');
  assert.is(box.drop.state().phase, 'idle');
  assert.is((await box.run('shut-down')).status, 'done');
  assert.equal(box.did, [
    'capture',
    'begin',
    'mark encore',
    'end',
    'no capture',
    'no capture',
    'power off',
  ]);
  assert.equal(
    box.events.map(({ type }) => type),
    ['drop.armed', 'drop.live', 'drop.first-frame', 'drop.marked', 'drop.ended'],
  );
});

test('each check is told while it runs, and a fault names what failed', async () => {
  await using box = await startMachine();
  box.set({ media: figures({ isFlowing: false }) });
  const outcome = await box.run('arm');
  assert.is(outcome.status, 'failed');
  assert.match(outcome.detail, 'camera: no frames');
  assert.ok(box.progress.some((line) => line.startsWith('camera: fail')));
  assert.ok(box.progress.some((line) => line.startsWith('clock: pass')));
  assert.is(box.did.at(-1), 'no capture');
});

test('a preflight from idle tells all checks and ends in idle; on air it changes nothing', async () => {
  await using box = await startMachine();
  const outcome = await box.run('preflight');
  assert.is(outcome.status === 'done' && outcome.detail, '7 passed, 0 to know, 0 failed');
  assert.is(box.drop.state().phase, 'idle');
  await box.run('go-live', { args: { force: true } });
  const before = box.did.length;
  const live = await box.run('preflight');
  assert.is(live.status, 'done');
  assert.is(box.drop.state().phase, 'live');
  assert.is(box.did.length, before);
});

test('a dry run says what would happen and does nothing', async () => {
  await using box = await startMachine();
  const arm = await box.run('arm', { isDryRun: true });
  assert.equal(arm, { status: 'done', detail: 'would go from idle to preflight' });
  const live = await box.run('go-live', { isDryRun: true, args: { force: true } });
  assert.equal(live, { status: 'done', detail: 'would go from idle to live, begin a drop' });
  const end = await box.run('end', { isDryRun: true });
  assert.is(end.status, 'rejected');
  assert.equal(box.did, []);
  await box.run('print', { isDryRun: true, args: { document: 'card' } });
  assert.equal(box.printed, [[{ document: 'card' }, true]]);
});

test('a command that expects another phase is rejected and does nothing', async () => {
  await using box = await startMachine();
  const outcome = await box.run('go-live', { expect: 'armed' });
  assert.equal(outcome, {
    status: 'rejected',
    code: 'WRONG_PHASE',
    detail: 'it is idle, not armed',
  });
  assert.equal(box.did, []);
});

test('arguments that a verb does not take are named', async () => {
  await using box = await startMachine();
  const cases: readonly (readonly [Verb, Record<string, unknown>, string])[] = [
    ['arm', { now: true }, 'arm takes no now'],
    ['mark', { label: 'x'.repeat(81) }, 'label: must be 80 characters at most'],
    ['go-live', { force: 'yes' }, 'force: must be true or false'],
    ['print', {}, 'document'],
  ];
  for (const [verb, args, detail] of cases) {
    const outcome = await box.run(verb, { args });
    assert.is(outcome.status === 'rejected' && outcome.code, 'BAD_ARGUMENTS');
    assert.match(outcome.detail, detail);
  }
});

test('while the checks run another arming is busy, and disarming ends them', async () => {
  await using box = await startMachine();
  box.set({ media: figures({ isFlowing: false }) });
  const first = box.start('arm', never);
  await box.clock.advance(1_000);
  const second = await box.run('arm');
  assert.is(second.status === 'rejected' && second.code, 'BUSY');
  await box.run('disarm');
  const outcome = await first;
  assert.is(outcome.status === 'failed' && outcome.code, 'OVERTAKEN');
});

test('whoever stops waiting for a command gets the reason, and the box goes on', async () => {
  await using box = await startMachine();
  const stop = new AbortController();
  const waiting = box.start('arm', stop.signal).catch((error: unknown) => error);
  await box.clock.advance(500);
  stop.abort(new Error('gone'));
  assert.match(String(await waiting), 'gone');
  await box.clock.advance(5_000);
  assert.is(box.drop.state().phase, 'armed');
});

test('recordings that do not close hold neither the end nor the power up for long', async () => {
  await using box = await startMachine({
    start: 'live',
    effects: { endDrop: () => new Promise(() => undefined) },
  });
  await box.clock.advance(1_000);
  const stop = new AbortController();
  const asked = box.start('shut-down', stop.signal).catch(() => undefined);
  await box.clock.advance(20_000);
  assert.is(box.drop.state().phase, 'idle');
  assert.ok(box.did.includes('power off'));
  stop.abort();
  await asked;
});

test('a machine that cannot be shut down is told of, until the box is used again', async () => {
  const powerOff = () => Promise.reject(new Error('not permitted'));
  for (const force of [false, true]) {
    await using box = await startMachine({ effects: { powerOff } });
    // From on air the drop is ended before.
    if (force) await box.run('go-live', { args: { force } });
    const outcome = await box.run('shut-down');
    assert.is(outcome.status, 'failed');
    assert.match(outcome.detail, 'not permitted');
    assert.is(box.drop.state().phase, 'idle');
    assert.is(box.drop.faults().notPoweredOff, 'not permitted');
    const told = () => box.events.filter(({ type }) => type === 'machine.power-off-failed').length;
    assert.is(told(), 1);
    await box.drop.apply({ kind: 'power', phase: 'shut-down' }).performed;
    assert.is(told(), 1, 'the same again is no news');
    await box.run('arm');
    assert.is(box.drop.faults().notPoweredOff, undefined);
  }
});

test('the mains that come back make a shut-down that failed a thing of the past', async () => {
  const powerOff = () => Promise.reject(new Error('not permitted'));
  await using box = await startMachine({ effects: { powerOff } });
  await box.drop.apply({ kind: 'power', phase: 'shut-down' }).performed;
  assert.is(box.drop.faults().notPoweredOff, 'not permitted');
  box.drop.apply({ kind: 'power', phase: 'normal' });
  assert.is(box.drop.faults().notPoweredOff, undefined);
});

test('a shut-down on air is done when the machine is told to end, not before', async () => {
  let close = (): void => undefined;
  const endDrop = () =>
    new Promise<void>((resolve) => {
      close = resolve;
    });
  await using box = await startMachine({ effects: { endDrop } });
  await box.run('go-live', { args: { force: true } });
  let outcome: Outcome | undefined;
  void box.start('shut-down', never).then((it) => {
    outcome = it;
  });
  await box.clock.advance(5_000);
  assert.is(outcome, undefined, 'the recordings are still open');
  close();
  await box.clock.advance(1_000);
  assert.equal(outcome, { status: 'done', detail: 'the machine shuts down' });
  assert.is(box.did.at(-1), 'power off');
});

test('only the drop that the box was started for is its first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  {
    await using box = await startMachine({ folder, start: 'live' });
    assert.ok(box.drop.isFirst());
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 10_000);
  }
  await using again = await startMachine({ folder, start: 'live' });
  assert.is(again.drop.state().phase, 'live');
  assert.not.ok(again.drop.isFirst(), 'it goes on');
  await using idle = await startMachine();
  await idle.run('go-live', { args: { force: true } });
  assert.not.ok(idle.drop.isFirst());
});

test('what was live when the power failed goes on when the box is back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  let dropId: string | undefined;
  {
    await using box = await startMachine({ folder });
    await box.run('go-live', { args: { force: true } });
    dropId = box.drop.state().dropId;
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 10_000);
    // The power goes: nobody says goodbye.
  }
  {
    await using again = await startMachine({ folder });
    await again.clock.advance(500);
    assert.is(again.drop.state().phase, 'live');
    assert.equal(again.did, ['capture', `resume ${dropId}`]);
    await again.run('end');
    await until(
      async () => (await readFile(again.stateFile, 'utf8')).includes('"live":null'),
      10_000,
    );
  }
  await using last = await startMachine({ folder });
  assert.is(last.drop.state().phase, 'idle');
  assert.is(last.drop.state().dropId, dropId);
});

const AWAY_MS = 10 * 3_600_000;
const watchedBy = (viewers: number): Partial<BoxSnapshot> => ({
  media: figures({ viewers: { ...figures().viewers, viewers } }),
});
const clockIs = (phase: 'free' | 'synchronised'): Partial<BoxSnapshot> => ({
  ...watchedBy(0),
  system: { ...WELL.system, clock: { phase, maxErrorMs: 1 } } as BoxSnapshot['system'],
});

/** A box that goes live, and one ten hours later on a machine whose clock stood still meanwhile. */
async function resumeNextMorning(before: 'free' | 'synchronised') {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  {
    await using box = await startMachine({ folder, first: clockIs(before) });
    await box.run('go-live', { args: { force: true } });
    await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 10_000);
  }
  let aheadMs = 0;
  const box = await startMachine({ folder, first: clockIs('free'), aheadMs: () => aheadMs });
  await box.clock.advance(5_000);
  assert.is(box.drop.state().phase, 'live', 'nobody knows yet how late it is');
  return {
    box,
    setClock: async (more: Partial<BoxSnapshot> = {}) => {
      aheadMs = AWAY_MS;
      box.set({ ...clockIs('synchronised'), ...more });
      await box.clock.advance(5_000);
    },
  };
}

test('a drop that goes on by a clock that stood still ends when somebody sets the clock', async () => {
  const { box, setClock } = await resumeNextMorning('synchronised');
  await using _box = box;
  await setClock();
  assert.is(box.drop.state().phase, 'idle');
  const told = box.events.find(({ type }) => type === 'drop.resumed-too-late');
  assert.is(told?.severity, 'warning');
});

test('one that a person works, or that somebody watches, is not ended', async () => {
  const worked = await resumeNextMorning('synchronised');
  await using _worked = worked.box;
  await worked.box.run('mark');
  await worked.setClock();
  assert.is(worked.box.drop.state().phase, 'live');

  const watched = await resumeNextMorning('synchronised');
  await using _watched = watched.box;
  await watched.setClock(watchedBy(3));
  assert.is(watched.box.drop.state().phase, 'live');
});

test('a second power failure before the clock is set does not make it a recent one', async () => {
  const first = await resumeNextMorning('synchronised');
  await first.box.clock.advance(120_000);
  await first.box[Symbol.asyncDispose]();
  const folder = dirname(first.box.stateFile);
  let aheadMs = 0;
  await using again = await startMachine({
    folder,
    first: clockIs('free'),
    aheadMs: () => aheadMs,
  });
  await again.clock.advance(120_000);
  assert.is(again.drop.state().phase, 'live');
  aheadMs = AWAY_MS;
  again.set(clockIs('synchronised'));
  await again.clock.advance(5_000);
  assert.is(again.drop.state().phase, 'idle');
});

test('one that was cut off before anybody had set the clock goes on: nobody knows when that was', async () => {
  const { box, setClock } = await resumeNextMorning('free');
  await using _box = box;
  await setClock();
  assert.is(box.drop.state().phase, 'live');
});

test('a drop that a person began meanwhile is not ended for the one before', async () => {
  const { box, setClock } = await resumeNextMorning('synchronised');
  await using _box = box;
  await box.run('end');
  await box.run('go-live', { args: { force: true } });
  await setClock();
  assert.is(box.drop.state().phase, 'live');
});

test('a kept file of garbage is a new box', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drop-'));
  await writeFile(join(folder, 'drop.json'), '{"v":1,"live":{"dropId":');
  await using box = await startMachine({ folder });
  assert.is(box.drop.state().phase, 'idle');
});

test('capture runs while it is wanted, and the last word counts', async () => {
  const log: string[] = [];
  const task = async (signal: AbortSignal) => {
    log.push('on');
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    log.push('off');
  };
  const stop = new AbortController();
  const capture = openSwitch(task);
  const running = capture.run(stop.signal);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await settle();
  assert.equal(log, []);
  capture.set(true);
  await settle();
  capture.set(false);
  capture.set(true);
  await settle();
  assert.is(log.at(-1), 'on');
  assert.is(capture.isWanted, true);
  capture.set(false);
  await settle();
  assert.is(log.at(-1), 'off');
  stop.abort();
  await running;
});

test.run();
