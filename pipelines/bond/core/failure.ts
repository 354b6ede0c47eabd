/** Names the errors of a link's socket. */
/** By the system's code. */
const NAMES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the receiver is unknown',
  EAI_AGAIN: 'the name of the receiver cannot be looked up',
  EADDRNOTAVAIL: 'its address does not belong to this machine',
  EADDRINUSE: 'its port is taken',
  EACCES: 'it may not be used',
  EPERM: 'it may not be used',
  ENETDOWN: 'its network is down',
  ENETUNREACH: 'there is no route to the receiver',
  EHOSTUNREACH: 'there is no route to the receiver',
  ECONNREFUSED: 'nothing listens at the receiver',
  REG_NAK: 'the relay refuses it; both need the same secret',
};

/** The receiver's machine answers with ICMP; opening the socket again cannot fail with it. */
export const REFUSED = 'ECONNREFUSED';

/** Why a socket cannot be used, in words, or the code where there are none. */
export function nameFailure(code: string): string {
  const name = NAMES[code];
  if (name !== undefined) return `${name} (${code})`;
  return /^[A-Z][A-Z0-9_]{1,31}$/.test(code) ? code : 'the socket fails';
}

/** Why the socket of a link that is out cannot be used, and which reasons were logged. */
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

  /** The socket can send. @returns true when that ends the fault. */
  opened(): boolean {
    if (this.#code === undefined || this.#code === REFUSED) return false;
    this.#code = undefined;
    return true;
  }

  /** The link is registered: later faults are logged again. */
  end(): void {
    this.#code = undefined;
    this.#logged.clear();
  }
}
