/** The bonding sender without its sockets: which packet goes out by which link, and when again. */
import { isSrtla, parseSrtla, type SrtlaPacket } from '../wire/packet.ts';
import { sequenceDistance } from '../wire/sequence.ts';
import * as srt from '../wire/srt.ts';
import { AckTracker, applySrtlaAck } from './acknowledge.ts';
import { DATAGRAM_HEADER_BYTES, type LinkConfig } from './config.ts';
import { nameFailure } from './failure.ts';
import { openKeyFrameDetector } from './key-frame.ts';
import type { Link } from './link.ts';
import { LinkTable, type Wire } from './link-table.ts';
import { RateMeter } from './path/rate-meter.ts';
import { isProbed, Outage } from './probe.ts';
import { ResendBuffer } from './resend-buffer.ts';
import { Resender } from './resender.ts';
import { chargeShare, chooseLink, weigh } from './select.ts';
import { type BondSnapshot, renderBondSnapshot } from './snapshot.ts';

const WEIGH_MS = 100;
/** A jump in sequence numbers beyond this is a new SRT connection. */
const NEW_CONNECTION_STEP = 8192;

/**
 * SRT packets of the encoder and datagrams of the links come in with the time in ms, and
 * leave by {@link Wire}. The caller's clock never steps back.
 */
export class Bond {
  readonly #wire: Wire;
  readonly #table: LinkTable;
  readonly #links: LinkTable['links'];
  readonly #store = new ResendBuffer();
  readonly #acks = new AckTracker();
  readonly #resender: Resender;
  readonly #offered = new RateMeter();
  #isKeyFrame = openKeyFrameDetector();
  #probeCount = 0;
  readonly #outage = new Outage();
  #droppedTotal = 0;
  readonly standings = () => this.#table.standings();
  #weighedMs = Number.NEGATIVE_INFINITY;

