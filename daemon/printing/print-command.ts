/** The command `print`: a document by its name, at once or as soon as the printer can. */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../hal/os/clock.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { Outcome, PrintCommand } from '../model/commands.ts';
import { contentOf, TITLES, unknownDocument } from './documents.ts';
import { outcomeOf, type PrintJob } from './job.ts';
import { type PrintQueue, QueueFull } from './queue.ts';

interface Given {
  readonly config: Pick<Config, 'printer'>;
  readonly queue: PrintQueue;
  readonly pausedBy: () => string | undefined;
  readonly clock: Pick<Clock, 'wallMs'>;
}

export function openPrintCommand({ config, queue, pausedBy, clock }: Given): PrintCommand {
  return async (args, isDryRun, signal) => {
    const name = String(args['document'] ?? 'of that name');
    const wanted = contentOf(name, config);
    if (wanted === undefined) {
      return { status: 'rejected', code: 'UNSUPPORTED', detail: unknownDocument(name) };
    }
    const { content } = wanted;
    const paused = pausedBy();
    if (paused !== undefined) return { status: 'rejected', code: 'SAVING_POWER', detail: paused };
    if (config.printer.driver === 'none') {
      return { status: 'failed', code: 'NOT_PRINTED', detail: 'there is no printer' };
    }
    if (isDryRun) return { status: 'done', detail: `would print ${name}` };
    // One waits for paper: a person who presses again wants this one.
    const held = queue.jobs().find((job) => isHeld(job) && isDeepStrictEqual(job.content, content));
    if (held !== undefined) return outcomeOf(name, held);
    const id = `${name}-${clock.wallMs().toString(36)}-${queue.jobs().length}`;
    try {
      await queue.add(id, TITLES[content.document], content);
    } catch (error) {
      return refusal(error);
    }
    return outcomeOf(name, await queue.followedBriefly(id, signal));
  };
}

/** A copy was asked for with the PIN, and is another slip. */
function isHeld({ phase, reason, copy }: PrintJob): boolean {
  return phase === 'waiting' && reason !== undefined && copy === 1;
}

/** Of what the queue does not take. */
export function refusal(error: unknown): Outcome {
  const code = error instanceof QueueFull ? 'DEVICE_BUSY' : 'DISK';
  return { status: 'failed', code, detail: messageOf(error) };
}
