/** Measures how soon orders are acknowledged: on the disk, one after another, and 10,000 at once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OrderService } from '../../../daemon/orders/order-service.ts';
import { openOrderService } from '../../../daemon/orders/order-service.ts';
import { openBootClock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { type Figure, round } from '../machine.ts';

const AT_ONCE = 10_000;
const PIECES = 50;
const RUNS = 5;
const ONE_BY_ONE = 200;

export async function benchOrders(): Promise<readonly Figure[]> {
  const bursts: Float64Array[] = [];
  // The first burst also compiles the code: a box takes its first orders minutes after its start.
  for (let run = 0; run <= RUNS; run += 1) bursts.push(await withOrderService(burst));
  const single = await withOrderService(oneByOne);
  const p99 = bursts.slice(1).map((times) => quantile(times, 0.99));
  const middle = quantile(p99, 0.5);
  return [
    {
      name: `${AT_ONCE} orders at once on an edition of ${PIECES}: p99 to acknowledged, median of ${RUNS} runs`,
      value: `${round(middle, 1)} ms (${p99.map((ms) => round(ms, 0)).join(', ')})`,
      goal: '<= 50 ms',
    },
    {
      name: 'the same, the first burst of a process',
      value: `${round(quantile(bursts[0] ?? [], 0.99), 1)} ms`,
      goal: '-',
    },
    {
      name: `one order after another: p50, p99 of ${ONE_BY_ONE}`,
      value: `${round(quantile(single, 0.5), 1)}, ${round(quantile(single, 0.99), 1)} ms`,
      goal: '<= 50 ms',
    },
  ];
}

/** How long each of them took, in ms. Little garbage of its own: collecting it would be most of what is measured. */
async function burst(service: OrderService): Promise<Float64Array> {
  const times = new Float64Array(AT_ONCE);
  let confirmed = 0;
  const orders = Array.from({ length: AT_ONCE }, (_, n) => {
    times[n] = -performance.now();
    const request = { do: 'confirm', id: `o${n}`, item: 'print', source: 'webhook' } as const;
    return service.take(request).then(({ status }) => {
      times[n] = (times[n] ?? 0) + performance.now();
      if (status === 'confirmed') confirmed += 1;
    });
  });
  await Promise.all(orders);
  if (confirmed !== PIECES) throw new Error(`${confirmed} of ${PIECES} pieces were sold`);
  return times;
}

async function oneByOne(service: OrderService): Promise<Float64Array> {
  const times = new Float64Array(ONE_BY_ONE);
  for (let n = 0; n < ONE_BY_ONE; n += 1) {
    const sentMs = performance.now();
    await service.take({ do: 'confirm', id: `o${n}`, item: 'print', source: 'webhook' });
    times[n] = performance.now() - sentMs;
  }
  return times;
}

async function withOrderService(
  work: (service: OrderService) => Promise<Float64Array>,
): Promise<Float64Array> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-orders-'));
  const article = {
    ...{ id: 'print', name: 'Print', price: 2500, currency: 'EUR', edition: PIECES },
    ...{ max_per_order: 10, collector: false, checkout_url: '', picture_file: '' },
  };
  // The same one until it changes, as that of a box.
  const catalogue = { drop: 'bench', articles: [article] };
  const service = await openOrderService({
    ...{ folder, windowMs: 1, pendingMs: 60_000, boot: openBootClock() },
    ...{ clock: systemClock, log: silentLog },
    catalogue: () => catalogue,
    onEvent: () => undefined,
    onConfirmed: () => undefined,
  });
  const ending = new AbortController();
  const running = service.run(ending.signal);
  try {
    return await work(service);
  } finally {
    ending.abort();
    await running;
    await rm(folder, { recursive: true, force: true });
  }
}

function quantile(values: Iterable<number>, share: number): number {
  const sorted = Array.from(values).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
