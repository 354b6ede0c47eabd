/** The commands that were received and their results, on disk before one is run. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { turns } from '../../hal/os/async.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import type { Body } from './payloads/topics.ts';

type Reply = Body<'reply'>;

/**
 * Longer than a command may take to arrive: expiry, session and clocks that differ. Within
 * it no id is forgotten, also over restarts. Monotonic: a clock that is set would make all
 * ids old at once.
 */
const REMEMBER_MS = 300_000;
/** Ids in that time. When there are as many, new commands are refused. */
const IDS_MAX = 256;
const RESULT_MAX_BYTES = 4_096;

interface Known {
  /** Received, or read after a restart, in monotonic time. */
  readonly atMs: number;
  readonly reply: Reply;
}

const stored = v.array(
  v.object({
    id: v.string(),
    status: v.string(),
    code: v.nullable(v.string()),
    detail: v.nullable(v.string()),
    result: v.unknown(),
  }),
);

export class CommandMemory {
  readonly #path: string;
  readonly #known = new Map<string, Known>();
  /** One write at a time. */
  readonly #inTurn = turns();

  private constructor(path: string) {
    this.#path = path;
  }

  /** Empty for a missing or damaged file. */
  static async open(path: string, nowMs: number): Promise<CommandMemory> {
    const memory = new CommandMemory(path);
    const text = await readFile(path, 'utf8').catch(() => '[]');
    for (const reply of parseAs(stored, text)?.slice(-IDS_MAX) ?? []) {
      memory.#known.set(reply.id, { atMs: nowMs, reply: settled(reply as Reply) });
    }
    return memory;
  }

  find(id: string): Reply | undefined {
    return this.#known.get(id)?.reply;
  }

  /**
   * False when full: the command must not run. Rejects when the disk fails: then it is to be
   * forgotten, or a repeat of it would not run either.
   *
   * @param nowMs Monotonic.
   */
  async accept(id: string, nowMs: number): Promise<boolean> {
    for (const [old, { atMs }] of this.#known) {
      if (nowMs - atMs > REMEMBER_MS) this.#known.delete(old);
    }
    if (this.#known.size >= IDS_MAX) return false;
    const reply: Reply = { id, status: 'accepted', code: null, detail: null, result: null };
    this.#known.set(id, { atMs: nowMs, reply });
    await this.#save();
    return true;
  }

  forget(id: string): void {
    this.#known.delete(id);
  }

  /** The result, for a repeat of the command. */
  async settle(id: string, reply: Reply): Promise<void> {
    const known = this.#known.get(id);
    if (known === undefined) return;
    const isLong = Buffer.byteLength(JSON.stringify(reply.result ?? null)) > RESULT_MAX_BYTES;
    this.#known.set(id, { ...known, reply: isLong ? { ...reply, result: null } : reply });
    await this.#save();
  }

  #save(): Promise<void> {
    return this.#inTurn(() => {
      const all = [...this.#known.values()].map(({ reply }) => reply);
      return saveFile(this.#path, JSON.stringify(all));
    });
  }
}

/** A command that was running when the box stopped; how far it got is not known. */
function settled(reply: Reply): Reply {
  if (reply.status !== 'accepted' && reply.status !== 'progress') return reply;
  const detail = 'the box was restarted while the command ran';
  return { ...reply, status: 'failed', code: 'INTERRUPTED', detail };
}
