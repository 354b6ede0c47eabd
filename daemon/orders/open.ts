/** Opens the order service of a box, and the command that takes orders. */
import { join } from 'node:path';
import { type Clock, openBootClock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import type { DropConfig } from '../config/drop.ts';
import type { BoxEvent, OrderCommand } from '../model/commands.ts';
import type { AnswerWebhook } from '../model/orders.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { openOrderCommand } from './command.ts';
import { type OrderService, openOrderService } from './order-service.ts';
import { ConfiguredWebhook } from './webhook/configured.ts';

interface Box {
  readonly stateFolder: string;
  readonly onEvent: (event: BoxEvent) => void;
  readonly snapshot: () => Pick<BoxSnapshot, 'system'>;
  readonly drops: { present(): DropConfig; justEnded(): DropConfig | undefined };
  readonly clock: Clock;
  readonly log: Log;
}

const MINUTE_MS = 60_000;

const soldBy = ({ id, catalogue }: DropConfig) => ({ drop: id, articles: catalogue });

export interface Orders {
  readonly service: OrderService;
  readonly order: OrderCommand;
  /** Undefined where the config has no webhook. */
  readonly webhook: () => AnswerWebhook | undefined;
  /** The webhook of that config, on its own port where it has one. */
  readonly runningWebhook: (config: Config) => Task;
}

export async function openOrders(config: () => Config, box: Box): Promise<Orders> {
  const isClockFree = () => box.snapshot().system?.clock.phase === 'free';
  const hook: ConfiguredWebhook = new ConfiguredWebhook(config().orders.webhook, {
    ...{ ...box, isClockFree },
    get service() {
      return service;
    },
  });
  const service = await openOrderService({
    ...box,
    isClockFree,
    webhookFault: hook.fault,
    folder: join(box.stateFolder, 'orders'),
    catalogue: () => {
      const now = soldBy(box.drops.present());
      const last = box.drops.justEnded();
      return last === undefined || last.catalogue.length === 0
        ? now
        : { ...now, last: soldBy(last) };
    },
    get windowMs() {
      return config().orders.window_minutes * MINUTE_MS;
    },
    get pendingMs() {
      return config().orders.pending_minutes * MINUTE_MS;
    },
    boot: openBootClock(),
    onConfirmed: ({ orderId, item, quantity, numbers }) =>
      box.log.info('order confirmed', { order: orderId, item: item.id, quantity, numbers }),
  });
  const order = openOrderCommand(service, box.clock);
  const runningWebhook = (now: Config) => hook.running(now.orders.webhook);
  // With a port of its own strangers have no business at the crew's.
  const webhook = () => (config().orders.webhook.port === 0 ? hook.answer() : undefined);
  return { service, order, webhook, runningWebhook };
}
