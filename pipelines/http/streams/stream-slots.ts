/** Which clients may have a stream: each takes the box's bandwidth for as long as it lasts. */

/** A page that changes its rendition reads two for a moment. */
const PER_CONNECTION_MAX = 4;

/** Of the request that asks for a stream. */
export interface StreamClient {
  readonly connection: { readonly address: { readonly isProxy: boolean } };
  /** The client, as limits count it: behind a proxy that of the guest. */
  readonly address: string;
}

/** Limited for a connection, for an address and in total. */
export class StreamSlots {
  readonly #max: number;
  readonly #maxPerAddress: number;
  readonly #perAddress = new Map<string, number>();
  readonly #perConnection = new Map<object, number>();
  #count = 0;

  constructor(max: number, maxPerAddress: number) {
    this.#max = max;
    this.#maxPerAddress = maxPerAddress;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * No address takes more than it leaves free.
   *
   * @returns how to give it back, once; undefined where the client has to fetch parts.
   */
  take({ connection, address }: StreamClient): (() => void) | undefined {
    const own = this.#perAddress.get(address) ?? 0;
    if (own >= Math.min(this.#maxPerAddress, this.#max - this.#count)) return undefined;
    // A proxy has many guests on one connection.
    const { isProxy } = connection.address;
    const ofConnection = this.#perConnection.get(connection) ?? 0;
    if (!isProxy && ofConnection >= PER_CONNECTION_MAX) return undefined;
    this.#change(connection, address, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#change(connection, address, -1);
      isTaken = false;
    };
  }

  #change(connection: object, address: string, by: 1 | -1): void {
    this.#count += by;
    add(this.#perAddress, address, by);
    add(this.#perConnection, connection, by);
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
