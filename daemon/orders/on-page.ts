/** Sends what is sold to the guests' page. */
import { resolve } from 'node:path';
import { every } from '../../hal/os/async.ts';
import type { ArticleOnPage, ShopOnPage } from '../../pipelines/player/drop-json.ts';
import { type ArticleState, type ShopState, takesOrders } from '../model/orders.ts';

/** A media process that was restarted knows nothing of it. */
const EVERY_MS = 2_000;

/**
 * Runs until `signal` aborts.
 *
 * @param stateFolder Where relative names of pictures begin.
 */
export async function showShop(
  state: () => ShopState | undefined,
  show: (shop: ShopOnPage | undefined) => void,
  stateFolder: string,
  signal: AbortSignal,
): Promise<void> {
  let wasShown = false;
  await every(EVERY_MS, signal, () => {
    const shop = shopOnPage(state(), stateFolder);
    if (shop !== undefined || wasShown) show(shop);
    wasShown = shop !== undefined;
  });
}

/** Guests do not see how much is sold, only what is left. While no order is taken, or after the drop, no checkout is shown. */
export function shopOnPage(
  state: ShopState | undefined,
  stateFolder: string,
): ShopOnPage | undefined {
  if (state === undefined || state.articles.length === 0) return undefined;
  const { articles, window, isOver = false } = state;
  const shown = articles.map((one) => articleOnPage(one, takesOrders(state), stateFolder));
  if (isOver) return { articles: shown, isOver };
  return {
    articles: shown,
    ...(window?.phase === 'open' ? { windowLeftMs: Math.round(window.leftMs) } : {}),
    ...(window?.phase === 'over' ? { isWindowOver: true } : {}),
  };
}

function articleOnPage(article: ArticleState, isSold: boolean, stateFolder: string): ArticleOnPage {
  const { name, price, usualPrice, currency, left, isOpen } = article;
  const { isCollector, checkoutUrl, pictureFile } = article;
  return {
    ...{ name, price, currency, isOpen },
    ...(isCollector ? { isCollector } : {}),
    ...(usualPrice === undefined ? {} : { usualPrice }),
    ...(left === undefined ? {} : { left }),
    ...(checkoutUrl === undefined || !isSold ? {} : { checkoutUrl }),
    ...(pictureFile === undefined ? {} : { pictureFile: resolve(stateFolder, pictureFile) }),
  };
}
