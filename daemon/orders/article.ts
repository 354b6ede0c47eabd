/** What is sold, of which drop an order is, what an article costs now, and how many are left. Pure. */
import type { Article } from '../config/drop.ts';
import type { ArticleState, OrderRequest } from '../model/orders.ts';
import type { Book, PieceCount } from './book.ts';

/** What one drop sells. */
export interface DropCatalogue {
  /** Names it: editions are numbered in it, and its first frame opens its window. */
  readonly drop: string;
  readonly articles: readonly Article[];
}

export interface Catalogue extends DropCatalogue {
  /** Of the drop that has just ended: a checkout that was open then can still be paid. */
  readonly last?: DropCatalogue;
}

/** That of an order's drop; a new order of an item that both sell is one of the drop that has just ended. */
export function catalogueFor(
  book: Pick<Book, 'find'>,
  { id, item }: Pick<OrderRequest, 'id' | 'item'>,
  catalogue: Catalogue,
): DropCatalogue {
  const { last } = catalogue;
  if (last === undefined) return catalogue;
  const known = book.find(id);
  const before = known?.kind === 'void' ? known.was : known;
  const isOfLast =
    before === undefined
      ? last.articles.some((article) => article.id === item)
      : before.drop === last.drop;
  return isOfLast ? last : catalogue;
}

export interface Offer {
  readonly article: Article;
  readonly price: number;
  readonly isOpen: boolean;
}

export function offerOf(article: Article, isWindowOpen: boolean): Offer {
  const { price, flash_price, collector } = article;
  return {
    article,
    price: isWindowOpen ? (flash_price ?? price) : price,
    isOpen: isWindowOpen || !collector,
  };
}

/** Undefined without a limit. A number once given out is never free again, though its order is void. */
export function leftOf(
  { stock, edition }: Article,
  { pending, sold, numbered }: PieceCount,
): number | undefined {
  const total = edition ?? stock;
  if (total === undefined) return undefined;
  const taken = edition === undefined ? sold : Math.max(sold, numbered);
  return Math.max(0, total - taken - pending);
}

export function describeArticle(
  article: Article,
  pieces: PieceCount,
  isWindowOpen: boolean,
): ArticleState {
  const { id, name, currency, collector, edition, checkout_url, picture_file } = article;
  const { price, isOpen } = offerOf(article, isWindowOpen);
  const left = leftOf(article, pieces);
  return {
    ...{ id, name, price, currency, isOpen, isCollector: collector },
    ...{ sold: pieces.sold, pending: pieces.pending },
    ...(price === article.price ? {} : { usualPrice: article.price }),
    ...(left === undefined ? {} : { left }),
    ...(edition === undefined ? {} : { edition }),
    ...(checkout_url === '' ? {} : { checkoutUrl: checkout_url }),
    ...(picture_file === '' ? {} : { pictureFile: picture_file }),
  };
}
