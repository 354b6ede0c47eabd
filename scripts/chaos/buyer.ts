/** A guest who buys one print after the other, and remembers which numbers were promised. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { ask } from '../../daemon/cli/control/client.ts';
import type { Box } from '../../test/support/box.ts';

export interface Buyer {
  run(signal: AbortSignal): Promise<void>;
  /** The number of each order that was confirmed. */
  readonly promised: ReadonlyMap<string, number>;
  /** Promises that were broken. */
  readonly faults: readonly string[];
}

const EVERY_MS = 500;
const ANSWER_MS = 20_000;
const resultSchema = v.object({ numbers: v.tuple([v.number()]) });

export function openBuyer(box: Box): Buyer {
  const promised = new Map<string, number>();
  const owners = new Map<number, string>();
  const faults: string[] = [];
  const buy = async (order: string): Promise<boolean> => {
    const socket = join(box.folder, 'control.sock');
    const request = { ask: 'cmd', verb: 'order', args: { order, item: 'print' } } as const;
    for await (const answer of ask([socket], request, AbortSignal.timeout(ANSWER_MS))) {
      if (answer.type !== 'outcome') continue;
      if (answer.outcome.status !== 'done') return false;
      const { numbers } = v.parse(resultSchema, answer.outcome.result);
      const [number] = numbers;
      const owner = owners.get(number);
      if (owner !== undefined && owner !== order)
        faults.push(`number ${number} was sold to ${owner} and to ${order}`);
      owners.set(number, order);
      promised.set(order, number);
      return true;
    }
    return false;
  };
  return {
    promised,
    faults,
    run: async (signal) => {
      for (let n = 1; !signal.aborted; ) {
        // One that was not answered is asked for again: it must be the same order.
        const isBought = await buy(`chaos-${n}`).catch(() => false);
        if (isBought) n += 1;
        await sleep(EVERY_MS);
      }
    },
  };
}
