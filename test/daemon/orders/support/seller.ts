/** A process that takes orders as a box does, and prints each acknowledged one before it goes on. */
import { writeSync } from 'node:fs';
import { openOrderService } from '../../../../daemon/orders/order-service.ts';
import { openBootClock, systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { article } from './shop.ts';

const [folder = '', pieces = '0', orders = '0'] = process.argv.slice(2);

const service = await openOrderService({
  ...{ folder, windowMs: 1, pendingMs: 600_000, clock: systemClock, log: silentLog },
  boot: openBootClock(),
  catalogue: () => ({ drop: 'friday', articles: [article('print', { edition: Number(pieces) })] }),
  onEvent: () => undefined,
  onConfirmed: () => undefined,
});

const ids = Array.from({ length: Number(orders) }, (_, i) => i);
await Promise.all(
  ids.map(async (n) => {
    const outcome = await service.take({
      do: 'confirm',
      id: `o${n}`,
      item: 'print',
      source: 'webhook',
    });
    const numbers = outcome.status === 'confirmed' ? outcome.numbers.join() : '';
    writeSync(1, `${outcome.status} o${n} ${numbers}\n`);
  }),
);
