/** One link of the bond: its phase, its figures and what it carries. */

import { DATAGRAM_HEADER_BYTES, type LinkConfig } from './config.ts';
import { nameFailure, SocketFault } from './failure.ts';
import { Capacity } from './path/capacity.ts';
import { InFlight } from './path/in-flight.ts';
import { PathMtu } from './path/path-mtu.ts';
import { RateMeter } from './path/rate-meter.ts';
import { PACKETS_PER_REPLY, Replies } from './path/replies.ts';
import { RttEstimator } from './path/rtt.ts';

/**
 * `out`: not registered. `active`: carries packets. `suspect`: overdue, carries none
 * while another can. `stalled`: taken out of use, and probed until its replies
 * show that it works again.
 */
export type LinkPhase =
  | { readonly phase: 'out' }
  | { readonly phase: 'active'; readonly sinceMs: number }
  | { readonly phase: 'suspect'; readonly sinceMs: number }
  | { readonly phase: 'stalled'; readonly sinceMs: number; readonly echoes: number };

/** Silence with packets in flight after which a link is stalled at the latest. */
export const STALL_MS = 250;

/** A registered link that is silent for this long registers again (SRTLA's link time-out). */
export const LINK_TIMEOUT_MS = 4000;

const KEEPALIVE_MS = 1000;
/** Pauses between keepalives while a reply is overdue, and while a stalled link is probed. */
const OVERDUE_PING_MS = 60;
const PROBE_PING_MS = 150;

/** Echoes a stalled link must send in a row to rejoin; each stall of the last half minute adds. */
const ECHOES_TO_REJOIN = 3;
const ECHOES_PER_STALL = 2;
const MAX_ECHOES = 12;
const STALL_MEMORY_MS = 30_000;

/** What {@link Link.check} found. */
export type LinkEvent = 'none' | 'suspected' | 'stalled' | 'timed-out';

export class Link {
  readonly slot: number;
  config: LinkConfig;
  state: LinkPhase = { phase: 'out' };
  reason = 'opening';
  readonly rtt = new RttEstimator();
  readonly flight = new InFlight();
  readonly capacity = new Capacity();
  readonly pathMtu = new PathMtu();
  readonly sent = new RateMeter();
  readonly sentPackets = new RateMeter();
  readonly delivered = new RateMeter();
  readonly lostPackets = new RateMeter();
  usedBytes: number;
  receivedBytes = 0;
  stallsTotal = 0;
  /** Its position in the fair queue, and its weight there: see select.ts. */
  tag = 0;
  shareBps = 0;
  /** Own loss of the last 1.5 s, 0 to 1, as it was last weighed. */
  lossRatio = 0;
  /** Its data is not acknowledged: others are better as long as their ACKs are not overdue too. */
  isAckOverdue = false;
  readonly #replies = new Replies();
  #lastPingMs = Number.NEGATIVE_INFINITY;
  /** When it stalled last. */
  #stallsMs: readonly number[] = [];
  readonly #fault = new SocketFault();

  constructor(slot: number, config: LinkConfig) {
    this.slot = slot;
    this.config = config;
    this.usedBytes = config.usedBytes ?? 0;
  }

  get isSpent(): boolean {
    const { budgetBytes } = this.config;
    return budgetBytes !== undefined && this.usedBytes >= budgetBytes;
  }

  get lastReceivedMs(): number {
    return this.#replies.lastReceivedMs;
  }

  /** Room for one more packet without a queue beyond the allowed one. */
  get hasRoom(): boolean {
    return this.flight.bytes < this.capacity.windowBytes(this.rtt);
  }

  /** A datagram left; `sequence` is -1 for what is no data. */
  onSent(sequence: number, bytes: number, nowMs: number): void {
    const wireBytes = bytes + DATAGRAM_HEADER_BYTES;
    this.usedBytes += wireBytes;
    this.sent.add(wireBytes, nowMs);
    if (sequence < 0) return;
    this.flight.add(sequence, wireBytes, nowMs);
    this.sentPackets.add(1, nowMs);
    this.pathMtu.onData(bytes, nowMs);
    this.#replies.expect(1, nowMs);
  }

