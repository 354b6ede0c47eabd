/** The payload of the shop. */
import { readAll } from '../../figures/figure.ts';
import { ARTICLE, ORDERS } from '../../figures/shop.ts';
import type { ShopState } from '../../model/orders.ts';
import { clipText } from '../../model/rounding.ts';
import type { Body } from './topics.ts';

/** It is computed from a time that is left: by less than this it is the same. */
const SAME_MS = 2_000;

/** Remembers the window’s end, so that it is not published again each second. */
export class MerchPayload {
  #untilMs: number | undefined;

  /** Undefined where nothing is sold. */
  report(shop: ShopState | undefined, wallMs: number): Body<'merch'> | undefined {
    if (shop === undefined) return undefined;
    return {
      drop: shop.drop === '' ? null : shop.drop,
      articles: shop.articles.slice(0, 64).map((article) => ({
        id: article.id,
        title: clipText(article.name, 120),
        currency: article.currency,
        collector: article.isCollector,
        ...readAll(ARTICLE, article),
      })),
      orders: readAll(ORDERS, shop),
      flash_until: this.#until(shop, wallMs),
    };
  }

  #until({ window }: ShopState, wallMs: number): string | null {
    if (window?.phase !== 'open') return null;
    const untilMs = wallMs + window.leftMs;
    const before = this.#untilMs ?? Number.NEGATIVE_INFINITY;
    if (Math.abs(untilMs - before) > SAME_MS) this.#untilMs = Math.round(untilMs / 1000) * 1000;
    return new Date(this.#untilMs ?? untilMs).toISOString();
  }
}
