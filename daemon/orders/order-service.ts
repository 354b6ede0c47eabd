/** Takes orders from every interface, decides on them, and answers once the ledger has them. */
import { pause } from '../../hal/os/async.ts';
import type { BootClock, Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { BoxEvent } from '../model/commands.ts';
import type {
  ConfirmedOrders,
  OnOrderConfirmed,
  OrderIntake,
  OrderList,
  OrderOutcome,
  OrderRequest,
  ShopState,
} from '../model/orders.ts';
import { Announcements } from './announcements.ts';
import { type Catalogue, catalogueFor, type DropCatalogue, describeArticle } from './article.ts';
import { Book, type OrderState } from './book.ts';
import { ConfirmedList } from './confirmed-list.ts';
import { renderCsv } from './csv.ts';
import { Deadlines } from './deadlines.ts';
import { decide, type Shop } from './decide.ts';
import { type LedgerReaders, type OpenedLedger, openLedger } from './group-commit.ts';
import { cannotBeSaved, entryOf, finder, outcomeOf, unavailable } from './outcome.ts';
import type { OrderRecord } from './record.ts';
import { lateMs } from './sale-window.ts';
import { openSaleWindow, type SaleWindowStore } from './sale-window-store.ts';
import { ANOTHER, UnmatchedPayments } from './webhook/unmatched.ts';

export interface OrderServiceDeps {
  /** Made where it is not there. */
  readonly folder: string;
  readonly catalogue: () => Catalogue;
  /** Both may change. */
  readonly windowMs: number;
  readonly pendingMs: number;
  /** Why signed orders are refused; undefined where they are taken, or there is no webhook. */
  readonly webhookFault?: () => string | undefined;
  /** The clock is known not to be synchronised: the ledger says so beside the times. */
  readonly isClockFree?: () => boolean;
  readonly onEvent: (event: BoxEvent) => void;
  readonly onConfirmed: OnOrderConfirmed;
  readonly clock: Clock;
  readonly boot: BootClock;
  readonly log: Log;
}

export interface OrderService extends OrderIntake, ConfirmedOrders, OrderList {
  /** Undefined where nothing is or was sold. */
  state(): ShopState | undefined;
  /** The first frame of a drop opens the window of the present catalogue. */
  record(event: BoxEvent): void;
  /** Ends the time of unpaid orders until `signal` aborts, then closes the ledger. */
  run(signal: AbortSignal): Promise<void>;
}

/** A box keeps them all in memory: some 100 MB. */
const ORDERS_MAX = 200_000;
const TICK_MS = 1_000;
const NO_SHOP: Shop = { drop: '', articles: [], isWindowOpen: false, pendingMs: 0, nowMs: -1 };

/** Never rejects for what is wrong with the ledger: then the order service takes no orders and says why. */
export async function openOrderService(deps: OrderServiceDeps): Promise<OrderService> {
  const window = openSaleWindow(deps);
  const book = new Book();
  const confirmed = new ConfirmedList(book);
  const opened = { window, book, confirmed, announcements: new Announcements(confirmed, deps) };
  return new OpenOrderService(deps, { ...opened, ...(await openLedger(deps, opened)) });
}

interface Opened extends LedgerReaders, OpenedLedger {
  readonly window: SaleWindowStore;
}

class OpenOrderService implements OrderService {
  readonly #deps: OrderServiceDeps;
  #opened: Opened;
  #deadlines: Deadlines;
  #lastShop = NO_SHOP;
  #unmatched: UnmatchedPayments;

  constructor(deps: OrderServiceDeps, opened: Opened) {
    this.#deps = deps;
    this.#opened = opened;
    this.#unmatched = new UnmatchedPayments(deps);
    this.#deadlines = new Deadlines(opened.book, () => deps.pendingMs, deps.clock);
  }

  /** One promise for each order: of thousands at once, more of them would be most of the work. */
  take(request: OrderRequest): Promise<OrderOutcome> {
    const { book, ledger } = this.#opened;
    const fault = this.#fault();
    if (fault !== undefined || ledger === undefined) {
      return Promise.resolve(unavailable(fault?.reason ?? ''));
    }
    const unmatched = this.#unmatched;
    if (request.do === 'clear') return unmatched.clear(request, this.take.bind(this));
    if (request.do === 'cancel' && request.was === 'unmatched') return unmatched.dismiss(request);
    const known = book.find(request.id);
    const decision = unmatched.isAnother(request, known)
      ? { invalid: ANOTHER }
      : decide(book, unmatched.asKnown(request), this.#shop(request));
    if ('invalid' in decision) return unmatched.refuse(request, known, decision.invalid);
    if ('stale' in decision) return Promise.resolve({ status: 'stale', detail: decision.stale });
    const isRepeat = 'repeat' in decision;
    const state = isRepeat ? decision.repeat : this.#apply(decision.record);
    // A reservation says nothing of money.
    const settled = request.do === 'reserve' ? undefined : unmatched.settle(request);
    // What is repeated may still be on its way to the disk.
    const written = isRepeat ? ledger.settled() : ledger.add(decision.record);
    const saved = settled === undefined ? written : Promise.all([written, settled]);
    return saved.then(() => outcomeOf(state, isRepeat), cannotBeSaved);
  }

  confirmedAfter(seq: number, max: number) {
    return this.#opened.confirmed.after(seq, max);
  }

  isVoid(orderId: string): boolean {
    const known = this.#opened.book.find(orderId);
    return known !== undefined && known.kind !== 'confirmed';
  }

  newest(max: number, words = '') {
    const isFound = finder(words);
    const isWanted = words === '' ? undefined : (one: OrderState) => isFound(entryOf(one));
    const orders = this.#opened.book.newest(max, isWanted).map(entryOf);
    return [...this.#unmatched.rows(isFound), ...orders].slice(0, max);
  }

  async csv(): Promise<string> {
    return renderCsv(this.#opened.book.all(), await this.#unmatched.csvRows());
  }

  state(): ShopState | undefined {
    const { book, window } = this.#opened;
    const { drop, articles, isOver } = this.#shown();
    const fault = this.#fault();
    const isKnown = articles.length + book.size + this.#unmatched.size > 0;
    if (!isKnown && fault?.kind !== 'damaged' && fault?.kind !== 'newer') return undefined;
    const state = window.state(drop, this.#deps.windowMs);
    const isOpen = state.phase === 'open';
    const webhookFault = this.#deps.webhookFault?.();
    const isTimed = articles.some((one) => one.collector || one.flash_price !== undefined);
    return {
      drop,
      articles: articles.map((one) => describeArticle(one, book.pieces(drop, one.id), isOpen)),
      sales: book.sales(drop),
      totals: { ...book.totals },
      ...(isOver && { isOver }),
      ...(isTimed ? { window: state } : {}),
      ...this.#unmatched.state(),
      ...(webhookFault === undefined ? {} : { webhookFault }),
      ...(fault === undefined ? {} : { fault }),
    };
  }

  record({ type }: BoxEvent): void {
    const { drop } = this.#deps.catalogue();
    // Also where nothing is for sale yet: the first minutes are those of the drop.
    if (type !== 'drop.first-frame' || drop === '') return;
    // It never rejects: a disk that fails costs what a restart would have known.
    this.#lastShop = NO_SHOP;
    void this.#opened.window.begin(drop);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (await pause(clock, TICK_MS, signal)) {
      // The disk could not be read or written at the start, and perhaps can be now.
      if (this.#opened.fault?.kind === 'not-saved') await this.#openAgain();
      this.#unmatched.readAgain();
      await this.#opened.window.refresh(this.#shown().drop, this.#deps.windowMs);
      for (const id of this.#deadlines.due()) this.#expire(id);
    }
    await this.#opened.ledger?.[Symbol.asyncDispose]();
    await this.#unmatched.settled();
    this.#opened.announcements.flush();
  }

  async #openAgain(): Promise<void> {
    const { window, book, confirmed, announcements, fault } = this.#opened;
    const kept = { window, book, confirmed, announcements };
    const deps = this.#deps;
    const opened = await openLedger(deps, kept, fault);
    this.#deadlines = new Deadlines(book, () => deps.pendingMs, deps.clock);
    this.#opened = { ...kept, ...opened };
    if (opened.fault !== undefined) return;
    // What lies on the disk beside it was not read either.
    this.#unmatched = new UnmatchedPayments(deps);
    this.#opened = { ...this.#opened, window: openSaleWindow(deps, window) };
  }

  #fault(): ShopState['fault'] {
    const { ledger, book, fault } = this.#opened;
    if (fault !== undefined) return fault;
    if (ledger?.fault !== undefined) return { kind: 'not-saved', reason: ledger.fault };
    if (book.size < ORDERS_MAX) return undefined;
    return { kind: 'full', reason: `the ledger has ${book.size} orders` };
  }

  /** The drop that has just ended stays until its last orders are paid. */
  #shown(): DropCatalogue & { readonly isOver: boolean } {
    const { last, ...now } = this.#deps.catalogue();
    return { ...(last ?? now), isOver: last !== undefined };
  }

  /** As it was when the payment was made: an outage of the links keeps no buyer from it. */
  #shop(request: OrderRequest): Shop {
    const shop = this.#shopNow(request);
    const { isClockFree, windowMs } = this.#deps;
    const agoMs = lateMs(request, shop.nowMs);
    if (shop.isWindowOpen || agoMs === 0) return shop;
    const { phase, leftMs } = this.#opened.window.state(shop.drop, windowMs + agoMs);
    // More is left than there ever was: it was made before.
    const isWindowOpen = phase === 'open' && leftMs <= windowMs;
    // All of the box is asked for that: only by an order that it matters to.
    if (!isWindowOpen || isClockFree?.() === true) return shop;
    return { ...shop, isWindowOpen };
  }

  /** The same one for a millisecond: thousands of orders may come in it. */
  #shopNow(request: OrderRequest): Shop {
    const { catalogue, windowMs, pendingMs, clock } = this.#deps;
    const { drop, articles } = catalogueFor(this.#opened.book, request, catalogue());
    const nowMs = clock.wallMs();
    const last = this.#lastShop;
    if (nowMs === last.nowMs && drop === last.drop && articles === last.articles) return last;
    const isWindowOpen = this.#opened.window.state(drop, windowMs).phase === 'open';
    this.#lastShop = { drop, articles, isWindowOpen, pendingMs, nowMs };
    return this.#lastShop;
  }

  #apply(record: OrderRecord): OrderState {
    this.#deadlines.note(record);
    return this.#opened.book.apply(record);
  }

  #expire(id: string): void {
    const { ledger } = this.#opened;
    if (ledger === undefined || this.#fault() !== undefined) return;
    const atMs = this.#deps.clock.wallMs();
    const record: OrderRecord = { kind: 'void', id, atMs, reason: 'time-out' };
    this.#apply(record);
    // The box ends: it is due again when it starts.
    ledger.add(record).catch(() => undefined);
  }
}
