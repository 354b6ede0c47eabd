/** Payments that fit nothing on sale: the money is there, and the ledger has nothing of them. */
import { join } from 'node:path';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { openSaved, type Saved } from '../../../hal/os/state/saved.ts';
import type { BoxEvent } from '../../model/commands.ts';
import type {
  OrderEntry,
  OrderIntake,
  OrderOutcome,
  OrderRequest,
  ShopState,
  UnmatchedPayment,
} from '../../model/orders.ts';
import { isOrder, isPaidBack, type OrderState } from '../book.ts';
import { CHANGED, isOwed } from '../decide.ts';
import { paymentUnder } from '../request.ts';
import {
  entryOf,
  hasMoneyOf,
  isPerhaps,
  keyOf,
  type Payment,
  paidIn,
  type StoredPayments,
  storedPayments,
} from './payment.ts';
import { clearPayments, paymentRows, UNMATCHED_NAME } from './settled-payments.ts';

export interface UnmatchedDeps {
  /** That of the ledger. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly onEvent: (event: BoxEvent) => void;
  readonly log: Log;
}

/** A shop that sends nothing else must not fill memory and disk. Each is sent again for days, and told once. */
const PAYMENTS_MAX = 1_000;
/** Of each kind: the others follow as these are settled. */
const LISTED_MAX = 50;
/** They come before the orders, which they must not hide. */
const ROWS_MAX = 10;

/** Why such a one is not taken. */
export const ANOTHER = 'another payment of this order went back: this one fits nothing on sale';

export class UnmatchedPayments {
  readonly #deps: UnmatchedDeps;
  readonly #saved: Saved<StoredPayments>;
  /** The oldest first. */
  #open: readonly UnmatchedPayment[] = [];
  /** The crew has given them back. The oldest first. */
  #back: readonly UnmatchedPayment[] = [];

  constructor(deps: UnmatchedDeps) {
    this.#deps = deps;
    const about = { what: 'payments that fit nothing', log: deps.log };
    this.#saved = openSaved(join(deps.folder, UNMATCHED_NAME), storedPayments, about);
    this.#fill();
  }

  #fill(): void {
    const { open, back } = this.#saved.value ?? { open: [], back: [] };
    this.#open = open;
    this.#back = back;
  }

