/** An order service in a scratch folder, with a clock and a machine’s run that a test drives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Article } from '../../../../daemon/config/drop.ts';
import type { BoxEvent } from '../../../../daemon/model/commands.ts';
import type { OrderConfirmed, OrderRequest } from '../../../../daemon/model/orders.ts';
import type { Catalogue } from '../../../../daemon/orders/article.ts';
import { type OrderService, openOrderService } from '../../../../daemon/orders/order-service.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export const MINUTE_MS = 60_000;
export const PENDING_MS = 15 * MINUTE_MS;
export const WINDOW_MS = 10 * MINUTE_MS;

export function article(id: string, more: Partial<Article> = {}): Article {
  return {
    ...{ id, name: `Article ${id}`, price: 2500, currency: 'EUR' },
    ...{ max_per_order: 10, collector: false, checkout_url: '', picture_file: '', ...more },
  };
}

export function scratchFolder() {
  const path = mkdtempSync(join(tmpdir(), 'orders-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Shop extends AsyncDisposable {
  readonly service: OrderService;
  readonly clock: VirtualClock;
  readonly boot: { bootId: string; sinceBootMs(): number };
  readonly events: BoxEvent[];
  readonly confirmed: OrderConfirmed[];
  /** How often the box was asked whether its clock is set: each time it puts together all that it knows. */
  clockAsks: number;
  catalogue: Catalogue;
  /** Resolves when the rest of the box knows of what was acknowledged, up to 50 orders. */
  announced(): Promise<void>;
}

/** An order service that runs until it is disposed of, as a box that ends in order. */
export async function openShop(
  folder: string,
  articles: readonly Article[],
  clock = new VirtualClock(),
  boot = { bootId: 'run-1', sinceBootMs: () => clock.monotonicMs() },
  isClockFree = false,
): Promise<Shop> {
  const events: BoxEvent[] = [];
  const confirmed: OrderConfirmed[] = [];
  const shop: Pick<Shop, 'catalogue' | 'clockAsks'> = {
    catalogue: { drop: 'friday', articles },
    clockAsks: 0,
  };
  const service = await openOrderService({
    ...{ folder, windowMs: WINDOW_MS, pendingMs: PENDING_MS, clock, boot, log: silentLog },
    isClockFree: () => {
      shop.clockAsks += 1;
      return isClockFree;
    },
    catalogue: () => shop.catalogue,
    onEvent: (event) => events.push(event),
    onConfirmed: (order) => confirmed.push(order),
  });
  const ending = new AbortController();
  const running = service.run(ending.signal);
  return Object.assign(shop, {
    ...{ service, clock, boot, events, confirmed },
    announced: async () => {
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
    },
  });
}

export function paid(id: string, item = 'print', more: Partial<OrderRequest> = {}): OrderRequest {
  return { do: 'confirm', id, item, source: 'webhook', ...more };
}

export function reserve(id: string, item = 'print', more: Partial<OrderRequest> = {}) {
  return { ...paid(id, item, more), do: 'reserve' } as const;
}

export const FIRST_FRAME: BoxEvent = {
  type: 'drop.first-frame',
  severity: 'info',
  atMs: 0,
  data: {},
};
