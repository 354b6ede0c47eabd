/** The groups of a relay, without its sockets: members, limits and time-outs. */
import { timingSafeEqual } from 'node:crypto';
import { type AttemptLimit, openAttemptLimit } from '../../../hal/os/limits/attempt-limit.ts';
import { DATAGRAM_HEADER_BYTES, MAX_LINKS } from '../core/config.ts';
import {
  SEQUENCES_PER_ACK,
  SRTLA_ID_BYTES,
  type SrtlaPacket,
  type Telemetry,
} from '../wire/packet.ts';
import { ReplyCredit } from './limits.ts';
import { makeRoom, networkOf } from './shares.ts';

const HALF_ID_BYTES = SRTLA_ID_BYTES / 2;

/**
 * Limit of REG1s whose REG2 has not come yet: so many in eight seconds, then the oldest is
 * forgotten. A forged address never sees its group's id, and so never takes a group's slot.
 */
const MAX_PENDING = 4000;

/** A link that is silent for this long is removed from its group. */
const LINK_TIMEOUT_MS = 10_000;
/** A group without links ends after this, so that a sender that lost all of them can come back. */
const GROUP_TIMEOUT_MS = 30_000;
/** One that never carried data ends sooner: it may belong to a flood. */
const UNUSED_GROUP_MS = 5000;

/**
 * Registrations that one address may attempt, and all together. A sender needs two a second a link.
 * What proves nothing has the same once more, apart: it takes none from those that know the secret.
 */
const ATTEMPTS = { burst: 60, perS: 40, totalBurst: 1000, totalPerS: 500 };
/** Unknown ids, which a sender without a group sends once for each link; limits guessing. */
const UNKNOWN_IDS = { burst: 40, perS: 20, totalBurst: 400, totalPerS: 200 };

/** One link of a group as the relay sees it. */
export interface RelayLink {
  readonly address: string;
  readonly port: number;
  readonly group: RelayGroup;
  lastReceivedMs: number;
  dataPackets: number;
  bytesTotal: number;
  /** The last data packets' numbers, for the SRTLA ACK. */
  readonly unacked: number[];
  readonly credit: ReplyCredit;
  telemetry?: Telemetry;
}

export interface RelayGroup {
  readonly id: Buffer;
  /** Counts groups since start; names it in logs and figures. */
  readonly number: number;
  readonly createdMs: number;
  readonly links: RelayLink[];
  /** Address and sender of its REG1: a repeated one gets the same answer. */
  readonly creator: string;
  lastReceivedMs: number;
  lastLink?: RelayLink;
  hasCarried: boolean;
  /** When the SRT listener last acknowledged its data. */
  ackedMs: number;
  /** Of its REG1. */
  readonly address: string;
  readonly network: string;
}

export class RelayGroups {
  /** With a link, or with one until lately. */
  readonly #groups = new Map<string, RelayGroup>();
  readonly #pending = new Map<string, RelayGroup>();
  /** By port first: no text is built for each packet. */
  readonly #links = new Map<number, RelayLink[]>();
  readonly #attempts: AttemptLimit = openAttemptLimit(ATTEMPTS);
  readonly #strangers: AttemptLimit = openAttemptLimit(ATTEMPTS);
  readonly #unknown: AttemptLimit = openAttemptLimit(UNKNOWN_IDS);
  readonly #randomBytes: (bytes: number) => Buffer;
  readonly #isAdmitted: (id: Buffer) => boolean;
  /** Ended for newcomers since the last {@link reap}. */
  readonly #dropped: RelayGroup[] = [];
  #created = 0;
  refusedTotal = 0;

  /** @param isAdmitted By the sender's half of an id: whether it knows the relay's secret. */
  constructor(
    randomBytes: (bytes: number) => Buffer,
    isAdmitted: (id: Buffer) => boolean = () => true,
  ) {
    this.#randomBytes = randomBytes;
    this.#isAdmitted = isAdmitted;
  }

  get groups(): Iterable<RelayGroup> {
    return this.#groups.values();
  }

  find(address: string, port: number): RelayLink | undefined {
    return this.#links.get(port)?.find((link) => link.address === address);
  }

