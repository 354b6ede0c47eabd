/** Which drops were held, and which is on: on the disk, so that a power cut does not repeat one. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { errnoOf } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { checkPlanned, type LinkHosts, type PlannedDrop } from '../config/drop-list/parse.ts';
import { type DropMemory, NO_MEMORY } from './present.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

const stored = v.object({
  held: v.array(v.object({ id: text(64), title: text(120), endedMs: v.number() })),
  last: v.optional(
    v.object({
      ...{ id: text(64), drop: v.optional(v.unknown()), title: text(120), startsAt: text(64) },
      ...{ endedMs: v.number(), run: text(64) },
    }),
  ),
  current: v.optional(
    // Without a drop: that of the config is on.
    v.object({ drop: v.optional(v.unknown()), run: text(64), hasBegun: v.boolean() }),
  ),
});

export class MemoryStore {
  readonly #path: string;
  readonly #log: Log;
  #memory: DropMemory;
  #saving: Promise<void> = Promise.resolve();
  #isWaiting = false;

  private constructor(path: string, log: Log, memory: DropMemory) {
    this.#path = path;
    this.#log = log;
    this.#memory = memory;
  }

  /** Never rejects for a bad file. */
  static async open(path: string, hosts: LinkHosts, log: Log): Promise<MemoryStore> {
    try {
      const memory = parse(await readFile(path, 'utf8'), hosts);
      return new MemoryStore(path, log, memory);
    } catch (error) {
      const reason = messageOf(error);
      if (errnoOf(error) !== 'ENOENT') log.error('held drops not readable', { path, reason });
      return new MemoryStore(path, log, NO_MEMORY);
    }
  }

  get memory(): DropMemory {
    return this.#memory;
  }

  set(memory: DropMemory): void {
    if (memory === this.#memory) return;
    this.#memory = memory;
    // One write after the other; those that a newer one overtakes are left out.
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#saving = this.#saving.then(() => this.#save());
  }

  async settled(): Promise<void> {
    await this.#saving;
  }

  async #save(): Promise<void> {
    this.#isWaiting = false;
    try {
      await saveFile(this.#path, JSON.stringify(this.#memory));
    } catch (error) {
      this.#log.error('held drops not saved', { path: this.#path, reason: messageOf(error) });
    }
  }
}

function parse(json: string, hosts: LinkHosts): DropMemory {
  const { held, last, current } = v.parse(stored, JSON.parse(json));
  const check = (drop: unknown): PlannedDrop | undefined => {
    if (drop === undefined) return undefined;
    const checked = checkPlanned(withoutHosts(drop), hosts);
    return 'drop' in checked ? checked.drop : undefined;
  };
  const over = { held, ...(last && { last: { ...last, drop: check(last.drop) } }) };
  if (current === undefined) return over;
  const drop = check(current.drop);
  const isGone = drop === undefined && current.drop !== undefined;
  return isGone ? over : { ...over, current: { ...current, drop } };
}

/** Older versions kept hosts with each overlay. */
function withoutHosts(drop: unknown): unknown {
  const { overlay } = (drop ?? {}) as { overlay?: object };
  if (typeof overlay !== 'object' || overlay === null) return drop;
  const { hosts: _, ...others } = overlay as { hosts?: unknown };
  return { ...(drop as object), overlay: others };
}