  /** What the disk did not give at the start is owed too, and must not be replaced. */
  readAgain(): void {
    if (this.#saved.value !== undefined) return;
    this.#saved.readAgain();
    this.#fill();
  }

  get size(): number {
    return this.#open.length;
  }

  state(): Pick<ShopState, 'unmatched' | 'unmatchedCounts' | 'unmatchedLast'> {
    if (this.#open.length === 0) return {};
    const { known, unknown } = this.#byKind();
    return {
      unmatchedLast: this.#open.at(-1) as UnmatchedPayment,
      unmatched: [...known.slice(0, LISTED_MAX), ...unknown.slice(0, LISTED_MAX)],
      unmatchedCounts: {
        ...{ known: known.length, unknown: unknown.length },
        ...(this.size >= PAYMENTS_MAX && { isFull: true }),
      },
    };
  }

  /** For the crew's list: of what is searched for, also where many others are before it. */
  rows(isFound: (row: OrderEntry) => boolean): readonly OrderEntry[] {
    const { known, unknown } = this.#byKind();
    return [...known, ...unknown].map(entryOf).filter(isFound).slice(0, ROWS_MAX);
  }

  /** Whoever cancels one gives its money back; the crew saw it in `rows`, and for the ledger it is new. */
  asKnown(request: OrderRequest): OrderRequest {
    if (request.do !== 'cancel' || this.#chosen(request, false) === undefined) return request;
    const { id, source, sentMs } = request;
    const sent = sentMs === undefined ? {} : { sentMs };
    return { do: 'cancel', id, source, ...sent, isPaidBack: true };
  }

  /** There is no order of its id, since another payment under it went back. */
  isAnother(request: OrderRequest, known: OrderState | undefined): boolean {
    if (known === undefined || isOrder(known) || !isPaidBack(known)) return false;
    return isOwed(request) && this.#hasOnlyOthers(request);
  }

  #hasOnlyOthers(request: OrderRequest): boolean {
    const back = this.#back.filter(({ order }) => order === request.id);
    return back.length > 0 && !back.some((one) => isPerhaps(one, request));
  }

  /**
   * One was taken after all, or its money went back. What else came under its id is another payment
   * from then on.
   *
   * @returns Undefined where nothing changes; else it resolves when the disk has it.
   */
  settle(request: OrderRequest): Promise<void> | undefined {
    // Of each order: no closures, where there is nothing to look through.
    return this.#open.length === 0 ? undefined : this.#settleOne(request);
  }

  #settleOne(request: OrderRequest): Promise<void> | undefined {
    const { id, do: wanted } = request;
    if (!this.#open.some((one) => one.order === id && one.isKnownId !== true)) return undefined;
    const gone = wanted === 'cancel' ? this.#chosen(request, false) : undefined;
    const isGone = (one: UnmatchedPayment) =>
      wanted === 'cancel' ? one === gone : one.isKnownId !== true && hasMoneyOf(one, request);
    this.#open = this.#open
      .filter((one) => one.order !== id || !isGone(one))
      .map((one) => (one.order === id ? { ...one, isKnownId: true } : one));
    if (gone !== undefined) this.#back = [...this.#back, gone];
    return this.#save();
  }

  /** One went back, and the order of its id stays. */
  async dismiss(request: OrderRequest): Promise<OrderOutcome> {
    const gone = this.#chosen(request, true);
    if (gone === undefined) return { status: 'stale', detail: CHANGED };
    this.#open = this.#open.filter((one) => one !== gone);
    this.#back = [...this.#back, gone];
    await this.#save();
    return { status: 'settled', orderId: request.id };
  }

  /**
   * All that a person has looked at, up to that one: each is settled as if it was alone.
   *
   * @param take That of the order service.
   */
  async clear(request: OrderRequest, take: OrderIntake['take']): Promise<OrderOutcome> {
    const lastKey = keyOf(paidIn(request));
    const last = this.#open.findLastIndex((one) => keyOf(one) === lastKey);
    if (last < 0) return { status: 'stale', detail: CHANGED };
    const firstOf = (keys: ReadonlySet<string>) => this.#open.find((one) => keys.has(keyOf(one)));
    const how = { folder: this.#deps.folder, source: request.source, firstOf, take };
    return await clearPayments(this.#open.slice(0, last + 1), how);
  }

  /** For a table. */
  async csvRows(): Promise<readonly string[]> {
    const { folder, log } = this.#deps;
    return await paymentRows(folder, { open: this.#open, back: this.#back, log });
  }

  /** Answers for what the order service does not take: its money is there, perhaps. */
  async refuse(
    request: OrderRequest,
    known: OrderState | undefined,
    detail: string,
  ): Promise<OrderOutcome> {
    if (!isOwed(request)) return { status: 'invalid', detail };
    this.readAgain();
    const of = this.isAnother(request, known) ? 'other' : paymentUnder(request, known);
    if (of === 'taken') return { status: 'invalid', detail };
    const isKnownId = of === 'other';
    const isThis = (one: Payment) => keyOf(one) === keyOf(paidIn(request));
    // Its sender need not try again.
    if (isKnownId && this.#back.some(isThis)) return { status: 'settled', orderId: request.id };
    if (!this.#open.some(isThis) && this.#hasRoom()) {
      this.#note(request, isKnownId, detail);
      await this.#save();
    }
    return { status: 'invalid', detail };
  }

  /** Resolves when all of it is on the disk. */
  settled(): Promise<void> {
    return this.#saved.settled();
  }

  #note(request: OrderRequest, isKnownId: boolean, reason: string): void {
    const { clock, onEvent, log } = this.#deps;
    const { quantity = 1, source } = request;
    const facts = { ...paidIn(request), quantity: Math.max(1, quantity) };
    const atMs = clock.wallMs();
    this.#open = [...this.#open, { ...facts, atMs, ...(isKnownId && { isKnownId }) }];
    const data = { ...facts, source, reason };
    log.error('payment fits nothing on sale', data);
    if (this.size === PAYMENTS_MAX) log.error('list of payments that fit nothing is full');
    onEvent({ type: 'order.unmatched', severity: 'warning', atMs, data });
  }

  /** The one of that money, where the request names it; else the oldest. */
  #chosen(request: OrderRequest, isKnownId: boolean): UnmatchedPayment | undefined {
    return this.#open.find(
      (one) =>
        one.order === request.id &&
        (one.isKnownId ?? false) === isKnownId &&
        hasMoneyOf(one, request),
    );
  }

  /** For one more: what went back first is forgotten, its sender has given up long since. */
  #hasRoom(): boolean {
    const free = PAYMENTS_MAX - 1 - this.#open.length;
    if (free < 0) return false;
    this.#back = this.#back.slice(Math.max(0, this.#back.length - free));
    return true;
  }

  #save(): Promise<void> {
    return this.#saved.save({ open: this.#open, back: this.#back });
  }

  #byKind() {
    const known = this.#open.filter((one) => one.isKnownId === true);
    return { known, unknown: this.#open.filter((one) => one.isKnownId !== true) };
  }
}