  /** @param id 256 random bytes, the sender's half of the group id first. */
  constructor(id: Buffer, wire: Wire) {
    this.#wire = wire;
    this.#table = new LinkTable(id, wire, (link, nowMs) => this.#afterStall(link, nowMs));
    this.#links = this.#table.links;
    this.#resender = new Resender(this.#store, this.#links, (slot, sequence, packet, nowMs) =>
      this.#transmit(slot, sequence, packet, nowMs),
    );
  }

  /** Opens, changes and closes links so that they are those of `configs`. */
  setLinks(configs: readonly LinkConfig[], nowMs: number): void {
    this.#table.set(configs, nowMs);
  }

  /** The link's socket can send. */
  onOpened(slot: number, nowMs: number): void {
    this.#links[slot]?.onOpened();
    this.#table.register({ kind: 'opened', slot }, nowMs);
    this.#table.tick(nowMs);
  }

  /**
   * The link's socket failed, for example with ENETUNREACH: the link stalls at once.
   *
   * @returns why a link that is out cannot be used, where that reason is a new one.
   */
  onFailed(slot: number, code: string, nowMs: number): string | undefined {
    const link = this.#links[slot];
    if (link === undefined || link.state.phase === 'stalled') return undefined;
    if (link.state.phase === 'out') return link.onUnusable(code) ? link.reason : undefined;
    link.stall(nameFailure(code), nowMs);
    this.#afterStall(link, nowMs);
    return undefined;
  }

  fromEncoder(packet: Buffer, nowMs: number): void {
    if (srt.isSrtData(packet)) {
      this.#data(packet, nowMs);
      return;
    }
    const type = srt.readControlType(packet);
    if (type < 0) return;
    if (type === srt.SRT_HANDSHAKE || type === srt.SRT_SHUTDOWN) {
      this.#sendToAll(packet, nowMs);
      return;
    }
    const link = this.#links[chooseLink(this.#links, 'best')];
    if (link !== undefined) this.#table.sendControl(link, packet, nowMs);
  }

  fromLink(slot: number, packet: Buffer, nowMs: number): void {
    const link = this.#links[slot];
    if (link === undefined) return;
    if (isSrtla(packet)) {
      const parsed = parseSrtla(packet);
      if (parsed !== undefined) this.#onSrtla(link, parsed, packet.length, nowMs);
      return;
    }
    if (packet.length < srt.SRT_HEADER_BYTES) return;
    link.onReceived(packet.length, nowMs);
    this.#onSrt(packet, nowMs);
    this.#table.noteSwitch(link, nowMs);
  }

  /** Call it every 20 ms or so. */
  tick(nowMs: number): void {
    for (const link of this.#links) if (link !== undefined) this.#check(link, nowMs);
    this.#table.tick(nowMs);
    if (nowMs - this.#weighedMs >= WEIGH_MS) this.#weigh(nowMs);
    this.#resender.drain(this.#acks.ackedUpTo, nowMs);
  }

  snapshot(nowMs: number): BondSnapshot {
    return renderBondSnapshot(
      this.#links.filter((link) => link !== undefined),
      {
        offered: this.#offered,
        closedWireBytes: this.#table.closedWireBytes,
        resentPacketsTotal: this.#resender.resentTotal,
        suppressedTotal: this.#resender.suppressedTotal,
        droppedTotal: this.#droppedTotal,
        switches: this.#table.switches,
      },
      nowMs,
    );
  }

  #data(packet: Buffer, nowMs: number): void {
    const sequence = srt.readSequence(packet);
    const { newest } = this.#store;
    const step = newest < 0 ? 1 : sequenceDistance(newest, sequence);
    const isRepeat = srt.isRetransmission(packet);
    if (Math.abs(step) > NEW_CONNECTION_STEP && !isRepeat) this.#restart();
    else if ((step <= 0 || isRepeat) && this.#resender.onRepeat(sequence, nowMs)) return;
    const wireBytes = packet.length + DATAGRAM_HEADER_BYTES;
    this.#offered.add(wireBytes, nowMs);
    this.#resender.budget.earn(wireBytes);
    this.#store.put(sequence, packet, nowMs);
    const prefer = this.#isKeyFrame(packet, srt.SRT_HEADER_BYTES) ? 'best' : 'share';
    const slot = chooseLink(this.#links, prefer);
    if (slot >= 0) {
      this.#outage.end();
      this.#transmit(slot, sequence, packet, nowMs);
      this.#probe(sequence, packet, nowMs);
    } else {
      this.#duringOutage(sequence, packet, nowMs);
    }
  }

  #transmit(slot: number, sequence: number, packet: Buffer, nowMs: number): void {
    this.#links[slot]?.onSent(sequence, packet.length, nowMs);
    this.#store.noteSent(sequence, slot, nowMs);
    chargeShare(this.#links, slot, packet.length);
    this.#wire.send(slot, packet);
  }

  /** Sends copies over stalled links: their ACKs show when they work again. */
  #probe(sequence: number, packet: Buffer, nowMs: number): void {
    this.#probeCount += 1;
    for (const link of this.#links) {
      if (link === undefined || !isProbed(link, this.#probeCount)) continue;
      link.onSent(sequence, packet.length, nowMs);
      this.#wire.send(link.slot, packet);
    }
  }

  #duringOutage(sequence: number, packet: Buffer, nowMs: number): void {
    const slot = this.#outage.choose(this.#links, nowMs);
    if (slot < 0) {
      this.#droppedTotal += 1;
      return;
    }
    this.#transmit(slot, sequence, packet, nowMs);
    // Counted as lost, so that it is sent again as soon as a link is back.
    this.#links[slot]?.flight.lose(sequence);
  }

  #sendToAll(packet: Buffer, nowMs: number): void {
    for (const link of this.#links) {
      if (link !== undefined && link.state.phase !== 'out' && !link.isSpent) {
        this.#table.sendControl(link, packet, nowMs);
      }
    }
  }

  #onSrtla(link: Link, packet: SrtlaPacket, bytes: number, nowMs: number): void {
    if (packet.kind !== 'no-group' && packet.kind !== 'reg2') link.onReceived(bytes, nowMs);
    if (packet.kind === 'keepalive') {
      if (packet.timeMs !== undefined && packet.timeMs > 0) {
        link.onEcho(nowMs - packet.timeMs, bytes, nowMs, this.#table.isAlone(link));
      }
    } else if (packet.kind === 'ack') {
      this.#acks.isEachLinkAcked = true;
      applySrtlaAck(link, packet.sequences, nowMs);
      this.#resender.onAcked(link, this.#acks.ackedUpTo, nowMs);
    } else {
      this.#table.register({ kind: 'packet', slot: link.slot, packet }, nowMs);
    }
    this.#table.noteSwitch(link, nowMs);
  }

  #onSrt(packet: Buffer, nowMs: number): void {
    switch (srt.readControlType(packet)) {
      case srt.SRT_ACK:
        this.#acks.apply(packet, this.#links, this.#store, nowMs);
        if (this.#acks.isNew(packet)) this.#wire.toEncoder(packet);
        return;
      case srt.SRT_NAK: {
        const left = this.#resender.onNak(packet, nowMs);
        if (left !== undefined) this.#wire.toEncoder(left);
        return;
      }
      case srt.SRT_HANDSHAKE:
        this.#resender.latencyMs = srt.readLatencyMs(packet) ?? this.#resender.latencyMs;
    }
    this.#wire.toEncoder(packet);
  }

  #check(link: Link, nowMs: number): void {
    const event = link.check(nowMs);
    if (event === 'stalled' || event === 'timed-out') this.#afterStall(link, nowMs);
    if (event === 'suspected') this.#resender.onSuspected(link, this.#acks.ackedUpTo, nowMs);
    if (event === 'timed-out') this.#table.register({ kind: 'lost', slot: link.slot }, nowMs);
    this.#table.noteSwitch(link, nowMs);
    if (link.state.phase === 'out' || !link.takePing(nowMs)) return;
    this.#table.ping(link, nowMs);
  }

  #afterStall(link: Link, nowMs: number): void {
    this.#resender.onStalled(link, this.#acks.ackedUpTo, nowMs);
    this.#table.noteSwitch(link, nowMs);
  }

  #weigh(nowMs: number): void {
    this.#weighedMs = nowMs;
    this.#resender.budget.allow(this.#offered.perS(1000, nowMs) * 8);
    weigh(this.#links, nowMs, this.#resender.latencyMs);
  }

  /** A new SRT connection: packets of the old one are of no use. */
  #restart(): void {
    this.#store.clear();
    this.#acks.clear();
    this.#resender.clear();
    this.#isKeyFrame = openKeyFrameDetector();
    for (const link of this.#links) link?.flight.clear();
  }
}
