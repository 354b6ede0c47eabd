/** The queues of the box's networks, by tc: only those with its own handle. */
import type { NetworkPlan, Shaped } from '../plan.ts';
import {
  type FoundQueues,
  foundQueues,
  inward,
  leaf,
  outward,
  QUEUES,
  type Queue,
  removal,
  type TcCommand,
} from '../shaping.ts';
import { type Program, Refusal } from './program.ts';

const CODE = 'QUEUES_REFUSED';

export class Queues {
  readonly #tc: Program;
  /** Commands of each interface, as they were run by this process. */
  readonly #set = new Map<string, string>();

  constructor(tc: Program) {
    this.#tc = tc;
  }

  /** @param out Interfaces that lead out. */
  async set(
    plan: NetworkPlan,
    out: readonly string[],
  ): Promise<{ readonly shaped: readonly Shaped[]; readonly missing: readonly string[] }> {
    const wanted = new Map<string, readonly TcCommand[]>();
    const { crew } = plan;
    if (crew !== undefined) {
      for (const device of out) wanted.set(device, outward(device, crew));
      wanted.set(crew.device, inward(crew.device, crew));
    }
    const { present, ours, taken } = await this.#look();
    const shaped: Shaped[] = [];
    for (const device of ours.keys()) if (!wanted.has(device)) await this.#remove(device);
    for (const [device, commands] of wanted) {
      if (!present.has(device)) continue;
      if (taken.has(device)) {
        throw new Refusal('SHAPER_TAKEN', `${device} has a queue that another program has set`);
      }
      shaped.push({ device, queue: await this.#shape(device, commands, ours.get(device)) });
    }
    return { shaped, missing: [...wanted.keys()].filter((device) => !present.has(device)) };
  }

  async clear(): Promise<void> {
    const devices = [...(await this.#look()).ours.keys()];
    let failed: unknown;
    for (const device of devices) {
      // One that has just gone keeps none of the others.
      await this.#remove(device).catch((error: unknown) => {
        failed ??= error;
      });
    }
    if (failed !== undefined) throw failed;
  }

  async #look(): Promise<FoundQueues> {
    const found = await this.#tc(['-json', 'qdisc', 'show'], CODE);
    return foundQueues(found);
  }

  async #shape(
    device: string,
    commands: readonly TcCommand[],
    before: Queue | undefined,
  ): Promise<Queue> {
    const key = JSON.stringify(commands);
    if (before !== undefined && this.#set.get(device) === key) return before;
    if (before !== undefined) await this.#remove(device);
    try {
      for (const args of commands) await this.#tc(args, CODE);
      const queue = await this.#addLeaf(device);
      this.#set.set(device, key);
      return queue;
    } catch (error) {
      // A half-made one would hold everything back.
      await this.#remove(device).catch(() => undefined);
      throw error;
    }
  }

  async #addLeaf(device: string): Promise<Queue> {
    for (const queue of QUEUES.slice(0, -1)) {
      try {
        await this.#tc(leaf(device, queue), CODE);
        return queue;
      } catch (error) {
        // The kernel does not have it.
        if (!(error instanceof Refusal) || error.code !== CODE) throw error;
      }
    }
    await this.#tc(leaf(device, 'fifo'), CODE);
    return 'fifo';
  }

  async #remove(device: string): Promise<void> {
    this.#set.delete(device);
    await this.#tc(removal(device), CODE);
  }
}
