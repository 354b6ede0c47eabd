/** The orders: who bought what, and how one is cancelled once its money is back with the buyer. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { OrderEntry, ShopState, UnmatchedPayment } from '../../../model/orders.ts';
import { fromBox, boxTexts as text } from '../text/texts.ts';
import { confirmBy } from '../ui/dialog.ts';
import { h, setText, updateChildren } from '../ui/dom.ts';
import { formatMinute, formatPrice } from '../ui/format.ts';
import { askJson, runCommand } from '../ui/request.ts';

const STATES: Readonly<Record<OrderEntry['state'], string>> = {
  pending: text.orderUnpaid,
  confirmed: text.orderPaid,
  void: text.orderVoid,
  refused: text.orderRefused,
};

/** Shut at first, and read while it is open. @param isCrew Hosts cancel none, and do not save the names of all buyers. */
export function openOrders(isCrew: boolean, message: HTMLElement, onError: (e: unknown) => void) {
  const none = h('p', { class: 'calm' }, text.noOrders);
  const search = searchField(text.searchOrders);
  const list = h('ul', { class: 'targets' });
  const row = h('div', { class: 'row below' }, ...crewLinks());
  const below = isCrew ? [row, h('p', { class: 'calm' }, text.stubCheckerMeans)] : [];
  const element = h('details', {}, h('summary', {}, text.orders), search, none, list, ...below);
  /** What the person sees of each. */
  const seen = new Map<string, OrderEntry['state']>();
  let shown = '';
  const read = async () => {
    const words = search.value.trim();
    const path = words === '' ? '/orders.json' : `/orders.json?q=${encodeURIComponent(words)}`;
    const orders = (await askJson('GET', path)) as readonly OrderEntry[];
    // An answer of fewer letters may come later.
    if (search.value.trim() !== words) return;
    for (const { id, state, isOther } of orders) if (!isOther) seen.set(id, state);
    setText(none, words === '' ? text.noOrders : text.noOrderFound);
    none.hidden = orders.length > 0;
    updateChildren(list, orders, keyOf, renderOrder, updateOrder);
  };
  const cancel = async ({ id, isOther = false, amount, currency }: OrderEntry) => {
    // It may be paid while the question is open.
    const was = isOther ? 'unmatched' : seen.get(id);
    if (!(await confirmCancel(id, isOther))) return;
    // Of several payments under an id, this one.
    const args = { order: id, do: 'cancel', was, amount, currency };
    const outcome = await runCommand('order', undefined, args);
    setText(message, outcome.status === 'done' ? '' : fromBox(outcome.detail));
    await read();
  };
  const clearing = openClearing(message, read, onError);
  row.append(clearing.button);
  const renderOrder = (order: OrderEntry) => {
    const head = h('div', { class: 'head' }, h('strong'), h('span', { class: 'state' }));
    const facts = h('p', { class: 'calm' });
    if (!isCrew) return h('li', {}, head, facts);
    const button = h(
      'button',
      { type: 'button', class: 'quiet' },
      order.isOther ? text.settleOther : text.cancelOrder,
    );
    button.addEventListener('click', () => void cancel(order).catch(onError));
    return h('li', {}, head, facts, button);
  };
  search.addEventListener('input', paused(read, onError));
  element.addEventListener('toggle', () => element.open && void read().catch(onError));
  return {
    element,
    update: (shop: ShopState) => {
      clearing.update(shop);
      const key = shownKey(shop);
      if (!element.open || key === shown) return;
      shown = key;
      void read().catch(onError);
    },
  };
}

function crewLinks(): readonly HTMLElement[] {
  const checker = { class: 'button', href: '/prints/stubs.html', download: 'stubs.html' };
  const opened = { class: 'button', href: '/stubs.html', target: '_blank', rel: 'noreferrer' };
  return [
    h('a', { class: 'button', href: '/orders.csv', download: '' }, text.saveOrders),
    h('a', opened, text.openStubChecker),
    h('a', checker, text.saveStubChecker),
  ];
}

