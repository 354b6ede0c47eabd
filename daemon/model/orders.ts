/** Orders of a drop’s articles, as the rest of the box sees them. No card data: none is accepted. */
import type { IncomingMessage } from 'node:http';

/** The interface that an order came by. */
export type OrderSource = 'webhook' | 'mqtt' | 'cash' | 'cli';

/** A confirmed order, once it is on the disk: to be printed, counted, made. */
export interface OrderConfirmed {
  /** Its place in the ledger; grows from one confirmed order to the next, also over restarts. */
  readonly seq: number;
  readonly orderId: string;
  /** The drop whose catalogue the item is in. */
  readonly drop: string;
  readonly item: { readonly id: string; readonly name: string };
  readonly quantity: number;
  /** Of a numbered edition, one for each piece; empty for other items. Never given out twice. */
  readonly numbers: readonly number[];
  /** What the buyer wants to be called; text of a stranger, without control characters. */
  readonly name?: string;
  /** Unix time in ms. */
  readonly atMs: number;
  readonly source: OrderSource;
}

/** What prints or makes ordered things reads confirmed orders here, and saves the last `seq` it has done. */
export interface ConfirmedOrders {
  /** At most `max` of those behind `seq`, the oldest first, also of earlier runs; those voided since are left out. */
  confirmedAfter(seq: number, max: number): readonly OrderConfirmed[];
  /** It is known and not confirmed (cancelled, and perhaps refused after that): nothing of it is printed any more. */
  isVoid(orderId: string): boolean;
}

/** An order as the crew sees it. */
export interface OrderEntry {
  readonly id: string;
  readonly state: 'pending' | 'confirmed' | 'void' | 'refused';
  /** Paid, and nothing was given for it: the money must go back. */
  readonly isOwed: boolean;
  /** Another payment under the id of an order, which stays as it is. */
  readonly isOther?: boolean;
  /** Left out where it was cancelled before anything else was known of it. */
  readonly item?: string;
  readonly quantity?: number;
  readonly amount?: number;
  readonly currency?: string;
  readonly numbers: readonly number[];
  readonly name?: string;
  /** Unix time in ms. */
  readonly atMs: number;
}

/** All orders, for the crew. */
export interface OrderList {
  /**
   * Those whose money must go back first, then the newest; at most `max`.
   *
   * @param words Of those that have all of them in id, name or numbers; empty for all.
   */
  newest(max: number, words?: string): readonly OrderEntry[];
  /** All of them as a table for a spreadsheet. */
  csv(): Promise<string>;
}

/** Called for each confirmed order once it is on the disk; a crash may come in between, see ConfirmedOrders. */
export type OnOrderConfirmed = (order: OrderConfirmed) => void;

/** What a buyer, a payment service or a host asks for. */
export interface OrderRequest {
  /**
   * `reserve`: not paid yet. `confirm`: paid. `cancel`: it came to nothing, or the money went back.
   * `clear`: the crew has looked at all payments that fit nothing on sale, up to this one.
   */
  readonly do: 'reserve' | 'confirm' | 'cancel' | 'clear';
  /** The same for everything that concerns this order: 1 to 128 of `A-Z a-z 0-9 _ . : -`. */
  readonly id: string;
  /** Left out for an order that is known. */
  readonly item?: string;
  readonly quantity?: number;
  readonly name?: string;
  /** What was paid, in minor units of the currency; left out where it is the right price by itself, as in cash. */
  readonly amount?: number;
  readonly currency?: string;
  /** Of `cancel`: as the person saw it, who is refused where it has changed. Left out, it is cancelled whatever it is. `unmatched`: another payment under its id went back, and the order stays. */
  readonly was?: OrderEntry['state'] | 'unmatched';
  /** When its sender made it, Unix time in ms: one that is older than what is known is refused. */
  readonly sentMs?: number;
  /** Of `confirm`: why it can be no order, though it is paid. */
  readonly fault?: string;
  /** Of `cancel`: it was paid and fitted nothing on sale. */
  readonly isPaidBack?: boolean;
  readonly source: OrderSource;
}

/** Why an order got nothing. `cancelled`: it was paid after it had been cancelled. */
export type OrderRefusal = 'sold-out' | 'closed' | 'price' | 'cancelled';

interface Settled {
  readonly orderId: string;
  readonly item: string;
  readonly quantity: number;
  readonly amount: number;
  readonly currency: string;
  /** It was so before this request. */
  readonly isRepeat: boolean;
}

