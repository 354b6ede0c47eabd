/** What is sold: price, what is left, and the link to the checkout. */
import { renderQr } from './below.ts';
import type { ArticleOnPage, ShopOnPage } from './drop-report.ts';
import { ROOT } from './root.ts';
import { fill } from './text/fill.ts';
import { texts } from './texts.ts';

const element = (id: string) => document.getElementById(id) as HTMLElement;

export class Shop {
  #shop: ShopOnPage | undefined;
  #shownMs = 0;
  /** Names of articles whose code is shown: a phone may just be reading it. */
  readonly #open = new Set<string>();

  show(shop: ShopOnPage | undefined): void {
    const isSame = JSON.stringify(shop?.articles) === JSON.stringify(this.#shop?.articles);
    this.#shop = shop;
    this.#shownMs = performance.now();
    if (!isSame) this.render();
  }

  render(): void {
    const articles = this.#shop?.articles ?? [];
    element('shop').hidden = articles.length === 0;
    element('shop-list').replaceChildren(...articles.map((one) => this.#render(one)));
    this.tick();
  }

  #render(article: ArticleOnPage): HTMLElement {
    const { name, checkoutUrl, isOpen, left } = article;
    const item = renderArticle(article);
    if (checkoutUrl === undefined || !isOpen || left === 0) return item;
    item.append(renderLink(checkoutUrl, name), renderCode(checkoutUrl, name, this.#open));
    return item;
  }

  /** Often: the countdown of the first minutes, or that the sale is over. */
  tick(): void {
    const endsMs = this.#shop?.windowLeftMs ?? 0;
    const leftS = Math.ceil((endsMs - (performance.now() - this.#shownMs)) / 1000);
    const time = `${Math.floor(leftS / 60)}:${String(leftS % 60).padStart(2, '0')}`;
    const countdownText = leftS > 0 ? fill(texts().onlyFor, { time }) : '';
    const text = this.#shop?.isOver === true ? texts().saleOver : countdownText;
    const countdown = element('shop-countdown');
    if (countdown.textContent !== text) countdown.textContent = text;
  }
}

function renderArticle(article: ArticleOnPage): HTMLElement {
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
  if (!isOpen) add('span', text.firstMinutes);
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
  const { lang } = document.documentElement;
  const format = new Intl.NumberFormat(lang, { style: 'currency', currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
