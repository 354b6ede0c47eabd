/** The command `print`: a document by its name, at once or as soon as the printer can; or one that waits no more. */
import { isDeepStrictEqual } from 'node:util';
import { withTimeout } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { Outcome, PrintCommand } from '../model/commands.ts';
import { contentOf, TITLES, unknownDocument } from './documents.ts';
import { done, infoOf, isDone, isOpen, outcomeOf, type PrintJob } from './job.ts';
import { type PrintQueue, QueueFull } from './queue.ts';

interface Given {
  readonly config: Pick<Config, 'printer'>;
  readonly queue: PrintQueue;
  readonly pausedBy: () => string | undefined;
  readonly clock: Clock;
}

/** A slip takes some seconds; what asks for one holds a place meanwhile. */
const FOLLOW_MS = 15_000;

class StillWaits extends Error {}

export function openPrintCommand({ config, queue, pausedBy, clock }: Given): PrintCommand {
  return async (args, isDryRun, signal) => {
    if (args['do'] === 'remove') return await remove(queue, String(args['slip'] ?? ''), isDryRun);
    if (args['do'] === 'list') return list(queue);
    if (args['do'] !== undefined) return rejected('do must be list, remove, or left out');
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
    return outcomeOf(name, await followedBriefly(queue, id, clock, signal));
  };
}

/** Those that wait, or are to be looked at. */
function list(queue: PrintQueue): Outcome {
  const open = queue.jobs().filter(isOpen);
  const ids = open.map(({ id }) => id);
  const detail = open.length === 0 ? 'no slip waits' : `${open.length} wait: ${ids.join(', ')}`;
  return { status: 'done', detail, result: open.map(infoOf) };
}

/** It stays in the list: with the PIN it can still be printed. */
async function remove(queue: PrintQueue, id: string, isDryRun: boolean): Promise<Outcome> {
  const job = queue.find(id);
  if (job === undefined) return rejected('there is no slip of that id');
  if (job.phase !== 'waiting') return rejected(NOT_WAITING);
  if (isDryRun) return { status: 'done', detail: `would remove ${id}` };
  try {
    const after = await queue.remove(id);
    return after === undefined ? rejected(NOT_WAITING) : done(after, `${id} is not printed`);
  } catch (error) {
    return refusal(error);
  }
}

/** Translated on the page. */
const NOT_WAITING = 'the slip does not wait any more';

function rejected(detail: string): Outcome {
  return { status: 'rejected', code: 'BAD_ARGUMENTS', detail };
}

/** As it is done, as it waits and why, or as it is after some seconds. */
export async function followedBriefly(
  queue: PrintQueue,
  id: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<PrintJob> {
  const limit = { clock, timeoutMs: FOLLOW_MS, timeoutError: () => new StillWaits(), signal };
  try {
    return await withTimeout((ends) => queue.followed(id, ends), limit);
  } catch (error) {
    const job = error instanceof StillWaits ? queue.find(id) : undefined;
    if (job === undefined) throw error;
    return isDone(job) ? job : { ...job, reason: 'the printer is busy' };
  }
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
