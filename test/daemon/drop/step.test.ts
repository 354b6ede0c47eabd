import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSavedDrop, savedDropOf, startDrop } from '../../../daemon/drop/saved-drop.ts';
import type { Drop, DropEvent, DropVerb, Effect, Step } from '../../../daemon/drop/state.ts';
import { dropIdAt, stateOf } from '../../../daemon/drop/state.ts';
import { step } from '../../../daemon/drop/step.ts';
import { VERBS } from '../../../daemon/model/commands.ts';
import type { DropPhase } from '../../../daemon/model/snapshot.ts';

const test = suite('the machine of the evening');
const START_MS = Date.UTC(2026, 10, 22, 20, 0, 5);
const PHASES: readonly DropPhase[] = ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'];
const DROP_VERBS = VERBS.filter((verb): verb is DropVerb => verb !== 'print');

/** A box that is driven by events, with a clock of its own. */
class Evening {
  drop: Drop = startDrop(undefined, 'idle', 0, '', { wallMs: START_MS, monotonicMs: 0 }).drop;
  atMs = 0;
  effects: Effect[] = [];

  send(event: DropEvent): Step {
    const now = { wallMs: START_MS + this.atMs, monotonicMs: this.atMs };
    const done = step(this.drop, event, now);
    this.drop = done.drop;
    this.effects.push(...done.effects);
    return done;
  }

  command(verb: DropVerb, isForced = false): Step {
    return this.send({ kind: 'command', verb, isForced });
  }

  after(ms: number): this {
    this.atMs += ms;
    return this;
  }

  checksPass(): Step {
    return this.after(3_000).send({ kind: 'checks', failures: [] });
  }

  to(phase: DropPhase): this {
    if (phase === 'idle') return this;
    if (phase === 'live' || phase === 'ending') {
      this.command('go-live', true);
      if (phase === 'ending') this.command('end');
      return this;
    }
    this.command('arm');
    if (phase === 'armed') this.checksPass();
    if (phase === 'fault')
      this.after(15_000).send({ kind: 'checks', failures: ['camera: no frames'] });
    return this;
  }

  kinds(): string[] {
    return this.effects.map((effect) =>
      effect.kind === 'event' ? effect.event.type : effect.kind,
    );
  }
}

