/** Peers of a socket that is not connected, and the local address that each has sent to. */
import { AF_INET, IP_PKTINFO, IPV6_PKTINFO, SOL_IP, SOL_IPV6, WORD_BYTES } from './libc.ts';
import { parseName } from './name.ts';

/** Peers remembered, so that text is not made for each datagram. Forged ones only cost time. */
const MAX_PEERS = 4096;

/** struct cmsghdr: length, level, type; its data starts at the next word. */
const LEVEL_AT = WORD_BYTES;
const TYPE_AT = WORD_BYTES + 4;
const DATA_AT = WORD_BYTES === 8 ? 16 : 12;
const IN_PKTINFO_BYTES = 12;
const IN6_PKTINFO_BYTES = 20;

/** Made by the socket; a reply to it leaves from the address that it has sent to. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  /** struct sockaddr. */
  readonly name: Buffer;
  /** struct cmsghdr with the local address. */
  readonly control?: Buffer;
}

export class Peers {
  readonly #family: number;
  readonly #known = new Map<string, Peer>();

  constructor(family: number) {
    this.#family = family;
  }

  /** The same one for the same addresses, as long as it is remembered. */
  of(name: Buffer, control: Buffer): Peer {
    const key = name.toString('latin1') + control.toString('latin1', DATA_AT);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reply = this.#replyControl(control);
    const peer: Peer = {
      ...parseName(name),
      name: Buffer.from(name),
      ...(reply === undefined ? {} : { control: reply }),
    };
    if (this.#known.size >= MAX_PEERS) this.#known.clear();
    this.#known.set(key, peer);
    return peer;
  }

  /**
   * As it came, without the interface: the reply's route is the routing table's matter
   * (ip(7), ipv6(7)). In struct in_pktinfo the local address of the packet comes second.
   */
  #replyControl(control: Buffer): Buffer | undefined {
    const isV4 = this.#family === AF_INET;
    const bytes = DATA_AT + (isV4 ? IN_PKTINFO_BYTES : IN6_PKTINFO_BYTES);
    if (control.length < bytes) return undefined;
    const level = control.readInt32LE(LEVEL_AT);
    const type = control.readInt32LE(TYPE_AT);
    const isInfo = isV4
      ? level === SOL_IP && type === IP_PKTINFO
      : level === SOL_IPV6 && type === IPV6_PKTINFO;
    if (!isInfo) return undefined;
    const reply = Buffer.alloc(Math.ceil(bytes / WORD_BYTES) * WORD_BYTES);
    control.copy(reply, 0, 0, bytes);
    reply.writeUInt32LE(0, DATA_AT + (isV4 ? 0 : 16));
    return reply;
  }
}
