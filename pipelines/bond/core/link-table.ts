/** The links of a bond in their slots: registration, changes of phase, removal. */
import { padTo, renderSrtla } from '../wire/packet.ts';
import { type LinkConfig, MAX_LINKS } from './config.ts';
import { Link, type LinkPhase } from './link.ts';
import {
  type Registration,
  type RegistrationEvent,
  startRegistration,
  stepRegistration,
} from './register.ts';
import { enterQueue, isActive } from './select.ts';
import { keepaliveOf, type LinkSwitch } from './snapshot.ts';

const REMEMBERED_LINKS = 64;
const REMEMBERED_SWITCHES = 32;

/** The I/O of the bond. Each method returns at once. */
export interface Wire {
  /** `packet` may be reused once this returned and the datagram left. */
  send(slot: number, packet: Buffer): void;
  toEncoder(packet: Buffer): void;
  /** The encoder's SRT connection has ended at the receiver. */
  hangUp(): void;
  open(slot: number, config: LinkConfig): void;
  /** A new local port for the link. */
  rebind(slot: number): void;
  close(slot: number): void;
}

/** How a link stands with the receiver. */
export interface Standing {
  readonly slot: number;
  readonly sourceAddress: string;
  readonly isIn: boolean;
  /** What answered it did not know the group: it may be another receiver. */
  readonly isUnknown: boolean;
}

export class LinkTable {
  /** A slot is empty where a link was removed; its number is used again. */
  readonly links: (Link | undefined)[] = [];
  /** The last changes of phase, oldest first. Each change makes a new array. */
  switches: readonly LinkSwitch[] = [];
  /** Bytes sent by removed links. */
  closedWireBytes = 0;
  readonly #wire: Wire;
  readonly #onRemoved: (link: Link, nowMs: number) => void;
  readonly #phases = new Map<Link, LinkPhase['phase']>();
  /** Of removed links: one that comes back continues its count, unless the caller sets another. */
  readonly #used = new Map<string, { readonly from: LinkConfig; readonly usedBytes: number }>();
  /** Answered with no-group since they were in. */
  readonly #unknown = new Set<Link>();
  #registration: Registration;

  /** @param onRemoved Called when a link is removed, while it still has its packets in flight. */
  constructor(id: Buffer, wire: Wire, onRemoved: (link: Link, nowMs: number) => void) {
    this.#wire = wire;
    this.#onRemoved = onRemoved;
    this.#registration = startRegistration(id);
  }

  /** Opens, changes and closes links so that they are the enabled ones of `configs`. */
  set(configs: readonly LinkConfig[], nowMs: number): void {
    const enabled = configs.filter(({ isEnabled }) => isEnabled).slice(0, MAX_LINKS);
    const wanted = new Map(enabled.map((config) => [config.id, config]));
    for (const link of this.links) {
      if (link === undefined) continue;
      const config = wanted.get(link.config.id);
      if (config !== undefined && hasSameSocket(config, link.config)) {
        wanted.delete(config.id);
        if (!hasSameCount(config, link.config)) link.usedBytes = config.usedBytes ?? 0;
        link.config = config;
      } else {
        this.#close(link, nowMs);
      }
    }
    for (const config of wanted.values()) this.#open(config);
  }

