/** What is sold now, and what can still be paid of the drop that has just ended. Pure. */
import type { Article } from '../config/drop.ts';
import type { OrderRequest } from '../model/orders.ts';
import type { Book } from './book.ts';

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
