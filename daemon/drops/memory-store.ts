/** Which drops were held, and which is on: on the disk, so that a power cut does not repeat one. */
import * as v from 'valibot';
import type { Log } from '../../hal/os/log.ts';
import { openSaved, type Saved } from '../../hal/os/state/saved.ts';
import { checkSaved, type LinkHosts, type PlannedDrop } from '../config/drop-list/parse.ts';
import { type DropMemory, NO_MEMORY, spareOf } from './present.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

const stored = v.object({
  held: v.pipe(
    v.array(v.object({ id: text(64), title: text(120), endedMs: v.number() })),
    v.readonly(),
  ),
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
  again: v.optional(text(64)),
});

type Stored = v.InferOutput<typeof stored>;

export class MemoryStore {
  readonly #saved: Saved<Stored>;
  #memory: DropMemory;

  constructor(path: string, hosts: LinkHosts, log: Log) {
    this.#saved = openSaved(path, stored, { what: 'held drops', log });
    const { value } = this.#saved;
    this.#memory = value === undefined ? NO_MEMORY : memoryOf(value, hosts, log);
  }

  get memory(): DropMemory {
    return this.#memory;
  }

  /** Ids of those that may leave a full list. */
  get spare(): readonly string[] {
    return spareOf(this.#memory);
  }

  set(memory: DropMemory): void {
    if (memory === this.#memory) return;
    this.#memory = memory;
    void this.#saved.save(memory);
  }

  async settled(): Promise<void> {
    await this.#saved.settled();
  }
}

function memoryOf({ held, last, current, again }: Stored, hosts: LinkHosts, log: Log): DropMemory {
  const check = (saved: unknown): PlannedDrop | undefined => {
    if (saved === undefined) return undefined;
    const { drop, faults } = checkSaved(saved, hosts);
    const told = { id: drop?.id, faults: faults.map(({ text: fault }) => fault) };
    if (drop === undefined) log.error('saved drop not used', told);
    else if (faults.length > 0) log.warn('a part of the saved drop not used', told);
    return drop;
  };
  const before = last && { last: { ...last, drop: check(last.drop) } };
  const over = { held, ...before, ...(again !== undefined && { again }) };
  if (current === undefined) return over;
  const drop = check(current.drop);
  const isGone = drop === undefined && current.drop !== undefined;
  return isGone ? over : { ...over, current: { ...current, drop } };
}