  register(event: RegistrationEvent, nowMs: number): void {
    const { next, actions } = stepRegistration(this.#registration, event, nowMs);
    this.#registration = next;
    if (event.kind === 'packet' && event.packet.kind === 'reg-nak') {
      const refused = this.links[event.slot];
      if (refused?.state.phase === 'out') refused.onUnusable('REG_NAK');
    }
    if (event.kind === 'packet' && event.packet.kind === 'no-group') {
      const unknown = this.links[event.slot];
      if (unknown !== undefined) this.#unknown.add(unknown);
    }
    // The SRT receiver takes nothing of a connection from the port of another group.
    if (actions.some(({ kind }) => kind === 'forgotten')) this.#wire.hangUp();
    for (const action of actions) {
      const link = this.links[action.slot];
      if (link === undefined) continue;
      if (action.kind === 'send') this.sendControl(link, renderSrtla(action.packet), nowMs);
      else if (action.kind === 'rebind') this.#wire.rebind(action.slot);
      else if (action.kind === 'forgotten') link.deregister('the receiver was restarted');
      else {
        this.#unknown.delete(link);
        link.onRegistered(nowMs, this.isAlone(link));
      }
      this.noteSwitch(link, nowMs);
    }
  }

  standings(): readonly Standing[] {
    return this.links.flatMap((link) => {
      if (link === undefined) return [];
      const { slot, config, state } = link;
      const { sourceAddress } = config;
      const isIn = state.phase !== 'out';
      return [{ slot, sourceAddress, isIn, isUnknown: this.#unknown.has(link) }];
    });
  }

  tick(nowMs: number): void {
    const phases = this.links.map((link) => link?.state.phase);
    const isHeard = phases.includes('active') || phases.includes('suspect');
    this.register({ kind: 'tick', isSilent: !isHeard && phases.includes('stalled') }, nowMs);
  }

  /** Sends a packet that is not SRT data. */
  sendControl(link: Link, packet: Buffer, nowMs: number): void {
    link.onSent(-1, packet.length, nowMs);
    this.#wire.send(link.slot, packet);
  }

  /** Sends keepalives, of the sizes that tell what passes. */
  ping(link: Link, nowMs: number): void {
    const packet = renderSrtla(keepaliveOf(link, nowMs));
    for (const bytes of link.pathMtu.nextPings()) {
      this.sendControl(link, padTo(packet, bytes), nowMs);
    }
  }

  /** No other link carries packets. */
  isAlone(link: Link): boolean {
    return !this.links.some((other) => other !== undefined && other !== link && isActive(other));
  }

  /** Records a change of the link's phase since the last call. */
  noteSwitch(link: Link, nowMs: number): void {
    const from = this.#phases.get(link) ?? 'out';
    const to = link.state.phase;
    if (from === to) return;
    this.#phases.set(link, to);
    if (to === 'active' && from !== 'suspect') enterQueue(this.links, link);
    const change = { atMs: nowMs, link: link.config.id, from, to, reason: link.reason };
    this.switches = [...this.switches.slice(1 - REMEMBERED_SWITCHES), change];
  }

  #open(config: LinkConfig): void {
    const free = this.links.indexOf(undefined);
    const slot = free < 0 ? this.links.length : free;
    const link = new Link(slot, config);
    const before = this.#used.get(config.id);
    if (before !== undefined && hasSameCount(config, before.from))
      link.usedBytes = before.usedBytes;
    this.links[slot] = link;
    this.#wire.open(slot, config);
  }

  #close(link: Link, nowMs: number): void {
    link.stall('removed', nowMs);
    this.#onRemoved(link, nowMs);
    this.noteSwitch(link, nowMs);
    this.closedWireBytes += link.sent.total;
    this.#used.set(link.config.id, { from: link.config, usedBytes: link.usedBytes });
    if (this.#used.size > REMEMBERED_LINKS) this.#used.delete([...this.#used.keys()][0] ?? '');
    this.links[link.slot] = undefined;
    this.#phases.delete(link);
    this.#unknown.delete(link);
    this.register({ kind: 'closed', slot: link.slot }, nowMs);
    this.#wire.close(link.slot);
  }
}

/** The caller's count is the one that the link started from: the link's own is newer. */
function hasSameCount(now: LinkConfig, from: LinkConfig): boolean {
  return now.usedBytes === from.usedBytes && now.usedPeriod === from.usedPeriod;
}

function hasSameSocket(one: LinkConfig, other: LinkConfig): boolean {
  return (
    one.sourceAddress === other.sourceAddress &&
    one.device === other.device &&
    one.sourcePort === other.sourcePort
  );
}
