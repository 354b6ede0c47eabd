/** A shop with two articles, for tests of what is published about it. */
import type { ShopState } from '../../../../daemon/model/orders.ts';

/** @param leftMs Of the first minutes. */
export const shop = (leftMs: number): ShopState => ({
  drop: 'friday',
  articles: [
    {
      ...{ id: 'print', name: 'Print', price: 2000, usualPrice: 2500, currency: 'EUR' },
      ...{ left: 12, edition: 50, sold: 38, pending: 0, isCollector: true, isOpen: true },
    },
    {
      ...{ id: 'tee', name: 'Tee', price: 3000, currency: 'EUR', sold: 1, pending: 2 },
      ...{ isCollector: false, isOpen: true },
    },
  ],
  window: { phase: leftMs > 0 ? 'open' : 'over', leftMs },
  sales: { orders: 39, pieces: 39, amounts: [] },
  totals: { pending: 2, confirmed: 39, void: 0, refused: 1, refunds: 1 },
});