/** @param read Reads the list again. */
function openClearing(
  message: HTMLElement,
  read: () => Promise<void>,
  onError: (e: unknown) => void,
) {
  const button = h('button', { type: 'button', class: 'quiet' }, text.clearPayments);
  let seen: Pick<ShopState, 'unmatchedLast' | 'unmatchedCounts'> = {};
  button.addEventListener('click', () => {
    const { unmatchedLast: last, unmatchedCounts: counts } = seen;
    if (last === undefined || counts === undefined) return;
    const count = counts.known + counts.unknown;
    const cleared = clearPayments(last, count).then((result) => setText(message, result));
    void cleared.then(read).catch(onError);
  });
  return {
    button,
    update: (shop: ShopState) => {
      seen = shop;
      button.hidden = shop.unmatchedLast === undefined;
    },
  };
}

/** None that came while the question was open. @returns What is to be said. */
async function clearPayments(last: UnmatchedPayment, count: number): Promise<string> {
  const question = fill(text.clearPaymentsQuestion, { count: String(count) });
  if (!(await confirmBy(question, text.clearPaymentsMeans, text.clearPayments))) return '';
  const { order, item, amount, currency } = last;
  const args = { do: 'clear', order, item, amount, currency };
  const outcome = await runCommand('order', undefined, args);
  return outcome.status === 'done' ? '' : fromBox(outcome.detail);
}

const searchField = (hint: string) =>
  h('input', { type: 'search', placeholder: hint, 'aria-label': hint });

/** The box looks through all orders for each word: not for each letter of it. */
const TYPING_MS = 250;

function paused(work: () => Promise<void>, onError: (e: unknown) => void): () => void {
  let typed: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(typed);
    typed = setTimeout(() => void work().catch(onError), TYPING_MS);
  };
}

/** The list is read again where it differs. */
export function shownKey({ totals, unmatched, unmatchedCounts }: ShopState): string {
  return JSON.stringify([totals, unmatched, unmatchedCounts]);
}

/** Each payment that is not taken has a row beside what is known of its id. */
export function keyOf({ id, isOther, isOwed, item, amount, currency }: OrderEntry): string {
  if (!isOwed) return id;
  return [id, isOther ? 'other' : 'owed', amount, currency, item].join(' ');
}

function confirmCancel(order: string, isOther: boolean): Promise<boolean> {
  const { settleOtherQuestion, settleOtherMeans, settleOther } = text;
  if (isOther)
    return confirmBy(settleOtherQuestion, fill(settleOtherMeans, { order }), settleOther);
  const { cancelOrderQuestion, cancelOrderMeans, cancelOrder, keepOrder } = text;
  return confirmBy(fill(cancelOrderQuestion, { order }), cancelOrderMeans, cancelOrder, keepOrder);
}

function updateOrder(item: Element, order: OrderEntry): void {
  const [head, facts, button] = item.children;
  const [what, state] = head?.children ?? [];
  if (!what || !state || !facts) return;
  setText(what, order.item === undefined ? order.id : `${order.quantity} × ${order.item}`);
  setText(state, stateOf(order));
  setText(facts, describe(order));
  if (!(button instanceof HTMLButtonElement)) return;
  button.hidden = order.state === 'void' || (order.state === 'refused' && !order.isOwed);
}

function stateOf({ state, isOwed, isOther }: OrderEntry): string {
  if (isOther) return text.orderOther;
  return isOwed ? text.orderOwed : STATES[state];
}

function describe({ id, atMs, name, amount, currency, numbers }: OrderEntry): string {
  const parts = [
    ...(numbers.length === 0 ? [] : [fill(text.orderNumber, { number: numbers.join(', ') })]),
    ...(name === undefined ? [] : [name]),
    ...(amount === undefined || currency === undefined ? [] : [formatPrice(amount, currency)]),
    formatMinute(atMs, Date.now()),
    id,
  ];
  return parts.join(' · ');
}
