/** An article in the words of its form, and as drops.yaml has it. Pure. */
import { minorDigits } from '../../../../pipelines/player/text/minor-units.ts';
import type { Article } from '../../../config/drop.ts';
import { idOfTitle, numberOf } from './drop-fields.ts';

export interface ArticleValues {
  /** Empty for a new one: it is made of the name. */
  readonly id: string;
  readonly name: string;
  /** As people write it: `25.00`. */
  readonly price: string;
  readonly currency: string;
  readonly limit: 'none' | 'stock' | 'edition';
  readonly count: string;
  readonly perOrder: string;
  readonly isCollector: boolean;
  /** Empty: as the price. */
  readonly flashPrice: string;
  readonly checkoutUrl: string;
  readonly pictureFile: string;
}

const PER_ORDER = 10;

export const newArticle = (currency: string): ArticleValues => ({
  ...{ id: '', name: '', price: '', currency, limit: 'none', count: '' },
  ...{ perOrder: String(PER_ORDER), isCollector: false },
  ...{ flashPrice: '', checkoutUrl: '', pictureFile: '' },
});

export function valuesOf(article: Article): ArticleValues {
  const { id, name, price, currency, stock, edition, flash_price } = article;
  const count = edition ?? stock;
  const someLimit = edition === undefined ? 'stock' : 'edition';
  return {
    ...{ id, name, currency, price: priceText(price, currency) },
    limit: count === undefined ? 'none' : someLimit,
    count: count === undefined ? '' : String(count),
    perOrder: String(article.max_per_order),
    isCollector: article.collector,
    flashPrice: flash_price === undefined ? '' : priceText(flash_price, currency),
    checkoutUrl: article.checkout_url,
    pictureFile: article.picture_file,
  };
}

/** As drops.yaml has them; what is as usual is left out. What is no number is sent as it is: the box says so. */
export function articlesOf(all: readonly ArticleValues[]): readonly Record<string, unknown>[] {
  const taken = all.flatMap(({ id }) => (id === '' ? [] : [id]));
  return all.map((values) => {
    const id = values.id === '' ? idOfTitle(values.name, taken) : values.id;
    if (values.id === '') taken.push(id);
    return articleOf({ ...values, id });
  });
}

function articleOf(values: ArticleValues): Record<string, unknown> {
  const { id, currency, limit, count, flashPrice } = values;
  const perOrder = numberOf(values.perOrder);
  const [link, picture] = [values.checkoutUrl.trim(), values.pictureFile.trim()];
  return {
    ...{ id, name: values.name.trim(), price: minorOf(values.price, currency), currency },
    ...(limit === 'none' ? {} : { [limit]: numberOf(count) }),
    ...(perOrder === PER_ORDER ? {} : { max_per_order: perOrder }),
    ...(values.isCollector ? { collector: true } : {}),
    ...(flashPrice.trim() === '' ? {} : { flash_price: minorOf(flashPrice, currency) }),
    ...(link === '' ? {} : { checkout_url: link }),
    ...(picture === '' ? {} : { picture_file: picture }),
  };
}

/** `25`, `25.5` and `25,50` are 2500, 2550 and 2550 cents. What is no price stays a text. */
export function minorOf(price: string, currency: string): number | string {
  const digits = minorDigits(currency);
  const [, whole, part = ''] = /^(\d{1,9})(?:[.,](\d{1,4}))?$/.exec(price.trim()) ?? [];
  if (whole === undefined || part.length > digits) return price;
  return Number(whole) * 10 ** digits + Number(part.padEnd(digits, '0') || '0');
}

export function priceText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  return (minor / 10 ** digits).toFixed(digits);
}