test('an evening by button goes from idle over armed and live to idle', () => {
  const box = new Evening();
  box.command('arm');
  assert.is(box.drop.phase, 'preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'armed');
  box.command('go-live');
  assert.is(box.drop.phase, 'live');
  box.after(60_000).command('mark');
  box.command('end');
  assert.is(box.drop.phase, 'ending');
  box.send({ kind: 'ended' });
  assert.is(box.drop.phase, 'idle');
  assert.equal(box.kinds(), [
    'capture',
    'drop.armed',
    'begin-drop',
    'drop.live',
    'mark',
    'drop.marked',
    'end-drop',
    'drop.ended',
    'capture',
  ]);
  assert.equal(box.effects.at(-1), { kind: 'capture', isWanted: false });
});

test('going live from idle runs the checks first, unless it is forced', () => {
  const box = new Evening();
  box.command('go-live');
  assert.is(box.drop.phase, 'preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'live');
  const forced = new Evening();
  forced.command('go-live', true);
  assert.is(forced.drop.phase, 'live');
  assert.is(forced.kinds()[0], 'capture');
});

test('checks that pass at once are looked at for two seconds, and have fifteen to pass', () => {
  const box = new Evening();
  box.command('arm');
  box.after(1_900).send({ kind: 'checks', failures: [] });
  assert.is(box.drop.phase, 'preflight');
  box.after(12_000).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(box.drop.phase, 'preflight');
  box.after(1_100).send({ kind: 'checks', failures: ['camera: no frames', 'disk: full'] });
  assert.is(box.drop.phase, 'fault');
  assert.is(stateOf(box.drop).reason, 'camera: no frames; disk: full');
  assert.equal(box.effects.find(({ kind }) => kind === 'capture') !== undefined, true);
});

test('checks that nobody looks at end in a fault', () => {
  const box = new Evening().to('preflight');
  box.after(30_000).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'fault');
});

test('a clock that is set meanwhile changes no time-out', () => {
  const box = new Evening();
  box.command('arm');
  const year = { wallMs: START_MS + 365 * 86_400_000, monotonicMs: 100 };
  assert.is(step(box.drop, { kind: 'tick' }, year).drop.phase, 'preflight');
  assert.is(step(box.drop, { kind: 'checks', failures: ['x'] }, year).drop.phase, 'preflight');
});

test('what fails for ten seconds while armed is a fault; a blip is not', () => {
  const box = new Evening().to('armed');
  box.send({ kind: 'checks', failures: ['camera: no frames'] });
  box.after(9_000).send({ kind: 'checks', failures: [] });
  box.after(1_000).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(box.drop.phase, 'armed');
  box.after(10_000).send({ kind: 'checks', failures: ['camera: no frames'] });
  assert.is(box.drop.phase, 'fault');
});

test('a hold while the checks run leads on air', () => {
  const box = new Evening().to('preflight');
  box.command('go-live');
  assert.is(box.drop.phase, 'preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'live');
});

test('a preflight that is only to tell ends in idle', () => {
  const box = new Evening();
  box.command('preflight');
  box.checksPass();
  assert.is(box.drop.phase, 'idle');
  assert.equal(box.kinds(), ['capture', 'capture', 'preflight.passed']);
});

test('a disk that hangs holds the end up for fifteen seconds, no longer', () => {
  const box = new Evening().to('ending');
  box.after(14_900).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'ending');
  box.after(200).send({ kind: 'tick' });
  assert.is(box.drop.phase, 'idle');
  assert.match(stateOf(box.drop).reason ?? '', 'recordings');
});

test('the first frame of a drop is told once', () => {
  const box = new Evening().to('live');
  for (const isFlowing of [false, true, false, true]) box.send({ kind: 'frames', isFlowing });
  assert.is(box.kinds().filter((kind) => kind === 'drop.first-frame').length, 1);
});

test('shutting down from live ends the drop first, then the machine', () => {
  const box = new Evening().to('live');
  box.command('shut-down');
  assert.is(box.drop.phase, 'ending');
  assert.not(box.kinds().includes('power-off'));
  box.send({ kind: 'ended' });
  assert.is(box.kinds().at(-1), 'power-off');
});

test('the power ends a drop so that it goes on later; a person ends it for good', () => {
  const box = new Evening().to('live');
  const { dropId } = stateOf(box.drop);
  box.after(300_000).send({ kind: 'power', phase: 'shut-down' });
  assert.is(savedDropOf(box.drop, 0).live?.dropId, dropId);
  box.send({ kind: 'ended' });
  assert.is(box.kinds().at(-1), 'power-off');
  assert.is(savedDropOf(box.drop, 0).live?.dropId, dropId);
  box.send({ kind: 'power', phase: 'shut-down' });
  assert.is(savedDropOf(box.drop, 0).live?.dropId, dropId, 'told twice');
  assert.is(savedDropOf(box.drop, 0).live?.sinceMs, START_MS, 'with the begin of the drop');

  const ended = new Evening().to('live');
  ended.command('shut-down');
  assert.is(savedDropOf(ended.drop, 0).live, null);
});

test('a box that the power left on after all does not go on air when it is next started', () => {
  const box = new Evening().to('live');
  box.send({ kind: 'power', phase: 'shut-down' });
  box.send({ kind: 'ended' });
  box.send({ kind: 'power', phase: 'normal' });
  assert.is(box.drop.phase, 'idle');
  assert.is(savedDropOf(box.drop, 0).live, null);
});

test('after a power failure while live the same drop goes on, with its begin', () => {
  const box = new Evening().to('live');
  const kept = savedDropOf(box.drop, START_MS + 60_000);
  const now = { wallMs: START_MS + 120_000, monotonicMs: 7 };
  const again = startDrop(kept, 'idle', 1_800_000, 'new', now);
  assert.is(again.drop.phase, 'live');
  assert.is(again.drop.dropId, dropIdAt(START_MS));
  assert.is(again.drop.sinceMs, START_MS);
  assert.equal(again.effects[1], {
    kind: 'begin-drop',
    dropId: dropIdAt(START_MS),
    isResumed: true,
  });
});

test('a drop of yesterday does not go on by itself; one of a clock without a battery does', () => {
  const kept = savedDropOf(new Evening().to('live').drop, START_MS);
  const at = (wallMs: number) =>
    startDrop(kept, 'idle', 1_800_000, 'new', { wallMs, monotonicMs: 0 }).drop.phase;
  assert.is(at(START_MS + 86_400_000), 'idle');
  assert.is(at(START_MS + 1_800_000), 'live');
  assert.is(at(0), 'live');
});

test('with 0 no drop goes on by itself, whatever the clock says', () => {
  const kept = savedDropOf(new Evening().to('live').drop, START_MS);
  for (const wallMs of [0, START_MS, START_MS + 1_000]) {
    const { drop } = startDrop(kept, 'idle', 0, 'new', { wallMs, monotonicMs: 0 });
    assert.is(drop.phase, 'idle');
  }
});

test('a demo starts live, and without a word of the past', () => {
  const now = { wallMs: START_MS, monotonicMs: 0 };
  const { drop, effects } = startDrop(undefined, 'live', 0, 'demo', now);
  assert.is(drop.phase, 'live');
  assert.is(effects[0]?.kind, 'capture');
});

test('whatever is in the kept file, it is read or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const read = parseSavedDrop(text);
      assert.ok(read.kept === undefined || read.kept.v === 1);
    }),
  );
  const kept = savedDropOf(new Evening().to('live').drop, START_MS);
  assert.equal(parseSavedDrop(JSON.stringify(kept)).kept, kept);
});

