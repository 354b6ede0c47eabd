/** What holds in each phase for each command, and in any order of events. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DropEvent, DropVerb, Step } from '../../../daemon/drop/state.ts';
import { dropIdAt, stateOf } from '../../../daemon/drop/state.ts';
import type { DropPhase } from '../../../daemon/model/snapshot.ts';
import { DROP_VERBS, DropRun, PHASES, START_MS } from './support/drop-run.ts';

const test = suite('rules of the drop');

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
        const box = new DropRun().to(phase);
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

test('a shutdown that comes while a drop ends follows its end', () => {
  const box = new DropRun().to('ending');
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
function watch(model: Model, box: DropRun, event: DropEvent): void {
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
      assert.ok(model.isOffWanted, 'the machine shuts down without a command');
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

class Happens implements fc.Command<Model, DropRun> {
  readonly event: DropEvent;
  readonly afterMs: number;

  constructor(event: DropEvent, afterMs: number) {
    this.event = event;
    this.afterMs = afterMs;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, box: DropRun): void {
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
      fc.modelRun(() => ({ model, real: new DropRun() }), commands);
      reached.add(model.phase);
    }),
    { numRuns: 500 },
  );
  assert.equal([...reached].toSorted(), PHASES.toSorted());
});

test.run();
