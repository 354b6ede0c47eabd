/** Decides what becomes of an order. Pure. */
import type { Article } from '../config/drop.ts';
import type { OrderRefusal, OrderRequest } from '../model/orders.ts';
import { leftOf, type Offer, offerOf } from './article.ts';
import { type Book, isPaidBack, type OrderState } from './book.ts';
import { factsOf, type OrderFacts, type OrderRecord } from './record.ts';
import { cleanName, conflictOf, isStale } from './request.ts';

export interface Shop {
  /** Names the catalogue; editions are numbered in it. */
  readonly drop: string;
  /** Its items. */
  readonly articles: readonly Article[];
  /** The first minutes after the first live frame. */
  readonly isWindowOpen: boolean;
  /** How long an order may be unpaid. */
  readonly pendingMs: number;
  /** Unix time in ms. */
  readonly nowMs: number;
}

export type Decision =
  | { readonly record: OrderRecord }
  /** Nothing changes: the order is as it was, as for the same request before. */
  | { readonly repeat: OrderState }
  /** It can be no order: nothing of it is kept. */
  | { readonly invalid: string }
  /** It came after a newer one: nothing changes. */
  | { readonly stale: string };

/** For the person who cancels it; translated on the page. */
export const CHANGED = 'the order has changed meanwhile: look at it again';

export function decide(book: Book, request: OrderRequest, shop: Shop): Decision {
  const known = book.find(request.id);
  if (isStale(request, known)) return { stale: `order ${request.id}: a newer message is known` };
  if (request.do === 'cancel') return cancel(request, known, shop);
  const conflict = known && conflictOf(request, known);
  const fault = request.fault ?? conflict;
  if (fault !== undefined) {
    // Its sender need not try again: the money is back. That of another payment is not.
    const isBack = conflict === undefined && known !== undefined && isPaidBack(known);
    return isBack ? { repeat: known } : { invalid: fault };
  }
  if (known === undefined) return decideNew(book, request, shop);
  if (request.do === 'reserve') return { repeat: known };
  return confirmKnown(book, request, known, shop);
}

function cancel(request: OrderRequest, known: OrderState | undefined, shop: Shop): Decision {
  const { id, was } = request;
  const conflict = known && conflictOf(request, known);
  if (conflict !== undefined) return { invalid: conflict };
  const paidBack = request.isPaidBack === true ? { isPaidBack: true } : {};
  if (known?.kind === 'void' && known.reason === 'cancelled') {
    if (known.isPaidBack || request.isPaidBack !== true) return { repeat: known };
  }
  // It was paid while the person was asked: its money would stay with the shop.
  if (was !== undefined && was !== known?.kind) return { stale: CHANGED };
  const now = { atMs: shop.nowMs, ...sent(request), ...paidBack };
  return { record: { kind: 'void', id, reason: 'cancelled', ...now } };
}

function decideNew(book: Book, request: OrderRequest, shop: Shop): Decision {
  const offer = findOffer(request, shop);
  if ('invalid' in offer) return paidTooLate(book, request, shop) ?? offer;
  const facts = factsFor(request, offer, shop);
  return { record: settle(book, request, facts, offer, shop) };
}

/** Its checkout was open when its drop ended, its article was taken away or fewer pieces were allowed: the money is there. */
function paidTooLate(
  book: Book,
  request: OrderRequest,
  shop: Shop,
  reason: OrderRefusal = 'closed',
): Decision | undefined {
  const { item = '', quantity = 1, currency, id, name, source, sentMs } = request;
  if (!isOwed(request) || !Number.isInteger(quantity) || quantity < 1) return undefined;
  const article = shop.articles.find((one) => one.id === item);
  if (article !== undefined) {
    const facts = factsFor(request, offerOf(article, shop.isWindowOpen), shop);
    return { record: refused(facts, reason, request) };
  }
  const before = book.lastOf(item);
  if (before === undefined) return undefined;
  const paid = { amount: priceOf(before, quantity), currency: currency ?? before.currency };
  const { drop, title } = before;
  const facts = { id, drop, item, title, quantity, ...paid, name, source, sentMs };
  return { record: refused({ ...facts, atMs: shop.nowMs }, reason, request) };
}

/** So many pieces at the price of another order; the ledger takes no greater number. */
function priceOf({ amount, quantity }: OrderFacts, pieces: number): number {
  const price = Math.round(amount / Math.max(1, quantity));
  return Math.min(price * pieces, Number.MAX_SAFE_INTEGER);
}

function confirmKnown(book: Book, request: OrderRequest, known: OrderState, shop: Shop): Decision {
  if (known.kind === 'confirmed') return { repeat: known };
  const newer = { atMs: shop.nowMs, ...sent(request) };
  if (known.kind === 'pending') {
    const facts = { ...factsOf(known), ...newer };
    // Its pieces and its price are reserved, whatever the catalogue says now.
    return isPaidFor(request, facts)
      ? { record: confirmed(book, facts, shop) }
      : { record: refused(facts, 'price', request) };
  }
  if (known.kind === 'refused' && known.isPaid) return { repeat: known };
  // The payment of an order that got nothing, or whose time was over.
  if (known.reason === 'cancelled') return afterCancel(book, request, known, shop);
  const before = known.kind === 'void' ? known.was : known;
  if (before === undefined) return { invalid: `order ${request.id} is void` };
  const late = { ...factsOf(before), ...newer };
  // What an earlier drop had left is not known by the pieces of this one.
  if (before.drop !== shop.drop) return { record: refused(late, 'closed', request) };
  const offer = findOffer({ ...request, item: before.item, quantity: before.quantity }, shop);
  if ('invalid' in offer) return { record: refused(late, 'closed', request) };
  const price = before.kind === 'pending' ? { ...offer, isOpen: true } : offer;
  return { record: settle(book, request, late, price, shop) };
}

