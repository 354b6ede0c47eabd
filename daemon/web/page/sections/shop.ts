/** The shop: what is left of each article, and sales in cash. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { ArticleState, ShopState } from '../../../model/orders.ts';
import { openOrders } from '../crew/orders.ts';
import { fromBox, boxTexts as text } from '../text/texts.ts';
import { confirmBy } from '../ui/dialog.ts';
import { card, h, setText, updateChildren } from '../ui/dom.ts';
import { formatPrice, formatSpan } from '../ui/format.ts';
import { type Outcome, runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

export function openShop(isCrew: boolean, onError: (error: unknown) => void): Section {
  const message = h('p', { class: 'message', role: 'status' });
  const summary = h('p', { class: 'calm' });
  const list = h('ul', { class: 'targets' });
  const orders = openOrders(isCrew, message, onError);
  const element = card('shop', text.shop, summary, list, orders.element, message);
  let shown: readonly ArticleState[] = [];
  const sell = async (id: string) => {
    const article = shown.find((one) => one.id === id);
    if (article === undefined) return;
    const price = formatPrice(article.price, article.currency);
    const question = fill(text.sellQuestion, { article: article.name, price });
    if (!(await confirmBy(question, text.sellMeans, text.sell))) return;
    setText(message, text.saving);
    setText(message, describe(article, price, await orderOne(id)));
  };
  const render = ({ id, name }: ArticleState) => {
    const button = h('button', { type: 'button', class: 'quiet' }, text.sellOne);
    button.setAttribute('aria-label', fill(text.sellOneOf, { article: name }));
    button.addEventListener('click', () => {
      sell(id).catch((error: unknown) => {
        setText(message, '');
        onError(error);
      });
    });
    const head = h('div', { class: 'head' }, h('strong', {}, name), h('span', { class: 'state' }));
    return h('li', {}, head, h('p', { class: 'calm' }), button);
  };
  return {
    element,
    update: ({ view: { shop } }) => {
      element.hidden = shop === undefined;
      if (shop === undefined) return;
      shown = shop.articles;
      setText(summary, describeSales(shop));
      orders.update(shop);
      updateChildren(list, shop.articles, ({ id }) => id, render, updateArticle);
    },
  };
}

/** The id is new for each press: a request that is lost and sent again is another sale, and a person sees it. */
async function orderOne(item: string): Promise<Outcome> {
  const random = crypto.getRandomValues(new Uint32Array(3));
  const order = `cash-${Array.from(random, (one) => one.toString(36)).join('')}`;
  return await runCommand('order', undefined, { order, item });
}

function describe({ name }: ArticleState, price: string, outcome: Outcome): string {
  const facts = { article: name, price };
  if (outcome.status !== 'done')
    return fill(text.notSold, { article: name, reason: fromBox(outcome.detail) });
  const numbers = (outcome.result as { readonly numbers?: readonly number[] } | undefined)?.numbers;
  const number = numbers?.join() ?? '';
  return number === '' ? fill(text.sold, facts) : fill(text.soldNumber, { ...facts, number });
}

function describeSales({ sales, totals, window }: ShopState): string {
  const amounts = sales.amounts.map((one) => formatPrice(one.amount_minor, one.currency));
  const amount =
    amounts.length === 0 ? '' : amounts.reduce((one, other) => fill(text.and, { one, other }));
  const count = String(sales.pieces);
  const parts = [
    amount === '' ? fill(text.soldCount, { count }) : fill(text.soldFor, { count, amount }),
    ...(totals.pending === 0 ? [] : [fill(text.unpaid, { count: String(totals.pending) })]),
    ...(totals.refunds === 0 ? [] : [fill(text.toPayBack, { count: String(totals.refunds) })]),
    ...(window?.phase === 'open'
      ? [fill(text.firstMinutesLeft, { time: formatSpan(window.leftMs / 1000) })]
      : []),
  ];
  return parts.join(' · ');
}

function updateArticle(item: Element, article: ArticleState): void {
  const [head, reason, button] = item.children;
  const state = head?.lastElementChild;
  if (!state || !reason || !(button instanceof HTMLButtonElement)) return;
  const { left, edition, sold, pending, usualPrice, currency } = article;
  const soldText = fill(text.soldCount, { count: String(sold) });
  setText(state, left === undefined ? soldText : describeLeft(left, edition));
  const price = formatPrice(article.price, currency);
  const parts = [
    usualPrice === undefined
      ? price
      : fill(text.elsePrice, { price, usual: formatPrice(usualPrice, currency) }),
    soldText,
    ...(pending === 0 ? [] : [fill(text.unpaid, { count: String(pending) })]),
    ...(article.isOpen ? [] : [text.firstMinutesOnly]),
  ];
  setText(reason, parts.join(', '));
  button.disabled = !article.isOpen || left === 0;
}

function describeLeft(left: number, edition: number | undefined): string {
  const count = String(left);
  return edition === undefined
    ? fill(text.left, { count })
    : fill(text.leftOf, { count, edition: String(edition) });
}
