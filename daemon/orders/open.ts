/** Opens the order desk of a box, and the command that takes orders. */
import { join } from 'node:path';
import { untilAborted } from '../../hal/os/async.ts';
import { type Clock, openBootClock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import { runOptionalPort } from '../../pipelines/http/optional-port.ts';
import type { Config } from '../config/config.ts';
import type { DropConfig } from '../config/drop.ts';
import type { BoxEvent, OrderCommand } from '../model/commands.ts';
import type { AnswerWebhook } from '../model/orders.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { openOrderCommand } from './command.ts';
import { type Desk, openDesk } from './desk.ts';
import { openSecrets } from './webhook/secrets.ts';
import { runWebhook } from './webhook/server.ts';
import { Webhook } from './webhook/webhook.ts';

interface Box {
  readonly stateFolder: string;
  readonly onEvent: (event: BoxEvent) => void;
  readonly snapshot: () => Pick<BoxSnapshot, 'system'>;
  readonly drops: { present(): DropConfig };
  readonly clock: Clock;
  readonly log: Log;
}

const MINUTE_MS = 60_000;

export interface Orders {
  readonly desk: Desk;
  readonly order: OrderCommand;
  /** Undefined where the config has no webhook. */
  readonly webhook?: AnswerWebhook;
  /** The webhook's own port, or nothing. */
  readonly runWebhook: Task;
}

export async function openOrders(config: () => Config, box: Box): Promise<Orders> {
  const { scheme, secret_file, host, port, tls } = config().orders.webhook;
  const secrets = secret_file === '' ? undefined : openSecrets(secret_file, scheme);
  const webhookFault = () => {
    const read = secrets?.();
    return read !== undefined && 'fault' in read ? read.fault : undefined;
  };
  const isClockFree = () => box.snapshot().system?.clock.phase === 'free';
  const desk = await openDesk({
    ...box,
    isClockFree,
    webhookFault,
    folder: join(box.stateFolder, 'orders'),
    catalogue: () => {
      const { id, catalogue } = box.drops.present();
      return { drop: id, articles: catalogue };
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
  const order = openOrderCommand(desk, box.clock);
  if (secrets === undefined) return { desk, order, runWebhook: untilAborted };
  const reason = webhookFault();
  // The box goes on: a drop is more than its shop.
  if (reason !== undefined) box.log.error('order webhooks are refused', { reason });
  const hook = new Webhook({ ...box, scheme, secrets, desk, isClockFree });
  const answer: AnswerWebhook = (request) => hook.answer(request);
  if (port === 0) return { desk, order, webhook: answer, runWebhook: untilAborted };
  const run: Task = (signal) => runWebhook({ host, port, tls }, answer, box.log, signal);
  const [task = untilAborted] = runOptionalPort('webhook', port, box, run);
  return { desk, order, runWebhook: task };
}
