/** Sends what is sold to the guests' page. */
import { every } from '../../hal/os/async.ts';
import type { ShopOnPage } from '../../pipelines/player/drop-report.ts';
import type { ShopState } from '../model/orders.ts';

/** A media process that was restarted knows nothing of it. */
const EVERY_MS = 2_000;

/** Runs until `signal` aborts. */
export async function showShop(
  state: () => ShopState | undefined,
  show: (shop: ShopOnPage | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  let wasShown = false;
  await every(EVERY_MS, signal, () => {
    const shop = shopOnPage(state());
    if (shop !== undefined || wasShown) show(shop);
    wasShown = shop !== undefined;
  });
}

/** Guests do not see how much is sold, only what is left. While no order is taken, no checkout is shown. */
export function shopOnPage(state: ShopState | undefined): ShopOnPage | undefined {
  if (state === undefined || state.articles.length === 0) return undefined;
  const { articles, window, fault } = state;
  return {
    articles: articles.map(({ name, price, usualPrice, currency, left, isOpen, checkoutUrl }) => ({
      ...{ name, price, currency, isOpen },
      ...(usualPrice === undefined ? {} : { usualPrice }),
      ...(left === undefined ? {} : { left }),
      ...(checkoutUrl === undefined || fault !== undefined ? {} : { checkoutUrl }),
    })),
    ...(window?.phase === 'open' ? { windowLeftMs: Math.round(window.leftMs) } : {}),
  };
}