/** Nothing is given for it: the money must go back. Some ledgers have it as refused. */
function afterCancel(
  book: Book,
  request: OrderRequest,
  known: Extract<OrderState, { kind: 'void' | 'refused' }>,
  shop: Shop,
): Decision {
  const was = known.kind === 'void' ? known.was : known;
  // As another record it would be forgotten that its money went back.
  const isRepeat = known.kind === 'void' && known.isPaidBack === true;
  if (isRepeat || !isOwed(request) || isDeliveredAgain(request, was)) return { repeat: known };
  if (was !== undefined) {
    const facts = { ...factsOf(was), atMs: shop.nowMs, ...sent(request) };
    return { record: refused(facts, 'cancelled', request) };
  }
  const offer = findOffer(request, shop);
  if ('invalid' in offer) return paidTooLate(book, request, shop, 'cancelled') ?? offer;
  return { record: refused(factsFor(request, offer, shop), 'cancelled', request) };
}

/** A payment that was known before the order was cancelled: its money went back with that. */
function isDeliveredAgain(
  { sentMs }: OrderRequest,
  was: Extract<OrderState, { kind: 'void' }>['was'],
): boolean {
  const isPaid = was?.kind === 'confirmed' || (was?.kind === 'refused' && was.isPaid);
  return isPaid && sentMs !== undefined && was.sentMs !== undefined && sentMs <= was.sentMs;
}

/** In cash the seller sees the refusal before he takes the money. */
export function isOwed({ do: wanted, source }: OrderRequest): boolean {
  return wanted === 'confirm' && source !== 'cash' && source !== 'cli';
}

function settle(
  book: Book,
  request: OrderRequest,
  facts: OrderFacts,
  { article, isOpen }: Offer,
  shop: Shop,
): OrderRecord {
  const left = leftOf(article, book.pieces(shop.drop, article.id));
  if (!isOpen) return refused(facts, 'closed', request);
  if (!isPaidFor(request, facts)) return refused(facts, 'price', request);
  if (left !== undefined && left < facts.quantity) return refused(facts, 'sold-out', request);
  if (request.do === 'confirm') return confirmed(book, facts, shop);
  return { kind: 'pending', ...facts, untilMs: shop.nowMs + shop.pendingMs };
}

function confirmed(book: Book, facts: OrderFacts, { articles, drop }: Shop): OrderRecord {
  const { numbered } = book.pieces(facts.drop, facts.item);
  const article = facts.drop === drop ? articles.find(({ id }) => id === facts.item) : undefined;
  const isEdition = article?.edition !== undefined || numbered > 0;
  const numbers = isEdition
    ? Array.from({ length: facts.quantity }, (_, i) => numbered + 1 + i)
    : [];
  return { kind: 'confirmed', ...facts, numbers };
}

/** Of thousands at once most are refused: one literal, without a copy. What is owed is what was paid. */
function refused(facts: OrderFacts, reason: OrderRefusal, request: OrderRequest): OrderRecord {
  const { id, drop, item, title, quantity, name, source, sentMs, atMs } = facts;
  const isPaid = isOwed(request);
  const { amount = facts.amount, currency = facts.currency } = isPaid ? request : facts;
  return {
    kind: 'refused',
    id,
    drop,
    item,
    title,
    quantity,
    amount,
    currency,
    name,
    source,
    sentMs,
    atMs,
    reason,
    isPaid,
  };
}

/** More is a tip. Without an amount the price was taken, as in cash, and in the currency that is named. */
function isPaidFor({ amount, currency }: OrderRequest, facts: OrderFacts): boolean {
  const isNamed = amount !== undefined || currency !== undefined;
  if (isNamed && currency !== facts.currency) return false;
  return amount === undefined || amount >= facts.amount;
}

function findOffer(
  { item, quantity = 1 }: OrderRequest,
  { articles, isWindowOpen }: Shop,
): Offer | { readonly invalid: string } {
  const article = articles.find(({ id }) => id === item);
  if (article === undefined) {
    const known = articles.map(({ id }) => id).join(', ');
    return {
      invalid: `unknown item ${cleanName(item ?? '')}; there are: ${known === '' ? 'none' : known}`,
    };
  }
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > article.max_per_order) {
    return { invalid: `quantity must be 1 to ${article.max_per_order}` };
  }
  return offerOf(article, isWindowOpen);
}

/** Of each order: one literal, without copies. */
function factsFor(request: OrderRequest, { article, price }: Offer, shop: Shop): OrderFacts {
  const { quantity = 1 } = request;
  return {
    id: request.id,
    drop: shop.drop,
    item: article.id,
    title: article.name,
    quantity,
    amount: price * quantity,
    currency: article.currency,
    name: request.name,
    source: request.source,
    sentMs: request.sentMs,
    atMs: shop.nowMs,
  };
}

function sent({ sentMs }: OrderRequest): { readonly sentMs?: number } {
  return sentMs === undefined ? {} : { sentMs };
}
