/** The shop: what is left of each article, and sales in cash. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { ArticleState, ShopState } from '../../../model/orders.ts';
import { openOrders } from '../crew/orders.ts';
import { openSaleIds, type SaleIds } from '../crew/sale-ids.ts';
import { fromBox, stageTexts, boxTexts as text } from '../text/texts.ts';
import { answerOf, closeOnSubmit } from '../ui/dialog.ts';
import { card, h, openMessage, setText, updateChildren } from '../ui/dom.ts';
import { formatPrice, formatSpan } from '../ui/format.ts';
import { type Outcome, runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

export function openShop(isCrew: boolean, onError: (error: unknown) => void): Section {
  const { message, fail } = openMessage(onError);
  const summary = h('p', { class: 'calm' });
  const list = h('ul', { class: 'targets' });
  const orders = openOrders(isCrew, message, onError);
  const element = card('shop', text.shop, summary, list, orders.element, message);
  const ids = openSaleIds(sessionStorage);
  let shown: readonly ArticleState[] = [];
  const sell = async (id: string) => {
    const article = shown.find((one) => one.id === id);
    if (article === undefined) return;
    const sale = await askForSale(article);
    if (sale === undefined) return;
    setText(message, stageTexts.saving);
    setText(message, describeSale(article, sale, await order(article, sale, ids)));
  };
  const render = ({ id, name }: ArticleState) => {
    const button = h('button', { type: 'button', class: 'quiet' }, text.sell);
    button.setAttribute('aria-label', fill(text.sellOf, { article: name }));
    button.addEventListener('click', () => void sell(id).catch(fail));
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

interface Sale {
  readonly quantity: number;
  /** Empty where the buyer gives none. */
  readonly name: string;
}

/** Undefined where it comes to nothing. Return sells one piece. */
async function askForSale({ name, price, currency, left }: ArticleState) {
  const max = left === undefined ? {} : { max: String(left) };
  const quantity = h('input', {
    ...{ type: 'number', min: '1', step: '1', inputmode: 'numeric', required: '', value: '1' },
    ...max,
  });
  const buyer = h('input', { type: 'text', maxlength: '80', autocomplete: 'off' });
  const no = h('button', { type: 'button' }, stageTexts.cancel);
  const yes = h('button', { type: 'submit', class: 'danger' }, text.sell);
  const form = h(
    'form',
    { method: 'dialog', class: 'drop-form' },
    h('label', {}, text.howManyPieces, quantity),
    h('label', {}, text.nameOnStub, buyer),
    h('div', { class: 'row answers below' }, no, yes),
  );
  const facts = { article: name, price: formatPrice(price, currency) };
  const title = h('h2', { id: 'dialog-title', class: 'question' }, fill(text.sellQuestion, facts));
  const means = h('p', {}, text.sellMeans);
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, title, means, form);
  closeOnSubmit(form, dialog);
  if (!(await answerOf(dialog, no, yes))) return undefined;
  return { quantity: quantity.valueAsNumber, name: buyer.value.trim() };
}

/** The amount is that which the person has seen: the price may have risen meanwhile. */
async function order(
  { id: item, price, currency }: ArticleState,
  { quantity, name }: Sale,
  ids: SaleIds,
): Promise<Outcome> {
  const sale = JSON.stringify([item, quantity, name]);
  const id = ids.idOf(sale, Date.now());
  const paid = { amount: price * quantity, currency };
  const named = name === '' ? {} : { name };
  const args = { order: id, item, quantity, ...paid, ...named };
  const outcome = await runCommand('order', undefined, args);
  // What a disk did not take in time may be on it later.
  if (outcome.status !== 'failed') ids.answered(sale);
  return outcome;
}

export function describeSale(
  { name, price, currency }: ArticleState,
  sale: Sale,
  outcome: Outcome,
): string {
  const article = sale.quantity === 1 ? name : `${sale.quantity} × ${name}`;
  if (outcome.status !== 'done')
    return fill(text.notSold, { article, reason: fromBox(outcome.detail) });
  const settled = outcome.result as
    | {
        readonly numbers?: readonly number[];
        readonly amount?: number;
        readonly isRepeat?: boolean;
      }
    | undefined;
  // It may cost less than a moment ago.
  const amount = settled?.amount ?? price * sale.quantity;
  const facts = { article, price: formatPrice(amount, currency) };
  const number = settled?.numbers?.join(', ') ?? '';
  const sold = number === '' ? fill(text.sold, facts) : fill(text.soldNumber, { ...facts, number });
  // Its answer was lost. Perhaps this is the next buyer, who wants the same.
  return settled?.isRepeat === true ? fill(text.soldBefore, { sold }) : sold;
}

function describeSales({ sales, totals, window, isOver }: ShopState): string {
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
  return isOver === true ? `${text.saleOver} ${parts.join(' · ')}` : parts.join(' · ');
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