/**
 * What each command does in each phase, as the README tells it: the next phase and
 * what is done, or the code of a refusal. Written without a look at the box's own table.
 */
const MEANT: Readonly<Record<DropPhase, Readonly<Record<DropVerb, string>>>> = {
  idle: {
    arm: 'preflight',
    disarm: 'WRONG_PHASE',
    'go-live': 'preflight',
    end: 'WRONG_PHASE',
    mark: 'WRONG_PHASE',
    preflight: 'preflight',
    'shut-down': 'idle power-off',
  },
  preflight: {
    arm: 'BUSY',
    disarm: 'idle',
    'go-live': 'preflight',
    end: 'WRONG_PHASE',
    mark: 'WRONG_PHASE',
    preflight: 'BUSY',
    'shut-down': 'idle power-off',
  },
  armed: {
    arm: 'WRONG_PHASE',
    disarm: 'idle',
    'go-live': 'live begin-drop',
    end: 'WRONG_PHASE',
    mark: 'WRONG_PHASE',
    preflight: 'armed',
    'shut-down': 'idle power-off',
  },
  live: {
    arm: 'WRONG_PHASE',
    disarm: 'WRONG_PHASE',
    'go-live': 'WRONG_PHASE',
    end: 'ending end-drop',
    mark: 'live mark',
    preflight: 'live',
    'shut-down': 'ending end-drop',
  },
  ending: {
    arm: 'BUSY',
    disarm: 'BUSY',
    'go-live': 'BUSY',
    end: 'BUSY',
    mark: 'BUSY',
    preflight: 'BUSY',
    'shut-down': 'ending',
  },
  fault: {
    arm: 'preflight',
    disarm: 'idle',
    'go-live': 'preflight',
    end: 'WRONG_PHASE',
    mark: 'WRONG_PHASE',
    preflight: 'preflight',
    'shut-down': 'idle power-off',
  },
};

/** Forced, the checks are left out. */
function meant(phase: DropPhase, verb: DropVerb, isForced = false): string {
  const isShort = isForced && verb === 'go-live' && MEANT[phase][verb] === 'preflight';
  return isShort ? 'live begin-drop' : MEANT[phase][verb];
}

function seen({ drop, effects, refusal }: Step): string {
  if (refusal !== undefined) return refusal.code;
  const done = effects.map(({ kind }) => kind);
  return [drop.phase, ...done.filter((kind) => kind !== 'event' && kind !== 'capture')].join(' ');
}

test('each command does in each phase what it is meant to, or is refused with a reason and does nothing', () => {
  for (const phase of PHASES) {
    for (const verb of DROP_VERBS) {
      for (const isForced of [false, true]) {
        const box = new Evening().to(phase);
        const before = box.drop;
        assert.is(before.phase, phase);
        const step = box.command(verb, isForced);
        assert.is(seen(step), meant(phase, verb, isForced), `${verb} in ${phase}`);
        if (step.refusal === undefined) continue;
        assert.is(step.drop, before);
        assert.is(step.effects.length, 0);
        assert.ok(step.refusal.detail.length > 5);
      }
    }
  }
});

test('a shut-down that comes while a drop ends is done when it has', () => {
  const box = new Evening().to('ending');
  box.command('shut-down');
  assert.is(seen(box.send({ kind: 'ended' })), 'idle power-off');
});

/** What a person would say of the box without having read its code. */
interface Model {
  phase: DropPhase;
  isCapturing: boolean;
  openDrop: string | undefined;
  /** Somebody, or the battery, wants the machine switched off. */
  isOffWanted: boolean;
}