  /** The answer to REG1: a new group's id, an error, or nothing for a flood. */
  onReg1(id: Buffer, address: string, port: number, nowMs: number): SrtlaPacket | undefined {
    const isAdmitted = this.#isAdmitted(id);
    const limit = isAdmitted ? this.#attempts : this.#strangers;
    if (!limit.take(address, nowMs)) return this.#refuse();
    if (this.find(address, port) !== undefined) return { kind: 'reg-err' };
    if (!isAdmitted) return { kind: 'reg-nak' };
    const half = id.subarray(0, HALF_ID_BYTES);
    // Another sender may have had the address before.
    const creator = `${address}:${port} ${half.toString('latin1')}`;
    const group = findCreatedBy(creator, this.#groups) ?? findCreatedBy(creator, this.#pending);
    if (group !== undefined) return { kind: 'reg2', id: group.id };
    const begun: RelayGroup = {
      id: Buffer.concat([half, this.#randomBytes(HALF_ID_BYTES)]),
      number: ++this.#created,
      createdMs: nowMs,
      links: [],
      creator,
      lastReceivedMs: nowMs,
      hasCarried: false,
      ackedMs: Number.NEGATIVE_INFINITY,
      address,
      network: networkOf(address),
    };
    this.#pending.set(keyOf(begun.id), begun);
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_PENDING && oldest !== undefined) this.#pending.delete(oldest);
    return { kind: 'reg2', id: begun.id };
  }

  /** The answer to REG2: the link joins the group of that id. */
  onReg2(id: Buffer, address: string, port: number, nowMs: number): SrtlaPacket | undefined {
    const key = keyOf(id);
    const pending = this.#pending.get(key);
    const group = pending ?? this.#groups.get(key);
    // An id of the relay's own making proves itself: no flood keeps a link out of its group.
    if (group === undefined || !timingSafeEqual(group.id, id)) {
      const isAdmitted = this.#isAdmitted(id);
      const limit = isAdmitted ? this.#unknown : this.#strangers;
      if (!limit.take(address, nowMs)) return this.#refuse();
      return { kind: isAdmitted ? 'no-group' : 'reg-nak' };
    }
    const known = this.find(address, port);
    if (known !== undefined && known.group !== group) return { kind: 'reg-err' };
    if (pending !== undefined && !this.#admit(key, pending, nowMs)) return { kind: 'reg-err' };
    if (known === undefined) {
      if (group.links.length >= MAX_LINKS) return { kind: 'reg-err' };
      this.#add({
        address,
        port,
        group,
        lastReceivedMs: nowMs,
        dataPackets: 0,
        bytesTotal: 0,
        unacked: [],
        credit: new ReplyCredit(),
      });
    }
    group.lastReceivedMs = nowMs;
    return { kind: 'reg3' };
  }

  /** Counts one data packet. Every tenth returns the ACK for its link. */
  noteData(link: RelayLink, sequence: number): SrtlaPacket | undefined {
    link.dataPackets += 1;
    link.group.hasCarried = true;
    link.unacked.push(sequence);
    if (link.unacked.length < SEQUENCES_PER_ACK) return undefined;
    return { kind: 'ack', sequences: link.unacked.splice(0) };
  }

  noteReceived(link: RelayLink, bytes: number, nowMs: number): void {
    link.lastReceivedMs = nowMs;
    link.group.lastReceivedMs = nowMs;
    link.bytesTotal += bytes + DATAGRAM_HEADER_BYTES;
    link.credit.earn(bytes + DATAGRAM_HEADER_BYTES);
  }

  /** Ends links and groups that are silent. Returns the groups that ended. */
  reap(nowMs: number): readonly RelayGroup[] {
    const ended: RelayGroup[] = this.#dropped.splice(0);
    for (const [key, { createdMs }] of this.#pending) {
      if (nowMs - createdMs > UNUSED_GROUP_MS) this.#pending.delete(key);
    }
    for (const [key, group] of this.#groups) {
      for (const link of [...group.links]) {
        if (nowMs - link.lastReceivedMs > LINK_TIMEOUT_MS) this.#remove(link);
      }
      const isUnused = !group.hasCarried && nowMs - group.createdMs > UNUSED_GROUP_MS;
      const isEmpty = group.links.length === 0 && nowMs - group.lastReceivedMs > GROUP_TIMEOUT_MS;
      if (!isEmpty && !(isUnused && nowMs - group.lastReceivedMs > UNUSED_GROUP_MS)) continue;
      this.#end(key, group);
      ended.push(group);
    }
    return ended;
  }

  /** Its first link gives a pending group a slot, where there is one. */
  #admit(key: string, group: RelayGroup, nowMs: number): boolean {
    const out = makeRoom([...this.#groups.values()], group.network, nowMs);
    if (out === 'none') return false;
    if (out !== undefined) {
      this.#end(keyOf(out.id), out);
      this.#dropped.push(out);
    }
    this.#pending.delete(key);
    this.#groups.set(key, group);
    return true;
  }

  #end(key: string, group: RelayGroup): void {
    for (const link of [...group.links]) this.#remove(link);
    this.#groups.delete(key);
  }

  #refuse(): undefined {
    this.refusedTotal += 1;
    return undefined;
  }

  #add(link: RelayLink): void {
    link.group.links.push(link);
    const others = this.#links.get(link.port) ?? [];
    this.#links.set(link.port, [...others, link]);
  }

  #remove(link: RelayLink): void {
    const { group, port } = link;
    group.links.splice(group.links.indexOf(link), 1);
    if (group.lastLink === link) delete group.lastLink;
    const others = (this.#links.get(port) ?? []).filter((other) => other !== link);
    if (others.length > 0) this.#links.set(port, others);
    else this.#links.delete(port);
  }
}

function findCreatedBy(
  creator: string,
  groups: ReadonlyMap<string, RelayGroup>,
): RelayGroup | undefined {
  for (const group of groups.values()) if (group.creator === creator) return group;
  return undefined;
}

/** By the relay's own half. */
function keyOf(id: Buffer): string {
  return id.toString('latin1', HALF_ID_BYTES);
}
