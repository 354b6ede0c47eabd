/**
 * Who holds the connections of a server. Strangers share a part of them, in which a newcomer
 * takes the place of the longest idle one of the address that holds most: few addresses cannot
 * take them all. The rest is for clients that have signed in or shown a token.
 */
export interface SharedConnection {
  readonly address: string;
  /** Its host may have many more addresses. */
  readonly isOneOfMany?: boolean;
  close(): void;
}

interface Held {
  isKnown: boolean;
  /** Requests without an answer. */
  pending: number;
  activeMs: number;
}

export interface ConnectionCounts {
  readonly strangers: number;
  readonly known: number;
  /** A browser opens up to six for a page. */
  readonly perAddress: number;
}

/** Of the strangers, those of such addresses: above it they take each other's places alone. */
const MANY_SHARE = 0.75;

export class ConnectionShares<T extends SharedConnection> {
  readonly #counts: ConnectionCounts;
  readonly #nowMs: () => number;
  readonly #held = new Map<T, Held>();

  constructor(counts: ConnectionCounts, nowMs: () => number) {
    this.#counts = counts;
    this.#nowMs = nowMs;
  }

  /** A connection begins, as a stranger's; another one may end in its favour. */
  add(connection: T): void {
    const strangers = this.#of(false);
    const own = strangers.filter(({ address }) => address === connection.address);
    if (own.length >= this.#counts.perAddress) this.#endLongestIdle(own);
    else if (strangers.length >= this.#counts.strangers)
      this.#endLongestIdle(largest(this.#tooMany(strangers) ?? strangers));
    this.#held.set(connection, { isKnown: false, pending: 0, activeMs: this.#nowMs() });
  }

  /** Its client has proved who it is, at some time: it has its place among the known. */
  setKnown(connection: T): void {
    const held = this.#held.get(connection);
    if (held === undefined || held.isKnown) return;
    const known = this.#of(true);
    if (known.length >= this.#counts.known) this.#endLongestIdle(largest(known));
    held.isKnown = true;
  }

  /** @param by 1 for a request that begins, -1 for its end. */
  count(connection: T, by: 1 | -1): void {
    const held = this.#held.get(connection);
    if (held === undefined) return;
    held.pending += by;
    held.activeMs = this.#nowMs();
  }

  remove(connection: T): void {
    this.#held.delete(connection);
  }

  get size(): number {
    return this.#held.size;
  }

  #of(isKnown: boolean): readonly T[] {
    return [...this.#held].flatMap(([one, held]) => (held.isKnown === isKnown ? [one] : []));
  }

  /** Those that may all be of one host, where it would have most of the places. */
  #tooMany(strangers: readonly T[]): readonly T[] | undefined {
    const ofMany = strangers.filter(({ isOneOfMany }) => isOneOfMany === true);
    return ofMany.length >= this.#counts.strangers * MANY_SHARE ? ofMany : undefined;
  }

  #endLongestIdle(connections: readonly T[]): void {
    const rank = (one: T) => {
      const { pending = 0, activeMs = 0 } = this.#held.get(one) ?? {};
      return [Math.min(1, pending), activeMs] as const;
    };
    const [ending] = connections.toSorted((a, b) => {
      const [[aBusy, aMs], [bBusy, bMs]] = [rank(a), rank(b)];
      return aBusy - bBusy || aMs - bMs;
    });
    if (ending === undefined) return;
    this.#held.delete(ending);
    ending.close();
  }
}

/** Those of the address that holds most; all where each holds as many. */
function largest<T extends SharedConnection>(connections: readonly T[]): readonly T[] {
  const counts = new Map<string, number>();
  for (const { address } of connections) counts.set(address, (counts.get(address) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return connections.filter(({ address }) => counts.get(address) === most);
}
