/** What is sold while the power is cut, and what a machine is to sell before its cut. */
import type { Article } from '../../../daemon/config/drop.ts';

/** One boot's orders, as JSON in `plan.json`. */
export interface SalesPlan {
  readonly seed: number;
  /** Asked for before, and not known to be answered: they are asked for again, by number. */
  readonly again: readonly number[];
  /** New ones: from here up to, and without, the end. */
  readonly first: number;
  readonly end: number;
  /** It ends in order. */
  readonly isLast: boolean;
}

/** The edition that is sold out soon. */
export const EDITION = 50;
/** One that is not, so that numbers are given out until the last cut. */
const LARGE_EDITION = 1_000_000;

export const CATALOGUE = {
  drop: 'friday',
  articles: [numbered('print', EDITION), numbered('card', LARGE_EDITION)],
};

export function itemOf(n: number): string {
  return n % 2 === 0 ? 'print' : 'card';
}

function numbered(id: string, edition: number): Article {
  return {
    ...{ id, name: id, price: 2500, currency: 'EUR', edition, max_per_order: 10 },
    ...{ collector: false, checkout_url: '', picture_file: '' },
  };
}