/** What an order is once it is on the disk. */
export type OrderOutcome =
  | (Settled & { readonly status: 'pending'; readonly untilMs: number })
  | (Settled & { readonly status: 'confirmed'; readonly numbers: readonly number[] })
  | (Settled & {
      readonly status: 'refused';
      readonly reason: OrderRefusal;
      /** The buyer's money must go back. */
      readonly isPaid: boolean;
    })
  | {
      readonly status: 'void';
      readonly orderId: string;
      readonly reason: 'time-out' | 'cancelled';
      readonly isRepeat: boolean;
    }
  /** Another payment under its id went back; the order stays as it was. */
  | { readonly status: 'settled'; readonly orderId: string }
  /** So many payments that fitted nothing on sale are settled. */
  | { readonly status: 'cleared'; readonly count: number }
  /** It can be no order: nothing of it is kept. */
  | { readonly status: 'invalid'; readonly detail: string }
  /** It is older than what is known of the order: nothing changes. */
  | { readonly status: 'stale'; readonly detail: string }
  /** Orders cannot be saved now: ask again later. */
  | { readonly status: 'unavailable'; readonly detail: string };

/** Where each interface brings its orders. */
export interface OrderIntake {
  /** Resolves when the outcome is on the disk. Never rejects. */
  take(request: OrderRequest): Promise<OrderOutcome>;
}

/** An article as guests and the crew see it. */
export interface ArticleState {
  readonly id: string;
  readonly name: string;
  /** What it costs now, in minor units of the currency: 2500 is 25.00 €. */
  readonly price: number;
  /** Where it costs less now. */
  readonly usualPrice?: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Undefined without a limit. */
  readonly left?: number;
  /** Of a numbered edition. */
  readonly edition?: number;
  readonly sold: number;
  readonly pending: number;
  /** Sold in the first minutes of the drop only. */
  readonly isCollector: boolean;
  /** False for a collector's article outside of its window. */
  readonly isOpen: boolean;
  readonly checkoutUrl?: string;
  /** As the catalogue has it: a relative name begins in the state folder. */
  readonly pictureFile?: string;
}

/** Confirmed orders of one catalogue. */
export interface Sales {
  readonly orders: number;
  readonly pieces: number;
  /** In the smallest unit of each currency. */
  readonly amounts: readonly { readonly currency: string; readonly amount_minor: number }[];
}

/** It was paid, and fits nothing on sale: an item that is not there, or another one under its id. */
export interface UnmatchedPayment {
  readonly order: string;
  readonly item: string;
  readonly quantity: number;
  readonly amount?: number;
  readonly currency?: string;
  /** An order has the same id: that one stays as it is. */
  readonly isKnownId?: boolean;
  /** Unix time in ms. */
  readonly atMs: number;
}

/** The shop, in the snapshot. */
export interface ShopState {
  /** Names the catalogue; editions are numbered in it. */
  readonly drop: string;
  readonly articles: readonly ArticleState[];
  /** Its drop has ended: what was begun at a checkout can still be paid, for a short time. */
  readonly isOver?: boolean;
  /** Of the first minutes after the first live frame; undefined where no article needs them. */
  readonly window?: { readonly phase: 'before' | 'open' | 'over'; readonly leftMs: number };
  /** Confirmed orders of this catalogue. */
  readonly sales: Sales;
  /** Over all drops. */
  readonly totals: {
    readonly pending: number;
    readonly confirmed: number;
    readonly void: number;
    readonly refused: number;
    /** Paid and refused: their money must go back. */
    readonly refunds: number;
  };
  /** Paid, and in no list: the oldest of them. Undefined where there are none. */
  readonly unmatched?: readonly UnmatchedPayment[];
  /** The newest of them: who clears the list names it, so that none goes with it that came later. */
  readonly unmatchedLast?: UnmatchedPayment;
  /** All of them: under the id of an order, and under none. With a full list no other is noted. */
  readonly unmatchedCounts?: {
    readonly known: number;
    readonly unknown: number;
    readonly isFull?: true;
  };
  /** Why signed orders are refused. */
  readonly webhookFault?: string;
  /** Why no order is taken. */
  readonly fault?: {
    readonly kind: 'damaged' | 'newer' | 'not-saved' | 'full';
    readonly reason: string;
  };
}

/** A guest who is at the checkout when a drop ends has so long to pay. */
export const PAID_LATE_MS = 15 * 60_000;

/** Whether a buyer who goes to the checkout now gets what is paid there. */
export const takesOrders = ({ fault, isOver }: Pick<ShopState, 'fault' | 'isOver'>): boolean =>
  fault === undefined && isOver !== true;

export interface WebhookAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterS?: number;
  /** It was signed with the secret: it came from no stranger. */
  readonly isSigned?: boolean;
}

/** Answers a signed order of another server. Never rejects. */
export type AnswerWebhook = (request: IncomingMessage) => Promise<WebhookAnswer>;
