/** Tests of commands against the drop's phases. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome, Verb } from '../../../daemon/model/commands.ts';
import { openSwitch } from '../../../hal/os/switch.ts';
import { figures } from '../../support/snapshot.ts';
import { never, startMachine } from './support/box-with-drop.ts';

const test = suite('commands');

test('a drop by commands: arm, go live, mark, end, shut down', async () => {
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

test('each check is reported while it runs, and a fault names what failed', async () => {
  await using box = await startMachine();
  box.set({ media: figures({ isFlowing: false }) });
  const outcome = await box.run('arm');
  assert.is(outcome.status, 'failed');
  assert.match(outcome.detail, 'camera: no frames');
  assert.ok(box.progress.some((line) => line.startsWith('camera: fail')));
  assert.ok(box.progress.some((line) => line.startsWith('clock: pass')));
  assert.is(box.did.at(-1), 'no capture');
});

test('a preflight from idle reports all checks and ends in idle; on air it changes nothing', async () => {
  await using box = await startMachine();
  const outcome = await box.run('preflight');
  assert.is(outcome.status === 'done' && outcome.detail, '7 passed, 0 warnings, 0 failed');
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

test('a caller that stops waiting for a command gets the reason, and the box goes on', async () => {
  await using box = await startMachine();
  const stop = new AbortController();
  const waiting = box.start('arm', stop.signal).catch((error: unknown) => error);
  await box.clock.advance(500);
  stop.abort(new Error('gone'));
  assert.match(String(await waiting), 'gone');
  await box.clock.advance(5_000);
  assert.is(box.drop.state().phase, 'armed');
});

test('recordings that do not close delay neither the end nor the shutdown for long', async () => {
  await using box = await startMachine({
    start: 'live',
    effects: { endDrop: () => new Promise(() => undefined) },
  });
  await box.clock.advance(1_000);
  const stop = new AbortController();
  const asked = box.start('shut-down', stop.signal).catch(() => undefined);
  await box.clock.advance(20_000);
  await box.idle();
  assert.is(box.drop.state().phase, 'idle');
  assert.ok(box.did.includes('power off'));
  stop.abort();
  await asked;
});

test('a machine that cannot be shut down is a fault until the box is used again', async () => {
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
    const reported = () =>
      box.events.filter(({ type }) => type === 'machine.power-off-failed').length;
    assert.is(reported(), 1);
    await box.drop.apply({ kind: 'power', phase: 'shut-down' }).performed;
    assert.is(reported(), 1, 'the same fault is reported once');
    await box.run('arm');
    assert.is(box.drop.faults().notPoweredOff, undefined);
  }
});

test('mains that come back clear a failed shutdown', async () => {
  const powerOff = () => Promise.reject(new Error('not permitted'));
  await using box = await startMachine({ effects: { powerOff } });
  await box.drop.apply({ kind: 'power', phase: 'shut-down' }).performed;
  assert.is(box.drop.faults().notPoweredOff, 'not permitted');
  box.drop.apply({ kind: 'power', phase: 'normal' });
  assert.is(box.drop.faults().notPoweredOff, undefined);
});

test('a shutdown on air is done when the power-off was requested, not before', async () => {
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
  await box.idle();
  await box.clock.advance(1_000);
  await box.idle();
  assert.equal(outcome, { status: 'done', detail: 'the machine shuts down' });
  assert.is(box.did.at(-1), 'power off');
});

test('capture runs while it is wanted, and the last request counts', async () => {
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
