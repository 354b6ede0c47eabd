/** The groups of a relay, without its sockets: members, limits and time-outs. */
import { timingSafeEqual } from 'node:crypto';
import { DATAGRAM_HEADER_BYTES, MAX_LINKS } from '../core/config.ts';
import {
  SEQUENCES_PER_ACK,
  SRTLA_ID_BYTES,
  type SrtlaPacket,
  type Telemetry,
} from '../wire/packet.ts';
import { GroupIds } from './group-id.ts';
import { openRegistrationLimit, type RegistrationLimit, ReplyCredit } from './limits.ts';
import { makeRoom, networkOf } from './shares.ts';

const HALF_ID_BYTES = SRTLA_ID_BYTES / 2;
const KEY_BYTES = 64;

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
  /** By port first: no text is built for each packet. */
  readonly #links = new Map<number, RelayLink[]>();
  readonly #attempts: RegistrationLimit;
  readonly #strangers: RegistrationLimit;
  readonly #unknown: RegistrationLimit;
  readonly #ids: GroupIds;
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
    this.#ids = new GroupIds(randomBytes(KEY_BYTES));
    const salt = randomBytes(4).readUInt32BE(0);
    this.#attempts = openRegistrationLimit(ATTEMPTS, salt);
    this.#strangers = openRegistrationLimit(ATTEMPTS, salt);
    this.#unknown = openRegistrationLimit(UNKNOWN_IDS, salt);
    this.#isAdmitted = isAdmitted;
  }

  get groups(): Iterable<RelayGroup> {
    return this.#groups.values();
  }

  find(address: string, port: number): RelayLink | undefined {
    return this.#links.get(port)?.find((link) => link.address === address);
  }

  /**
   * The answer to REG1: a new group's id, an error, or nothing for a flood. Nothing is stored: a
   * forged address never sees the id, and so never takes a group's slot.
   */
  onReg1(id: Buffer, address: string, port: number, nowMs: number): SrtlaPacket | undefined {
    const isAdmitted = this.#isAdmitted(id);
    const limit = isAdmitted ? this.#attempts : this.#strangers;
    if (!limit.take(address, nowMs)) return this.#refuse();
    if (this.find(address, port) !== undefined) return { kind: 'reg-err' };
    if (!isAdmitted) return { kind: 'reg-nak' };
    return { kind: 'reg2', id: this.#ids.issue(id, address, nowMs) };
  }

  /** The answer to REG2: the link joins the group of that id. */
  onReg2(id: Buffer, address: string, port: number, nowMs: number): SrtlaPacket | undefined {
    const known = this.find(address, port);
    const held = this.#groups.get(keyOf(id));
    // An id of the relay's own making proves itself: no flood keeps a link out of its group.
    const isHeld = held !== undefined && timingSafeEqual(held.id, id);
    const creator = isHeld ? held.address : this.#ids.addressOf(id, nowMs);
    if (creator === undefined) {
      const isAdmitted = this.#isAdmitted(id);
      const limit = isAdmitted ? this.#unknown : this.#strangers;
      if (!limit.take(address, nowMs)) return this.#refuse();
      return { kind: isAdmitted ? 'no-group' : 'reg-nak' };
    }
    if (known !== undefined && !known.group.id.equals(id)) return { kind: 'reg-err' };
    const group = isHeld ? held : this.#begin(id, creator, nowMs);
    if (group === undefined) return { kind: 'reg-err' };
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

  /** A group begins with its first link, where it has a slot. */
  #begin(id: Buffer, address: string, nowMs: number): RelayGroup | undefined {
    const network = networkOf(address);
    const out = makeRoom([...this.#groups.values()], network, nowMs);
    if (out === 'none') return undefined;
    if (out !== undefined) {
      this.#end(keyOf(out.id), out);
      this.#dropped.push(out);
    }
    const group: RelayGroup = {
      id: Buffer.from(id),
      number: ++this.#created,
      createdMs: nowMs,
      links: [],
      lastReceivedMs: nowMs,
      hasCarried: false,
      ackedMs: Number.NEGATIVE_INFINITY,
      address,
      network,
    };
    this.#groups.set(keyOf(id), group);
    return group;
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

/** By the relay's own half. */
function keyOf(id: Buffer): string {
  return id.toString('latin1', HALF_ID_BYTES);
}