  /** True when a keepalive is due now; the caller sends it. */
  takePing(nowMs: number): boolean {
    const sinceMs = nowMs - this.#lastPingMs;
    if (sinceMs < this.#pingPauseMs(nowMs)) return false;
    this.#lastPingMs = nowMs;
    this.#replies.expect(this.state.phase === 'active' ? 1 : PACKETS_PER_REPLY, nowMs);
    return true;
  }

  /** A datagram came in; NGP and REG2 are no sign of life and do not count. */
  onReceived(bytes: number, nowMs: number): void {
    this.receivedBytes += bytes;
    this.usedBytes += bytes + DATAGRAM_HEADER_BYTES;
    this.#replies.received(nowMs);
    if (this.state.phase === 'suspect') this.#enter({ phase: 'active', sinceMs: nowMs }, 'replies');
  }

  onOpened(): void {
    if (this.state.phase === 'out' && this.#fault.opened()) this.reason = 'no answer yet';
  }

  /** The socket of a link that is out cannot be opened or used. @returns true for a new reason. */
  onUnusable(code: string): boolean {
    this.reason = nameFailure(code);
    return this.#fault.note(code);
  }

  /** The receiver accepted the link with REG3. One that stalled lately is probed first. */
  onRegistered(nowMs: number, isAlone: boolean): void {
    if (this.state.phase !== 'out') return;
    this.#fault.end();
    const isProbed = this.#stallsLately(nowMs) > 0 && !isAlone;
    this.#enter(
      isProbed
        ? { phase: 'stalled', sinceMs: nowMs, echoes: 0 }
        : { phase: 'active', sinceMs: nowMs },
      'registered',
    );
  }

  /**
   * A keepalive of `bytes` came back. A stalled link rejoins after several in a row, more
   * after repeated stalls; at once when no other link carries anything. One whose data
   * vanished needs echoes as large as data.
   */
  onEcho(rttMs: number, bytes: number, nowMs: number, isAlone: boolean): void {
    this.rtt.add(rttMs, nowMs);
    const isPassable = this.pathMtu.onEcho(bytes, nowMs - rttMs);
    if (this.state.phase !== 'stalled') return;
    if (this.pathMtu.isBlocked) this.reason = this.pathMtu.reason;
    // The only link is used even while its ACKs are overdue; where data is known to vanish it is not.
    if (!isPassable && (this.pathMtu.isBlocked || !isAlone)) return;
    const echoes = this.state.echoes + 1;
    const extra = ECHOES_PER_STALL * Math.max(0, this.#stallsLately(nowMs) - 1);
    if (isAlone || echoes >= Math.min(MAX_ECHOES, ECHOES_TO_REJOIN + extra)) {
      this.#replies.gapMs = 0;
      this.pathMtu.unblock();
      this.#enter({ phase: 'active', sinceMs: nowMs }, 'answers again');
    } else {
      this.state = { ...this.state, echoes };
    }
  }

  /** Checks by the clock whether a reply is overdue or the link lost. */
  check(nowMs: number): LinkEvent {
    const { phase } = this.state;
    if (phase === 'out') return 'none';
    if (nowMs - this.lastReceivedMs > LINK_TIMEOUT_MS) {
      if (phase !== 'stalled') this.stall('silent', nowMs);
      this.deregister('silent for 4 s');
      return 'timed-out';
    }
    const silentMs = this.#replies.silentMs(nowMs);
    if (phase === 'stalled') {
      if (silentMs > this.stallMs && this.state.echoes > 0)
        this.state = { ...this.state, echoes: 0 };
      if (this.pathMtu.isVanishing) this.pathMtu.block();
      return 'none';
    }
    this.isAckOverdue = this.pathMtu.isOverdue(this.rtt.lateMs, nowMs);
    if (silentMs > this.stallMs) {
      this.stall(`silent for ${Math.round(silentMs)} ms`, nowMs);
      return 'stalled';
    }
    if (this.pathMtu.isVanishing) {
      this.pathMtu.block();
      this.stall(this.pathMtu.reason, nowMs);
      return 'stalled';
    }
    if (phase === 'active' && silentMs > this.suspectMs) {
      this.#enter({ phase: 'suspect', sinceMs: nowMs }, `silent for ${Math.round(silentMs)} ms`);
      return 'suspected';
    }
    return 'none';
  }

  /** Takes the link out of use at once; the caller sends again what it has in flight. */
  stall(reason: string, nowMs: number): void {
    this.#stallsMs = [...this.#stallsMs, nowMs].slice(-MAX_ECHOES);
    this.stallsTotal += 1;
    this.#enter({ phase: 'stalled', sinceMs: nowMs, echoes: 0 }, reason);
  }

  /** The link is no longer registered. */
  deregister(reason: string): void {
    this.#enter({ phase: 'out' }, reason);
    this.rtt.reset();
    this.flight.clear();
    this.pathMtu.restart();
  }

  /** Silence that makes it suspect: a reply is later than any was lately. */
  get suspectMs(): number {
    return Math.max(this.rtt.lateMs + 20, 1.5 * this.#replies.gapMs + 30);
  }

  /** Silence that stalls it: max(250 ms, 2 RTT), more where replies came in bursts. */
  get stallMs(): number {
    return Math.max(STALL_MS, 2 * this.rtt.meanMs, 1.5 * this.#replies.gapMs);
  }

  #pingPauseMs(nowMs: number): number {
    if (this.state.phase === 'stalled') return PROBE_PING_MS;
    if (this.state.phase === 'suspect') return OVERDUE_PING_MS;
    const isOverdue =
      this.pathMtu.hasUnackedData || this.#replies.isOverdue(this.rtt.meanMs + 20, nowMs);
    return isOverdue ? OVERDUE_PING_MS : KEEPALIVE_MS;
  }

  #stallsLately(nowMs: number): number {
    return this.#stallsMs.filter((atMs) => nowMs - atMs <= STALL_MEMORY_MS).length;
  }

  #enter(state: LinkPhase, reason: string): void {
    this.state = state;
    this.reason = reason;
  }
}
