/** Which of the saved settings the box runs with: each is put in force as soon as it can be. */
import type { Config } from '../config/config.ts';
import { checkValues } from '../config/form/faults.ts';
import { type Values, valueAt, withValue } from '../config/form/layers.ts';
import { type Changed, changesOf } from './change.ts';
import type { LiveConfig } from './live-config.ts';
import { type Part, waits } from './needs.ts';

export interface Pending {
  /** In force after the next start of the box. */
  readonly restart: readonly string[];
  /** In force after the drop. */
  readonly drop: readonly string[];
}

export class InForce {
  readonly #live: LiveConfig;
  readonly #isBusy: () => boolean;

  /** @param isBusy A picture is on, that nothing may interrupt. */
  constructor(live: LiveConfig, isBusy: () => boolean) {
    this.#live = live;
    this.#isBusy = isBusy;
  }

  /** Puts in force what can be now; the rest is pending. */
  take(saved: Config): void {
    const isBusy = this.#isBusy();
    const changes = changesOf(this.#live.given(), saved);
    const now = changes.filter(({ need }) => need !== 'restart' && !(isBusy && waits(need)));
    if (this.#put(now, saved)) return;
    // Those of them that go with what the box still runs with: the rest waits with that.
    for (const change of now) this.#put([change], saved);
  }

  pending(saved: Config): Pending {
    const left = changesOf(this.#live.given(), saved);
    // What does not go with what waits for the drop is tried again after it; what still waits
    // without a drop goes together with what needs a restart.
    const isForDrop = ({ need }: Changed) => this.#isBusy() && need !== 'restart';
    return {
      restart: left.filter((one) => !isForDrop(one)).map(({ path }) => path),
      drop: left.filter(isForDrop).map(({ path }) => path),
    };
  }

  /** False, and nothing is changed, where these do not go with what the box still runs with. */
  #put(changes: readonly Changed[], saved: Config): boolean {
    if (changes.length === 0) return true;
    let next = this.#live.given() as unknown as Values;
    for (const { path } of changes) next = withValue(next, path, valueAt(saved, path));
    const checked = checkValues(next);
    if ('faults' in checked) return false;
    const parts = new Set(changes.flatMap((one): readonly Part[] => one.parts));
    this.#live.change(next as unknown as Config, parts);
    return true;
  }
}
