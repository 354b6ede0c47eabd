/** Puts a slip into the queue for each confirmed order, once, also over restarts. */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { errnoOf } from '../../hal/os/errors.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { removeFile, saveFile } from '../../hal/os/save-file.ts';
import type { ConfirmedOrders, OrderConfirmed } from '../model/orders.ts';
import type { HeldTickets } from '../model/prints.ts';
import type { Content, PrintJob } from './job.ts';
import { type PrintQueue, QueueFull } from './queue.ts';
import { slipsOf } from './ticket.ts';

const CURSOR_FILE = 'orders.json';
const EVERY_MS = 500;
const RETRY_MS = 3_000;
const BATCH = 8;
/** Of a full queue: a printer in order is done with a slip before that, also with a long one. */
const HELD_AFTER_MS = 60_000;
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
  readonly queue: Pick<PrintQueue, 'add' | 'jobs' | 'heldByBox'>;
  /** Of the state; the slips lie there too. */
  readonly folder: string;
  /** False: orders of meanwhile are never printed. */
  readonly isOn: boolean;
  /** Of the file that says how far tickets are printed. */
  readonly onDamaged: (file: string) => void;
  /** Why tickets wait in the ledger; undefined once they do not. */
  readonly onHeld: (held: HeldTickets | undefined) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs until `signal` aborts. Never rejects. */
export async function runOrderTickets(deps: OrderTicketDeps, signal: AbortSignal): Promise<void> {
  const { folder, isOn, orders, drops, queue, clock, onHeld } = deps;
  const path = join(folder, CURSOR_FILE);
  onHeld(undefined);
  if (!isOn) return await removeFile(path).catch(() => undefined);
  const hold = openHold(deps);
  const read = await readNote(path, hold, clock, signal);
  if (read === 'ended') return onHeld(undefined);
  let seq = await firstSeq(path, read.note, deps);
  let next = '';
  const queueAll = async () => {
    for (const order of orders.confirmedAfter(seq, BATCH)) {
      for (let slip = 1; slip <= slipsOf(order); slip += 1) {
        next = idOf(order, slip);
        const known = [drops.justEnded(), drops.present()];
        const title = known.find((one) => one?.id === order.drop)?.title;
        await queue.add(next, titleOf(order), contentOf(order, title, slip));
      }
      seq = order.seq;
      // After the slip is on the disk: a crash in between finds it there by its id.
      await saveFile(path, JSON.stringify({ seq }));
    }
  };
  while (!signal.aborted) {
    try {
      await queueAll();
      hold(undefined, next);
      await pause(clock, EVERY_MS, signal);
    } catch (error) {
      hold(error, next);
      await pause(clock, RETRY_MS, signal);
    }
  }
  onHeld(undefined);
}

/** Returns what takes the error of each try, and the slip that is next. Held is held until none waits. */
function openHold({ queue, clock, log, onHeld }: OrderTicketDeps) {
  let reported = '';
  let before = '';
  let sinceMs = 0;
  let held: HeldTickets | undefined;
  return (error: unknown, next: string) => {
    const reason = error === undefined ? '' : messageOf(error);
    const isFull = error instanceof QueueFull;
    if (reason !== reported && reason !== '') {
      log[isFull ? 'warn' : 'error']('tickets wait in the ledger', { reason });
    }
    const nowMs = clock.monotonicMs();
    // A rush is printed slip by slip: that is no fault.
    if (reported === '' || next !== before) sinceMs = nowMs;
    reported = reason;
    before = next;
    const isHeld = held !== undefined && held.kind !== 'not-saved';
    if (!isFull) held = error === undefined ? undefined : { kind: 'not-saved', reason };
    else if (isHeld || nowMs - sinceMs >= HELD_AFTER_MS) held = heldFull(queue, reason);
    else held = undefined;
    onHeld(held);
  };
}

/** All slips that wait, wait for the same; without one of them a person is to look at them. */
function heldFull(queue: OrderTicketDeps['queue'], full: string): HeldTickets {
  const waiting = queue.jobs().find(({ phase }) => phase === 'waiting');
  if (waiting === undefined) return { kind: 'full', reason: full };
  return queue.heldByBox() ?? { kind: 'full', reason: waiting.reason ?? full };
}

/**
 * Undefined where there is none. One that the disk does not give now is waited for, until the box
 * ends: which tickets are printed, only it says. A folder in its place is a damaged file system.
 */
async function readNote(
  path: string,
  hold: ReturnType<typeof openHold>,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly note: string | undefined } | 'ended'> {
  do {
    try {
      return { note: await readFile(path, 'utf8') };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { note: undefined };
      if (errnoOf(error) === 'EISDIR') return { note: '' };
      hold(error, '');
    }
  } while (await pause(clock, RETRY_MS, signal));
  return 'ended';
}

/**
 * Where there is no file, what is in the ledger was sold without a printer, or printed already.
 * A damaged one is copied to `.bad` and then replaced: without any, a start after a power cut in
 * between would take all orders for printed.
 */
async function firstSeq(
  path: string,
  note: string | undefined,
  { orders, queue, onDamaged, log }: OrderTicketDeps,
): Promise<number> {
  const read = note === undefined ? undefined : parseAs(cursorSchema, note);
  if (read !== undefined) return read.seq;
  const known = note === undefined ? undefined : lastWithSlip(orders, queue.jobs());
  const seq = known ?? orders.confirmedAfter(0, ALL).at(-1)?.seq ?? 0;
  if (note !== undefined) {
    log.error('list of printed orders is damaged', { path, seq });
    await copyFile(path, `${path}.bad`).catch(() => undefined);
    onDamaged(CURSOR_FILE);
  }
  await saveFile(path, JSON.stringify({ seq })).catch((fault: unknown) =>
    log.error('printed orders not saved', { reason: messageOf(fault) }),
  );
  return seq;
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
