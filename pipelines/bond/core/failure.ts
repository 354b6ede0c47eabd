/** What an operator can do something about, by the system's code. */
const NAMES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the receiver is not known',
  EAI_AGAIN: 'the name of the receiver cannot be looked up',
  EADDRNOTAVAIL: 'its address is none of this machine',
  EADDRINUSE: 'its port is taken',
  EACCES: 'it may not be used',
  EPERM: 'it may not be used',
  ENETDOWN: 'its network is down',
  ENETUNREACH: 'there is no route to the receiver',
  EHOSTUNREACH: 'there is no route to the receiver',
  ECONNREFUSED: 'nobody listens at the receiver',
};

/** The receiver's machine is there and answers with ICMP. Opening the socket anew shows nothing of it. */
export const REFUSED = 'ECONNREFUSED';

/** Why a socket cannot be used, in words; one without them is told by its code. */
export function nameFailure(code: string): string {
  const name = NAMES[code];
  if (name !== undefined) return `${name} (${code})`;
  return /^[A-Z][A-Z0-9_]{1,31}$/.test(code) ? code : 'the socket fails';
}

/** Why a link's socket cannot be used while the link is out, and what was told of it. */
export class SocketFault {
  #code: string | undefined = 'not opened';
  readonly #logged = new Set<string>();

  /** @returns true when the code is a new one since {@link end}. */
  note(code: string): boolean {
    this.#code = code;
    const name = nameFailure(code);
    const isNew = !this.#logged.has(name);
    this.#logged.add(name);
    return isNew;
  }

  /** The socket can send. @returns true when that ends the trouble. */
  opened(): boolean {
    if (this.#code === undefined || this.#code === REFUSED) return false;
    this.#code = undefined;
    return true;
  }

  /** The link is in: what comes later is told anew. */
  end(): void {
    this.#code = undefined;
    this.#logged.clear();
  }
}
