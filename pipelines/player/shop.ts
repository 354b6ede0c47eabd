/** What is sold: price, what is left, and the link to the checkout. */

import type { ArticleOnPage, ShopOnPage } from './drop-json.ts';
import { element, ROOT } from './root.ts';
import { renderQr } from './share-and-clips.ts';
import { fill } from './text/fill.ts';
import { formatMinor } from './text/minor-units.ts';
import { texts, write } from './texts.ts';

export class Shop {
  #shop: ShopOnPage | undefined;
  #shownMs = 0;
  /** The first minutes are over, and the box has not said what holds now. */
  #isExpired = false;
  /** Names of articles whose code is shown: a phone may just be reading it. */
  readonly #open = new Set<string>();
  readonly #onExpired: () => void;

  /** @param onExpired The countdown has ended: the box is to be asked. */
  constructor(onExpired: () => void) {
    this.#onExpired = onExpired;
  }

  show(shop: ShopOnPage | undefined): void {
    const isSame = !this.#isExpired && shownOf(shop) === shownOf(this.#shop);
    this.#shop = shop;
    this.#shownMs = performance.now();
    this.#isExpired = false;
    if (!isSame) this.render();
  }

  render(): void {
    const articles = this.#shop?.articles ?? [];
    element('shop').hidden = articles.length === 0;
    element('shop-list').replaceChildren(...articles.map((one) => this.#render(one)));
    this.tick();
  }

  #render(reported: ArticleOnPage): HTMLElement {
    const article = this.#isExpired ? afterWindow(reported) : reported;
    const { isWindowOver, isOver: hasEnded } = this.#shop ?? {};
    const isOver = this.#isExpired || isWindowOver === true || hasEnded === true;
    const { name, checkoutUrl, isOpen, left } = article;
    const item = renderArticle(article, isOver);
    if (checkoutUrl === undefined || !isOpen || left === 0) return item;
    item.append(renderLink(checkoutUrl, name), renderCode(checkoutUrl, name, this.#open));
    return item;
  }

  /** Often: the countdown of the first minutes, or that the sale is over. */
  tick(): void {
    const { windowLeftMs } = this.#shop ?? {};
    const leftMs = (windowLeftMs ?? 0) - (performance.now() - this.#shownMs);
    const leftS = Math.ceil(leftMs / 1000);
    const time = `${Math.floor(leftS / 60)}:${String(leftS % 60).padStart(2, '0')}`;
    const countdown = leftS > 0 ? fill(texts().onlyFor, { time }) : '';
    write(element('shop-countdown'), this.#shop?.isOver === true ? texts().saleOver : countdown);
    if (windowLeftMs === undefined || leftMs > 0 || this.#isExpired) return;
    this.#isExpired = true;
    this.render();
    this.#onExpired();
  }
}

/** What is rendered, apart from the countdown. */
function shownOf(shop: ShopOnPage | undefined): string {
  return JSON.stringify([shop?.articles, shop?.isWindowOver, shop?.isOver]);
}

/** What is sure of it before the box has said more: nothing is ordered at a price that is over. */
function afterWindow(article: ArticleOnPage): ArticleOnPage {
  const { usualPrice, checkoutUrl: _, ...others } = article;
  if (article.isCollector === true) return { ...others, isOpen: false };
  return usualPrice === undefined ? article : { ...others, price: usualPrice };
}

/** @param isOver The first minutes of the drop are. */
function renderArticle(article: ArticleOnPage, isOver: boolean): HTMLElement {
  const text = texts();
  const { name, price, usualPrice, currency, left, isOpen, picture } = article;
  const item = document.createElement('li');
  if (picture !== undefined) item.append(renderPicture(picture));
  const add = (tag: 'span' | 's' | 'strong', content: string) => {
    item.append(Object.assign(document.createElement(tag), { textContent: content }), ' ');
  };
  add('strong', name);
  add('span', formatPrice(price, currency));
  if (usualPrice !== undefined) add('s', formatPrice(usualPrice, currency));
  if (!isOpen) add('span', isOver ? text.notSold : text.firstMinutes);
  else if (left === 0) add('span', text.soldOut);
  else if (left !== undefined) add('span', fill(text.left, { count: String(left) }));
  return item;
}

/** Its name stands beside it. */
function renderPicture(picture: string): HTMLElement {
  const src = new URL(picture, ROOT).href;
  const image = Object.assign(document.createElement('img'), { alt: '', src, loading: 'lazy' });
  image.addEventListener('error', () => image.remove());
  return image;
}

function renderLink(href: string, name: string): HTMLElement {
  const { order } = texts();
  const link = document.createElement('a');
  Object.assign(link, { href, className: 'action', textContent: order });
  Object.assign(link, { target: '_blank', rel: 'noreferrer' });
  link.setAttribute('aria-label', `${order}: ${name}`);
  return link;
}

/** The checkout for another phone than the one that shows the stream. */
function renderCode(url: string, name: string, open: Set<string>): HTMLElement {
  const text = texts();
  const details = document.createElement('details');
  const summary = Object.assign(document.createElement('summary'), { textContent: text.scan });
  summary.setAttribute('aria-label', `${text.scan} ${name}`);
  details.append(summary);
  const show = () => {
    if (!details.open) return void open.delete(name);
    open.add(name);
    if (details.children.length > 1) return;
    const code = renderQr(url);
    code.setAttribute('role', 'img');
    code.setAttribute('aria-label', `${text.order}: ${name}`);
    details.append(code);
  };
  details.addEventListener('toggle', show);
  details.open = open.has(name);
  if (details.open) show();
  return details;
}

/** @param minor In the smallest unit of the currency. */
function formatPrice(minor: number, currency: string): string {
  return formatMinor(minor, currency, document.documentElement.lang);
}