/** Follows the effects as a box does, and holds what must be so after every event. */
function watch(model: Model, box: Evening, event: DropEvent): void {
  const before = box.drop.phase;
  const step = box.send(event);
  const { drop, effects, refusal } = step;
  if (event.kind === 'command') {
    assert.is(seen(step), meant(before, event.verb, event.isForced), `${event.verb} in ${before}`);
    if (event.verb === 'shut-down') model.isOffWanted = true;
  }
  if (event.kind === 'power' && event.phase === 'shut-down') model.isOffWanted = true;
  for (const effect of effects) {
    if (effect.kind === 'capture') model.isCapturing = effect.isWanted;
    if (effect.kind === 'begin-drop') {
      assert.is(model.openDrop, undefined, 'a drop begins while another is open');
      model.openDrop = effect.dropId;
    }
    if (effect.kind === 'end-drop') {
      assert.is(effect.dropId, model.openDrop);
      model.openDrop = undefined;
    }
    if (effect.kind === 'mark') assert.is(before, 'live');
    if (effect.kind === 'power-off') {
      assert.is(model.openDrop, undefined, 'the machine goes while a drop is open');
      assert.ok(model.isOffWanted, 'the machine goes and nobody asked');
      model.isOffWanted = false;
    }
  }
  if (refusal !== undefined) assert.is(drop.phase, before);
  assert.ok(!model.isOffWanted || drop.phase === 'ending', 'the machine stays on');
  const isOn = drop.phase !== 'idle' && drop.phase !== 'fault';
  assert.is(model.isCapturing, isOn, `capture in ${drop.phase}`);
  assert.is(model.openDrop !== undefined, drop.phase === 'live');
  if (drop.phase === 'fault') assert.ok(stateOf(drop).reason);
  assert.ok(ALLOWED[before].includes(drop.phase), `${before} -> ${drop.phase}`);
  if (before === 'live' && drop.phase !== 'live') {
    const isTooLate = event.kind === 'too-late' && event.dropId === drop.dropId;
    const isAsked = event.kind === 'command' || event.kind === 'power' || isTooLate;
    assert.ok(isAsked, `${event.kind} ended a drop`);
  }
  model.phase = drop.phase;
}

const ALLOWED: Readonly<Record<DropPhase, readonly DropPhase[]>> = {
  idle: ['idle', 'preflight', 'live'],
  preflight: ['preflight', 'idle', 'armed', 'live', 'fault'],
  armed: ['armed', 'idle', 'live', 'fault'],
  live: ['live', 'ending'],
  ending: ['ending', 'idle'],
  fault: ['fault', 'idle', 'preflight', 'live'],
};

class Happens implements fc.Command<Model, Evening> {
  readonly event: DropEvent;
  readonly afterMs: number;

  constructor(event: DropEvent, afterMs: number) {
    this.event = event;
    this.afterMs = afterMs;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, box: Evening): void {
    watch(model, box.after(this.afterMs), this.event);
  }

  toString(): string {
    return `+${this.afterMs} ${JSON.stringify(this.event)}`;
  }
}

const anyEvent: fc.Arbitrary<DropEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      verb: fc.constantFrom(...DROP_VERBS),
      isForced: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('checks' as const),
      failures: fc.constantFrom<readonly string[]>([], [], ['camera: no frames'], ['disk: full']),
    }),
  },
  fc.record({ kind: fc.constant('frames' as const), isFlowing: fc.boolean() }),
  fc.constant<DropEvent>({ kind: 'begin-failed', reason: 'disk' }),
  fc.constant<DropEvent>({ kind: 'ended' }),
  fc.record({
    kind: fc.constant('power' as const),
    phase: fc.constantFrom('normal', 'saving', 'last-minutes', 'shut-down'),
  }),
  fc.record({
    kind: fc.constant('too-late' as const),
    dropId: fc.constantFrom(dropIdAt(START_MS), 'another'),
  }),
  fc.constant<DropEvent>({ kind: 'tick' }),
);

test('whatever happens in whatever order, the rules of the box hold', () => {
  const reached = new Set<DropPhase>();
  const happens = fc
    .tuple(anyEvent, fc.constantFrom(0, 10, 1_000, 2_500, 10_000, 16_000, 31_000))
    .map(([event, afterMs]) => new Happens(event, afterMs));
  fc.assert(
    fc.property(fc.commands([happens], { maxCommands: 60 }), (commands) => {
      const model: Model = {
        phase: 'idle',
        isCapturing: false,
        openDrop: undefined,
        isOffWanted: false,
      };
      fc.modelRun(() => ({ model, real: new Evening() }), commands);
      reached.add(model.phase);
    }),
    { numRuns: 500 },
  );
  assert.equal([...reached].toSorted(), PHASES.toSorted());
});

test.run();
