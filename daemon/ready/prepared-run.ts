/** One thing at a time that prepares a drop, and how it ends when the drop comes. */
import { anySignal, pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { NOTHING_HIDDEN } from '../media/hidden-run.ts';
import type { HiddenWants, MediaPath } from '../media/media-path.ts';
import type { Progress } from '../model/commands.ts';
import type { Readiness } from '../model/readiness.ts';
import type { BoxSnapshot, DropPhase } from '../model/snapshot.ts';

type What = NonNullable<Readiness['running']>['what'];

/** It was ended before its time; the message says by what. */
export class Interrupted extends Error {}

export interface RunningDeps {
  readonly mediaPath: Pick<MediaPath, 'setHidden' | 'endedLeftMs'>;
  readonly snapshot: () => BoxSnapshot;
  readonly state: {
    set(change: {
      readonly readiness?: Readiness;
      readonly media?: undefined;
      readonly levels?: undefined;
      readonly uplink?: undefined;
    }): void;
  };
  readonly clock: Clock;
  /** Of the box: what runs outlasts the client that asked for it. */
  readonly untilEnd: AbortSignal;
}

/** What a run may do to the box, and how it says where it is. */
export interface RunHandle {
  /** Camera, encoders and uplink as wanted; guests see nothing of it. */
  want(wants: Partial<HiddenWants>): void;
  step(detail: string, ratio?: number): void;
  readonly signal: AbortSignal;
}

export interface Wanted {
  readonly what: What;
  readonly untilMs?: number;
  /** Phases of the drop beside which it may run. */
  readonly beside: readonly DropPhase[];
}

/** A camera that holds still for one thing is not disturbed by another. */
export const BESIDE: readonly DropPhase[] = ['idle', 'armed'];

const WATCH_EVERY_MS = 200;

/** What ended a run, of any error that it met then: a timer rejects with one of its own. */
export function interruptionOf(error: unknown, signal: AbortSignal): Interrupted | undefined {
  if (error instanceof Interrupted) return error;
  return signal.aborted && signal.reason instanceof Interrupted ? signal.reason : undefined;
}

export class Runner {
  readonly #deps: RunningDeps;
  #ending: AbortController | undefined;
  #what: What | undefined;

  constructor(deps: RunningDeps) {
    this.#deps = deps;
  }

  /** What runs now. */
  get what(): What | undefined {
    return this.#what;
  }

  /** Ends what runs, at once. */
  end(reason: string): void {
    if (this.#ending === undefined || this.#ending.signal.aborted) return;
    this.#release();
    this.#ending.abort(new Interrupted(reason));
  }

  /** Rejects with {@link Interrupted} where it was ended, or a drop came near. */
  async run<T>(
    { what, untilMs, beside }: Wanted,
    onProgress: (progress: Progress) => void,
    work: (handle: RunHandle) => Promise<T>,
  ): Promise<T> {
    const { clock, untilEnd } = this.#deps;
    const ending = new AbortController();
    this.#ending = ending;
    this.#what = what;
    using ends = anySignal(untilEnd, ending.signal);
    const sinceMs = clock.wallMs();
    const until = untilMs === undefined ? {} : { untilMs };
    let hidden = NOTHING_HIDDEN;
    const handle: RunHandle = {
      want: (wants) => {
        if (ends.signal.aborted) return;
        hidden = { ...hidden, ...wants };
        this.#deps.mediaPath.setHidden(hidden);
      },
      step: (detail, ratio) => {
        if (ends.signal.aborted) return;
        this.#set({ running: { what, sinceMs, ...until, step: detail } });
        onProgress({ detail, ...(ratio === undefined ? {} : { ratio }) });
      },
      signal: ends.signal,
    };
    const done = new AbortController();
    void this.#watch(beside, done.signal);
    handle.step('starting');
    try {
      await this.#untilEndIsSeen(handle);
      // All that it waits for ends with the signal; what it has measured until then counts.
      return await work(handle);
    } catch (error) {
      throw interruptionOf(error, handle.signal) ?? error;
    } finally {
      done.abort();
      this.#release();
      this.#ending = undefined;
      this.#what = undefined;
      const { running: _, ...rest } = this.#deps.snapshot().readiness ?? {};
      this.#deps.state.set({ readiness: rest });
    }
  }

  /** Media would be restarted for it while viewers still play the end of the last drop. */
  async #untilEndIsSeen({ step, signal }: RunHandle): Promise<void> {
    const { mediaPath, clock } = this.#deps;
    for (let leftMs = mediaPath.endedLeftMs(); leftMs > 0; leftMs = mediaPath.endedLeftMs()) {
      step(`viewers play the end of the last drop, ${Math.ceil(leftMs / 1000)} s left`);
      await clock.sleep(Math.min(leftMs, 2_000), signal);
    }
  }

  /** What came of it stays on the page. */
  keep(result: Omit<Readiness, 'running'>): void {
    this.#set(result);
  }

  #set(change: Readiness): void {
    const before = this.#deps.snapshot().readiness ?? {};
    this.#deps.state.set({ readiness: { ...before, ...change } });
  }

  /** Nothing of it goes on; what is live is not touched. */
  #release(): void {
    this.#deps.mediaPath.setHidden(NOTHING_HIDDEN);
    const { phase } = this.#deps.snapshot().drop;
    if (phase === 'live' || phase === 'ending') return;
    const isOff = phase === 'idle' || phase === 'fault';
    this.#deps.state.set({
      uplink: undefined,
      ...(isOff ? { media: undefined, levels: undefined } : {}),
    });
  }

  /** A drop that comes near by another way than a command: a resumed one, or the power. */
  async #watch(beside: readonly DropPhase[], signal: AbortSignal): Promise<void> {
    while (await pause(this.#deps.clock, WATCH_EVERY_MS, signal)) {
      const { phase } = this.#deps.snapshot().drop;
      if (beside.includes(phase)) continue;
      this.end(phase === 'live' ? 'the drop went live' : `the drop is ${phase}`);
      return;
    }
  }
}
