/** What is sold: price, what is left, and the link to the checkout. */
import type { ArticleOnPage, ShopOnPage } from './drop-report.ts';
import { fill } from './text/fill.ts';
import { texts } from './texts.ts';

const element = (id: string) => document.getElementById(id) as HTMLElement;

export class Shop {
  #shop: ShopOnPage | undefined;
  #shownMs = 0;

  show(shop: ShopOnPage | undefined): void {
    const isSame = JSON.stringify(shop?.articles) === JSON.stringify(this.#shop?.articles);
    this.#shop = shop;
    this.#shownMs = performance.now();
    if (!isSame) this.render();
  }

  render(): void {
    const articles = this.#shop?.articles ?? [];
    element('shop').hidden = articles.length === 0;
    element('shop-list').replaceChildren(...articles.map(renderArticle));
    this.tick();
  }

  /** Often: the countdown of the first minutes. */
  tick(): void {
    const endsMs = this.#shop?.windowLeftMs ?? 0;
    const leftS = Math.ceil((endsMs - (performance.now() - this.#shownMs)) / 1000);
    const time = `${Math.floor(leftS / 60)}:${String(leftS % 60).padStart(2, '0')}`;
    const text = leftS > 0 ? fill(texts().onlyFor, { time }) : '';
    const countdown = element('shop-countdown');
    if (countdown.textContent !== text) countdown.textContent = text;
  }
}

function renderArticle(article: ArticleOnPage): HTMLElement {
  const text = texts();
  const { name, price, usualPrice, currency, left, isOpen, checkoutUrl } = article;
  const item = document.createElement('li');
  const add = (tag: 'span' | 's' | 'strong', content: string) => {
    item.append(Object.assign(document.createElement(tag), { textContent: content }), ' ');
  };
  add('strong', name);
  add('span', formatPrice(price, currency));
  if (usualPrice !== undefined) add('s', formatPrice(usualPrice, currency));
  if (!isOpen) add('span', text.firstMinutes);
  else if (left === 0) add('span', text.soldOut);
  else if (left !== undefined) add('span', fill(text.left, { count: String(left) }));
  if (checkoutUrl === undefined || !isOpen || left === 0) return item;
  const link = document.createElement('a');
  Object.assign(link, { href: checkoutUrl, className: 'action', textContent: text.order });
  Object.assign(link, { target: '_blank', rel: 'noreferrer' });
  link.setAttribute('aria-label', `${text.order}: ${name}`);
  item.append(link);
  return item;
}

/** @param minor In the smallest unit of the currency. */
function formatPrice(minor: number, currency: string): string {
  const { lang } = document.documentElement;
  const format = new Intl.NumberFormat(lang, { style: 'currency', currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
