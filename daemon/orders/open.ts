/** Opens the order desk of a box, and the command that takes orders. */
import { join } from 'node:path';
import { type Clock, openBootClock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { BoxEvent, OrderCommand } from '../model/commands.ts';
import { openOrderCommand } from './command.ts';
import { type Desk, openDesk } from './desk.ts';

interface Box {
  readonly stateFolder: string;
  readonly onEvent: (event: BoxEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const MINUTE_MS = 60_000;

export interface Orders {
  readonly desk: Desk;
  readonly order: OrderCommand;
}

export async function openOrders({ drop, orders }: Config, box: Box): Promise<Orders> {
  const desk = await openDesk({
    ...box,
    folder: join(box.stateFolder, 'orders'),
    catalogue: () => ({ drop: drop.id, articles: drop.catalogue }),
    windowMs: orders.window_minutes * MINUTE_MS,
    pendingMs: orders.pending_minutes * MINUTE_MS,
    boot: openBootClock(),
    onConfirmed: ({ orderId, item, quantity, numbers }) =>
      box.log.info('order confirmed', { order: orderId, item: item.id, quantity, numbers }),
  });
  return { desk, order: openOrderCommand(desk) };
}
