/** Figures of the shop: its articles, and orders over all drops. */
import type { ArticleState, ShopState } from '../model/orders.ts';
import type { Table } from './figure.ts';

/** Of each article, in the topic `merch`. */
export const ARTICLE = {
  price_minor: {
    help: 'What it costs now, in the smallest unit of its currency: 2500 is 25.00 €.',
    metric: 'article_price_minor',
    isRequired: true,
    read: ({ price }) => price,
  },
  usual_price_minor: {
    help: 'What it costs otherwise, where it costs less now.',
    read: ({ usualPrice }) => usualPrice,
  },
  edition: {
    help: 'Pieces of its numbered edition.',
    read: ({ edition }) => edition,
  },
  left: {
    help: 'Pieces that can be ordered; unknown without a limit.',
    metric: 'article_left',
    read: ({ left }) => left,
  },
  sold: {
    help: 'Pieces of confirmed orders.',
    metric: 'article_sold',
    isRequired: true,
    read: ({ sold }) => sold,
  },
  pending: {
    help: 'Pieces that unpaid orders reserve.',
    metric: 'article_pending',
    isRequired: true,
    read: ({ pending }) => pending,
  },
  open: {
    unit: 'boolean',
    help: '0 for a collector’s article outside of the first minutes of a drop.',
    isRequired: true,
    read: ({ isOpen }) => isOpen,
  },
} as const satisfies Table<ArticleState>;

/** Of all drops, in the topic `merch`. */
export const ORDERS = {
  confirmed: {
    help: 'Confirmed orders.',
    metric: 'orders_confirmed',
    isRequired: true,
    read: ({ totals }) => totals.confirmed,
  },
  pending: {
    help: 'Unpaid orders that reserve pieces.',
    metric: 'orders_pending',
    isRequired: true,
    read: ({ totals }) => totals.pending,
  },
  void: {
    help: 'Orders that were cancelled, or whose time was over.',
    metric: 'orders_void',
    isRequired: true,
    read: ({ totals }) => totals.void,
  },
  refused: {
    help: 'Orders that got nothing.',
    metric: 'orders_refused',
    isRequired: true,
    read: ({ totals }) => totals.refused,
  },
  to_refund: {
    help: 'Refused orders that were paid: their money must go back.',
    metric: 'orders_to_refund',
    isRequired: true,
    read: ({ totals }) => totals.refunds,
  },
} as const satisfies Table<ShopState>;
