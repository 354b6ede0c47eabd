/** Puts a slip into the queue for each confirmed order, once, also over restarts. */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { errnoOf } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { removeFile, saveFile } from '../../hal/os/save-file.ts';
import type { ConfirmedOrders, OrderConfirmed } from '../model/orders.ts';
import type { Content, PrintJob } from './job.ts';
import { type PrintQueue, QueueFull } from './queue.ts';
import { slipsOf } from './ticket.ts';

const CURSOR_FILE = 'orders.json';
const EVERY_MS = 500;
const RETRY_MS = 3_000;
const BATCH = 8;
/** More than a ledger holds. */
const ALL = 1_000_000;

const cursorSchema = v.object({ seq: v.number() });

interface Named {
  readonly id: string;
  readonly title: string;
}

export interface OrderTicketDeps {
  readonly orders: Pick<ConfirmedOrders, 'confirmedAfter'>;
  readonly drops: { present(): Named; justEnded(): Named | undefined };
  readonly queue: Pick<PrintQueue, 'add' | 'jobs'>;
  /** Of the state; the slips lie there too. */
  readonly folder: string;
  /** False: orders of meanwhile are never printed. */
  readonly isOn: boolean;
  /** Of the file that says how far tickets are printed. */
  readonly onDamaged: (file: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs until `signal` aborts. Never rejects. */
export async function runOrderTickets(deps: OrderTicketDeps, signal: AbortSignal): Promise<void> {
  const { folder, isOn, orders, clock, log } = deps;
  const path = join(folder, CURSOR_FILE);
  if (!isOn) return await removeFile(path).catch(() => undefined);
  let seq = await firstSeq(path, deps);
  let reported = '';
  while (!signal.aborted) {
    try {
      for (const order of orders.confirmedAfter(seq, BATCH)) {
        const known = [deps.drops.justEnded(), deps.drops.present()];
        const title = known.find((one) => one?.id === order.drop)?.title;
        for (let slip = 1; slip <= slipsOf(order); slip += 1) {
          await deps.queue.add(idOf(order, slip), titleOf(order), contentOf(order, title, slip));
        }
        seq = order.seq;
        // After the slip is on the disk: a crash in between finds it there by its id.
        await saveFile(path, JSON.stringify({ seq }));
      }
      reported = '';
      await pause(clock, EVERY_MS, signal);
    } catch (error) {
      const reason = messageOf(error);
      const level = error instanceof QueueFull ? 'warn' : 'error';
      if (reason !== reported) log[level]('tickets wait in the ledger', { reason });
      reported = reason;
      await pause(clock, RETRY_MS, signal);
    }
  }
}

/**
 * Where there is no file, what is in the ledger was sold without a printer, or printed already.
 * A damaged one is copied to `.bad` and then replaced: without any, a start after a power cut in
 * between would take all orders for printed.
 */
async function firstSeq(path: string, deps: OrderTicketDeps): Promise<number> {
  const { orders, queue, onDamaged, log } = deps;
  try {
    return v.parse(cursorSchema, JSON.parse(await readFile(path, 'utf8'))).seq;
  } catch (error) {
    const isDamaged = errnoOf(error) !== 'ENOENT';
    const known = isDamaged ? lastWithSlip(orders, queue.jobs()) : undefined;
    const seq = known ?? orders.confirmedAfter(0, ALL).at(-1)?.seq ?? 0;
    if (isDamaged) {
      log.error('list of printed orders is damaged', { path, seq, reason: messageOf(error) });
      await copyFile(path, `${path}.bad`).catch(() => undefined);
      onDamaged(CURSOR_FILE);
    }
    await saveFile(path, JSON.stringify({ seq })).catch((fault: unknown) =>
      log.error('printed orders not saved', { reason: messageOf(fault) }),
    );
    return seq;
  }
}

/** A slip is on the disk before its order counts as printed: it went on behind the last of them. */
function lastWithSlip(
  orders: OrderTicketDeps['orders'],
  slips: readonly PrintJob[],
): number | undefined {
  const seqs = slips.flatMap(({ content }) => {
    if (content.document !== 'ticket') return [];
    const { seq, orderId } = content.order;
    // The box stopped between the slips of a large order.
    if ((content.slip ?? 1) < slipsOf(content.order)) return [];
    // A slip may be of a ledger before this one.
    return orders.confirmedAfter(seq - 1, 1)[0]?.orderId === orderId ? [seq] : [];
  });
  return seqs.length === 0 ? undefined : Math.max(...seqs);
}

/** A stub that comes out after its order was cancelled is worth something that was paid back. */
export function cancelledOrder(
  { content }: Pick<PrintJob, 'content'>,
  orders: Pick<ConfirmedOrders, 'isVoid'>,
): string | undefined {
  if (content.document !== 'ticket' || !orders.isVoid(content.order.orderId)) return undefined;
  return 'its order was cancelled';
}

/** A new ledger counts from 1 again: the order's id tells its slips apart. */
const idOf = ({ seq, orderId }: OrderConfirmed, slip: number) =>
  `order-${seq}-${orderId.replace(/[^\w-]/g, '_')}`.slice(0, 54) + (slip === 1 ? '' : `-${slip}`);

const titleOf = ({ orderId, quantity, item }: OrderConfirmed) =>
  `Order ${orderId}: ${quantity} x ${item.name}`;

function contentOf(order: OrderConfirmed, title: string | undefined, slip: number): Content {
  const { seq, orderId, drop, item, quantity, numbers, name, atMs } = order;
  const ticket = { seq, orderId, drop, item: { ...item }, quantity, numbers: [...numbers], atMs };
  return {
    document: 'ticket',
    order: name === undefined ? ticket : { ...ticket, name },
    ...(title === undefined ? {} : { title }),
    ...(slip === 1 ? {} : { slip }),
  };
}
