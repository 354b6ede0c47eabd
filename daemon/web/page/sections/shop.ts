/** The shop: what is left of each article, and sales in cash. */
import type { ArticleState, ShopState } from '../../../model/orders.ts';
import { confirmBy } from '../ui/dialog.ts';
import { card, h, setText, updateChildren } from '../ui/dom.ts';
import { formatSpan } from '../ui/format.ts';
import { type Outcome, runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

export function openShop(onError: (error: unknown) => void): Section {
  const message = h('p', { class: 'message', role: 'status' });
  const summary = h('p', { class: 'calm' });
  const list = h('ul', { class: 'targets' });
  const element = card('shop', 'Shop', summary, list, message);
  let shown: readonly ArticleState[] = [];
  const sell = async (id: string) => {
    const article = shown.find((one) => one.id === id);
    if (article === undefined) return;
    const price = formatPrice(article.price, article.currency);
    const question = `Sell “${article.name}” for ${price} in cash?`;
    if (!(await confirmBy(question, 'Take the money once the box has confirmed it.', 'Sell')))
      return;
    setText(message, 'Saving…');
    setText(message, describe(article, price, await orderOne(id)));
  };
  const render = ({ id, name }: ArticleState) => {
    const button = h('button', { type: 'button', class: 'quiet' }, 'Sell one');
    button.setAttribute('aria-label', `Sell one: ${name}`);
    button.addEventListener('click', () => {
      sell(id).catch((error: unknown) => {
        setText(message, '');
        onError(error);
      });
    });
    const head = h('div', { class: 'head' }, h('strong', {}, name), h('span', { class: 'state' }));
    return h('li', {}, head, h('p', { class: 'reason' }), button);
  };
  return {
    element,
    update: ({ view: { shop } }) => {
      element.hidden = shop === undefined;
      if (shop === undefined) return;
      shown = shop.articles;
      setText(summary, describeSales(shop));
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
  if (outcome.status !== 'done') return `${name}: not sold: ${outcome.detail}`;
  const numbers = (outcome.result as { readonly numbers?: readonly number[] } | undefined)?.numbers;
  const number = numbers === undefined || numbers.length === 0 ? '' : `, number ${numbers.join()}`;
  return `${name} sold${number}. Take ${price}.`;
}

function describeSales({ sales, totals, window }: ShopState): string {
  const amounts = sales.amounts.map((one) => formatPrice(one.amount_minor, one.currency));
  const parts = [
    `${sales.pieces} sold${amounts.length === 0 ? '' : `, ${amounts.join(' and ')}`}`,
    ...(totals.pending === 0 ? [] : [`${totals.pending} unpaid`]),
    ...(totals.refunds === 0 ? [] : [`${totals.refunds} to be paid back`]),
    ...(window?.phase === 'open'
      ? [`first minutes: ${formatSpan(window.leftMs / 1000)} left`]
      : []),
  ];
  return parts.join(' · ');
}

function updateArticle(item: Element, article: ArticleState): void {
  const [head, reason, button] = item.children;
  const state = head?.lastElementChild;
  if (!state || !reason || !(button instanceof HTMLButtonElement)) return;
  const { left, edition, sold, pending, usualPrice, currency } = article;
  const of = edition === undefined ? '' : ` of ${edition}`;
  setText(state, left === undefined ? `${sold} sold` : `${left}${of} left`);
  const usual = usualPrice === undefined ? '' : ` (else ${formatPrice(usualPrice, currency)})`;
  const unpaid = pending === 0 ? '' : `, ${pending} unpaid`;
  const closed = article.isOpen ? '' : ', sold in the first minutes only';
  setText(
    reason,
    `${formatPrice(article.price, currency)}${usual}, ${sold} sold${unpaid}${closed}`,
  );
  button.disabled = !article.isOpen || left === 0;
}

function formatPrice(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}
