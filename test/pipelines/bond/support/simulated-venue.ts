/** The complete chain in virtual time: encoder, bond, paths, relay, SRT receiver. */
import { Bond } from '../../../../pipelines/bond/core/bond.ts';
import type { LinkConfig } from '../../../../pipelines/bond/core/config.ts';
import type { BondSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';
import type { SrtTap } from '../../../../pipelines/bond/net/encoder-port.ts';
import { RelayGroups } from '../../../../pipelines/bond/relay/groups.ts';
import { isSrtla, parseSrtla, renderSrtla } from '../../../../pipelines/bond/wire/packet.ts';
import { sequenceAfter } from '../../../../pipelines/bond/wire/sequence.ts';
import {
  isSrtData,
  readControlType,
  readSequence,
  SRT_ACK,
  SRT_NAK,
} from '../../../../pipelines/bond/wire/srt.ts';
import { openPath, type PathOptions, type SimulatedPath, seededRandom } from './simulated-path.ts';
import { data, handshake, openReceiver } from './simulated-srt.ts';

export interface VenueOptions {
  readonly links: readonly PathOptions[];
  readonly latencyMs?: number;
  readonly bitrateBps?: number;
  readonly seed?: number;
  /** Looks at the encoder's packets as they pass. */
  readonly tap?: SrtTap;
  /** Called for each datagram of a link; true loses it. */
  readonly drops?: (datagram: Buffer, isUp: boolean, nowMs: number) => boolean;
}

/** The whole chain in virtual time: encoder, bond, paths, relay groups, SRT receiver. */
export class Venue {
  nowMs = 1000;
  bitrateBps: number;
  readonly up: SimulatedPath[];
  readonly down: SimulatedPath[];
  readonly bond: Bond;
  readonly receiver: ReturnType<typeof openReceiver>;
  relay = openRelay(7);
  readonly sentPackets: number[];
  readonly switches: { atMs: number; link: string; to: string; reason: string }[] = [];
  /** SRT packets of the encoder. */
  packetBytes = 1332;
  offered = 0;
  naksToEncoder = 0;
  /** Times that the encoder was told that its connection has ended. */
  hungUp = 0;
  readonly #events: { atMs: number; order: number; run: () => void }[] = [];
  readonly #ports: number[] = [];
  readonly #sentAt = new Map<number, number>();
  readonly #options: VenueOptions;
  #order = 0;
  #restarts = 0;
  #sequence = 0x7fff_fff0;
  #nextPacketMs = 0;
  #known = new Set<unknown>();

  constructor(options: VenueOptions) {
    this.#options = options;
    this.bitrateBps = options.bitrateBps ?? 6_000_000;
    const random = seededRandom(options.seed ?? 1);
    this.up = options.links.map((link) => openPath(link, random));
    this.down = options.links.map(({ rateBps: _, queueMs: __, ...link }) => openPath(link, random));
    this.sentPackets = options.links.map(() => 0);
    const latencyMs = options.latencyMs ?? 1000;
    this.receiver = openReceiver(
      latencyMs,
      (sequence) => this.#sentAt.get(sequence) ?? 0,
      (packet) => this.#fromReceiver(packet),
    );
    this.bond = new Bond(Buffer.alloc(256, 3), {
      send: (slot, packet) => this.#sendUp(slot, Buffer.from(packet)),
      toEncoder: (packet) => {
        options.tap?.toEncoder(packet, this.nowMs);
        if (readControlType(packet) === SRT_NAK) this.naksToEncoder += 1;
      },
      hangUp: () => {
        this.hungUp += 1;
      },
      open: (slot) => this.rebind(slot),
      rebind: (slot) => this.rebind(slot),
      close: () => undefined,
    });
    this.bond.setLinks(
      options.links.map((_, index) => configOf(index)),
      this.nowMs,
    );
    this.#known = new Set();
    this.bond.fromLink(0, handshake(latencyMs), this.nowMs);
  }

  rebind(slot: number): void {
    this.#ports[slot] = 10_000 + slot + 100 * this.#order++;
    this.#at(this.nowMs, () => this.bond.onOpened(slot, this.nowMs));
  }

  /** The NAT on the way has forgotten the link: its datagrams come from another port, replies are lost. */
  remap(slot: number): void {
    this.#ports[slot] = 10_000 + slot + 100 * this.#order++;
  }

  /** It knows no group any more. */
  restartRelay(): void {
    this.#restarts += 1;
    this.relay = openRelay(7 + this.#restarts);
  }

  /** Runs the chain for `ms`. */
  run(ms: number, isEncoding = true): void {
    const end = this.nowMs + ms;
    for (; this.nowMs < end; this.nowMs += 1) {
      this.#runEvents();
      if (isEncoding) this.#encode();
      if (this.nowMs % 20 === 0) this.#tick();
      if (this.nowMs % 10 === 0) this.receiver.tick(this.nowMs);
      if (this.nowMs % 1000 === 0) this.relay.reap(this.nowMs);
    }
  }

  snapshot(): BondSnapshot {
    return this.bond.snapshot(this.nowMs);
  }

  cut(index: number, isCut = true): void {
    for (const paths of [this.up, this.down]) {
      const path = paths[index];
      if (path !== undefined) path.isCut = isCut;
    }
  }

  /** Packets longer than `mtuBytes` vanish from now on. */
  limitMtu(index: number, mtuBytes: number): void {
    for (const path of [this.up[index], this.down[index]]) {
      if (path !== undefined) path.options = { ...path.options, mtuBytes };
    }
  }

  #tick(): void {
    this.bond.tick(this.nowMs);
    for (const change of this.bond.snapshot(this.nowMs).switches) {
      if (!this.#known.has(change)) this.switches.push(change);
      this.#known.add(change);
    }
  }

  #encode(): void {
    this.#nextPacketMs = Math.max(this.#nextPacketMs, this.nowMs);
    while (this.#nextPacketMs < this.nowMs + 1) {
      this.#sequence = sequenceAfter(this.#sequence);
      this.#sentAt.set(this.#sequence, this.nowMs);
      this.offered += 1;
      const packet = data(this.#sequence, this.packetBytes);
      this.#options.tap?.fromEncoder(packet, this.nowMs);
      this.bond.fromEncoder(packet, this.nowMs);
      this.#nextPacketMs += (this.packetBytes * 8000) / this.bitrateBps;
    }
  }

  #sendUp(slot: number, packet: Buffer): void {
    if (isSrtData(packet)) this.sentPackets[slot] = (this.sentPackets[slot] ?? 0) + 1;
    if (this.#options.drops?.(packet, true, this.nowMs)) return;
    const port = this.#ports[slot] ?? 0;
    this.#carry(this.up[slot], packet, () => this.#toRelay(port, packet));
  }

  #toRelay(port: number, packet: Buffer): void {
    const { relay, nowMs } = this;
    const link = relay.find('sim', port);
    if (isSrtla(packet)) {
      const parsed = parseSrtla(packet);
      if (parsed?.kind === 'reg1' || parsed?.kind === 'reg2') {
        const reply =
          parsed.kind === 'reg1'
            ? relay.onReg1(parsed.id, 'sim', port, nowMs)
            : relay.onReg2(parsed.id, 'sim', port, nowMs);
        if (reply !== undefined) this.#sendDown(port, renderSrtla(reply));
      } else if (parsed?.kind === 'keepalive' && link !== undefined) {
        relay.noteReceived(link, packet.length, nowMs);
        this.#sendDown(port, packet);
      }
      return;
    }
    if (link === undefined) return;
    relay.noteReceived(link, packet.length, nowMs);
    link.group.lastLink = link;
    if (!isSrtData(packet)) return;
    const ack = relay.noteData(link, readSequence(packet));
    if (ack !== undefined) this.#sendDown(port, renderSrtla(ack));
    this.receiver.onPacket(packet, nowMs);
  }

  #fromReceiver(packet: Buffer): void {
    for (const group of this.relay.groups) {
      const isForAll = readControlType(packet) === SRT_ACK;
      for (const link of group.links) {
        if (isForAll || link === group.lastLink) this.#sendDown(link.port, packet);
      }
    }
  }

  #sendDown(port: number, packet: Buffer): void {
    const slot = this.#ports.indexOf(port);
    if (slot < 0 || this.#options.drops?.(packet, false, this.nowMs)) return;
    this.#carry(this.down[slot], packet, () => this.bond.fromLink(slot, packet, this.nowMs));
  }

  #carry(path: SimulatedPath | undefined, packet: Buffer, run: () => void): void {
    const arrivalMs = path?.carry(packet.length + 42, this.nowMs) ?? -1;
    if (arrivalMs >= 0) this.#at(arrivalMs, run);
  }

  #at(atMs: number, run: () => void): void {
    const event = { atMs, order: this.#order++, run };
    let at = this.#events.length;
    while (at > 0 && (this.#events[at - 1]?.atMs ?? 0) > atMs) at -= 1;
    this.#events.splice(at, 0, event);
  }

  #runEvents(): void {
    while ((this.#events[0]?.atMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) {
      this.#events.shift()?.run();
    }
  }
}

/** Each one that starts has a key of its own. */
function openRelay(key: number): RelayGroups {
  return new RelayGroups((bytes) => Buffer.alloc(bytes, key));
}

export function configOf(index: number): LinkConfig {
  return {
    id: `link${index}`,
    sourceAddress: `10.0.${index}.2`,
    weight: 1,
    isBackup: false,
    isEnabled: true,
  };
}
