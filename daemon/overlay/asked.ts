/** What was asked for while a drop is live: after a restart of the box it is in the picture again. */
import * as v from 'valibot';
import type { Clock } from '../../hal/os/clock.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { DropState } from '../model/snapshot.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** The text of a file. */
interface AskedFile {
  /** Rejects where there is none. */
  readonly read: () => Promise<string>;
  readonly write: (text: string) => Promise<void>;
}

/** As of commands: they are checked again before they count again. */
const stored = v.object({
  dropId: v.string(),
  args: v.record(v.string(), v.unknown()),
  /** Unix time in ms: the code goes then. */
  hidesAtMs: v.optional(v.number()),
});

const FOR_MAX_S = 86_400;
/** What could not be written is tried again after it. */
const RETRY_MS = 60_000;

export class AskedOverlay {
  readonly #file: AskedFile;
  readonly #clock: Clock;
  readonly #log: Log;
  #args: Arguments = {};
  #hidesAtMs: number | undefined;
  /** Of the run of the box before. */
  #before: v.InferOutput<typeof stored> | undefined;
  #saved: string | undefined;
  /** By the monotonic clock; undefined while the file takes what is written. */
  #failedMs: number | undefined;
  #told: string | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(file: AskedFile, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never rejects. */
  async open(): Promise<void> {
    this.#before = parseAs(stored, await this.#file.read().catch(() => ''));
  }

  async settled(): Promise<void> {
    await this.#saving;
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
    const text = JSON.stringify({ dropId, args: this.#args, hidesAtMs: this.#hidesAtMs });
    const isDue =
      this.#failedMs !== undefined && this.#clock.monotonicMs() - this.#failedMs >= RETRY_MS;
    if (text === this.#saved && !isDue) return;
    if (isNothing && this.#saved === undefined) return;
    this.#saved = text;
    this.#failedMs = undefined;
    this.#saving = this.#saving.then(() => this.#write(text));
  }

  async #write(text: string): Promise<void> {
    try {
      await this.#file.write(text);
      this.#failedMs = undefined;
      this.#told = undefined;
    } catch (error) {
      this.#failedMs = this.#clock.monotonicMs();
      const reason = messageOf(error);
      if (reason !== this.#told) this.#log.warn('overlay not saved', { reason });
      this.#told = reason;
    }
  }
}
