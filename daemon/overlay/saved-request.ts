/** What was asked for while a drop is live: after a restart of the box it is in the picture again. */
import * as v from 'valibot';
import type { Clock } from '../../hal/os/clock.ts';
import type { Saved } from '../../hal/os/state/saved.ts';
import type { DropState } from '../model/snapshot.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** As of commands: they are checked again before they count again. */
export const savedOverlaySchema = v.object({
  dropId: v.string(),
  args: v.record(v.string(), v.unknown()),
  /** Unix time in ms: the code goes then. */
  hidesAtMs: v.optional(v.number()),
});

type Asked = v.InferOutput<typeof savedOverlaySchema>;

const FOR_MAX_S = 86_400;
/** What could not be written is tried again after it. */
const RETRY_MS = 60_000;

export class SavedOverlay {
  readonly #saved: Saved<Asked>;
  readonly #clock: Clock;
  #args: Arguments = {};
  #hidesAtMs: number | undefined;
  /** Of the run of the box before. */
  #before: Asked | undefined;
  /** Given to the disk, and when by the monotonic clock. */
  #given: { readonly text: string; readonly atMs: number } | undefined;

  constructor(saved: Saved<Asked>, clock: Clock) {
    this.#saved = saved;
    this.#clock = clock;
    this.#before = saved.value;
  }

  async settled(): Promise<void> {
    await this.#saved.settled();
  }

  /** A command. @param forS Undefined where it says nothing of the code; 0: that stays. */
  note({ for_s: _, ...args }: Arguments, forS: number | undefined): void {
    this.#args = { ...this.#args, ...args };
    if (forS === undefined) return;
    this.#hidesAtMs = forS === 0 ? undefined : this.#clock.wallMs() + forS * 1000;
  }

  /** It was of another drop. */
  forget(): void {
    this.#args = {};
    this.#hidesAtMs = undefined;
  }

  /** The arguments that count again, once: the drop that is live was live before the restart. */
  again({ phase, dropId }: DropState): Arguments | undefined {
    const before = this.#before;
    if (phase !== 'live' || before === undefined) return undefined;
    this.#before = undefined;
    const isSince = Object.keys(this.#args).length > 0;
    if (before.dropId !== dropId || isSince) return undefined;
    const { args, hidesAtMs } = before;
    if (hidesAtMs === undefined) return args;
    const leftS = (hidesAtMs - this.#clock.wallMs()) / 1000;
    return leftS > 0 ? { ...args, for_s: Math.min(FOR_MAX_S, leftS) } : { ...args, code: 'none' };
  }

  /** Often: writes what is not on the disk yet. */
  save({ phase, dropId }: DropState): void {
    if (phase !== 'live' || dropId === undefined) return;
    const isNothing = Object.keys(this.#args).length === 0;
    if (isNothing && this.#given === undefined) return;
    const hidesAtMs = this.#hidesAtMs;
    const asked = { dropId, args: this.#args, ...(hidesAtMs !== undefined && { hidesAtMs }) };
    const [text, atMs] = [JSON.stringify(asked), this.#clock.monotonicMs()];
    // What is on the disk is not written again.
    if (this.#given?.text === text && atMs - this.#given.atMs < RETRY_MS) return;
    this.#given = { text, atMs };
    void this.#saved.save(asked);
  }
}
