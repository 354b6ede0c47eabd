/** A drop that events are sent to, with what it asked for. */
import { startDrop } from '../../../../daemon/drop/saved-drop.ts';
import type { Drop, DropEvent, DropVerb, Effect, Step } from '../../../../daemon/drop/state.ts';
import { step } from '../../../../daemon/drop/step.ts';
import { VERBS } from '../../../../daemon/model/commands.ts';
import type { DropPhase } from '../../../../daemon/model/snapshot.ts';

export const START_MS = Date.UTC(2026, 10, 22, 20, 0, 5);
export const PHASES: readonly DropPhase[] = [
  'idle',
  'preflight',
  'armed',
  'live',
  'ending',
  'fault',
];
const OTHER_VERBS: readonly string[] = [
  'print',
  'camera',
  'order',
  'drops',
  'rehearse',
  'survey',
  'overlay',
  'update',
];
export const DROP_VERBS = VERBS.filter((verb): verb is DropVerb => !OTHER_VERBS.includes(verb));

/** A box that is driven by events, with a clock of its own. */
export class DropRun {
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
