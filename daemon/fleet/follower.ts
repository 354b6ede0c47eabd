/** Takes the leader's drop into the list of coming drops of this box. */
import type { Log } from '../../hal/os/log.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Command, DropsCommand } from '../model/commands.ts';
import type { SharedDrop } from '../model/fleet.ts';
import type { PlannedDropsState } from '../model/planned-drops.ts';
import { followStep, type Step, titleOf } from './follow.ts';
import type { LeaderDropStore } from './leader-drop-store.ts';

export interface FollowerDeps {
  readonly command: DropsCommand;
  readonly plannedDrops: () => PlannedDropsState | undefined;
  readonly taken: LeaderDropStore;
  /** The drop that is shown is being checked, or is armed. */
  readonly isPrepared: () => boolean;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** A list that refuses a drop refuses it again; the host may have changed it meanwhile. */
const AGAIN_MS = 30_000;

export class Follower {
  readonly #deps: FollowerDeps;
  #failed: { readonly fault: string; readonly key: string; readonly atMs: number } | undefined;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** Why the leader's drop is not in the list. */
  get fault(): string | undefined {
    return this.#failed?.fault;
  }

  /** Never rejects. */
  async follow(shared: SharedDrop | null | undefined): Promise<void> {
    const { plannedDrops, taken, isPrepared, nowMs, log } = this.#deps;
    const state = plannedDrops();
    if (state === undefined) return;
    const step = followStep(shared, state, taken.id, isPrepared());
    if (step.do === 'nothing') {
      this.#failed = undefined;
      return;
    }
    const key = JSON.stringify(step);
    const isWaiting = key === this.#failed?.key && nowMs() - this.#failed.atMs < AGAIN_MS;
    if (isWaiting) return;
    const fault = await this.#take(step).catch(messageOf);
    if (fault !== undefined && fault !== this.#failed?.fault) {
      log.warn('drop of the fleet not taken', { reason: fault });
    }
    this.#failed = fault === undefined ? undefined : { fault, key, atMs: nowMs() };
  }

  /** Why it failed. */
  async #take(step: Exclude<Step, { do: 'nothing' }>): Promise<string | undefined> {
    const { command, taken, log } = this.#deps;
    if (step.do === 'keep') {
      await taken.set(undefined);
      return undefined;
    }
    // Before the list has it: a power cut in between leaves no drop that nobody takes away.
    if (step.do === 'set' && step.isNew) await taken.set(step.drop.id);
    const outcome = await command(commandOf(step));
    if (outcome.status !== 'done') return outcome.detail;
    if (step.do === 'remove') await taken.set(undefined);
    log.info('drop of the fleet followed', { detail: outcome.detail });
    return undefined;
  }
}

function commandOf(step: Extract<Step, { do: 'set' | 'remove' }>): Command {
  const by = { verb: 'drops', by: 'mqtt' } as const;
  if (step.do === 'remove') return { ...by, args: { do: 'remove', id: step.id } };
  const { id, starts_at, ends_at } = step.drop;
  return { ...by, args: { do: 'set', id, title: titleOf(step.drop), starts_at, ends_at } };
}
