import { Capacity } from './capacity.ts';
import { DATAGRAM_HEADER_BYTES, type LinkConfig } from './config.ts';
import { nameFailure, SocketFault } from './failure.ts';
import { InFlight } from './in-flight.ts';
import { RateMeter } from './rate-meter.ts';
import { RttEstimator } from './rtt.ts';

/**
 * `out`: not registered. `active`: carries packets. `suspect`: overdue, carries none
 * while another can. `stalled`: pulled; probed until it has proven itself.
 */
export type LinkPhase =
  | { readonly phase: 'out' }
  | { readonly phase: 'active'; readonly sinceMs: number }
  | { readonly phase: 'suspect'; readonly sinceMs: number }
  | { readonly phase: 'stalled'; readonly sinceMs: number; readonly echoes: number };

/** Silence with packets in flight after which a link is pulled at the latest. */
const STALL_MS = 250;

/** A reply is owed once this many packets went out, for SRTLA acknowledges in tens. */
const REPLY_PACKETS = 10;

/** A registered link that says nothing for this long registers anew (SRTLA's link time-out). */
export const LINK_TIMEOUT_MS = 4000;

const KEEPALIVE_MS = 1000;
/** Keepalives in a row while a reply is overdue, and while a stalled link is probed. */
const OVERDUE_PING_MS = 60;
const PROBE_PING_MS = 150;

/** Echoes a stalled link must send in a row to rejoin; each pull of the last half minute adds. */
const ECHOES_TO_REJOIN = 3;
const ECHOES_PER_STALL = 2;
const MAX_ECHOES = 12;
const STALL_MEMORY_MS = 30_000;

/** The longest pause between replies is remembered, halved in about three seconds. */
const MAX_GAP_MS = 600;
const GAP_FADE_MS = 4000;

/** What {@link Link.check} found. */
export type LinkEvent = 'none' | 'suspected' | 'stalled' | 'lost';

/** One link as the sender knows it: its phase, its figures and what it carries. */
export class Link {
  readonly slot: number;
  config: LinkConfig;
  state: LinkPhase = { phase: 'out' };
  reason = 'opening';
  readonly rtt = new RttEstimator();
  readonly flight = new InFlight();
  readonly capacity = new Capacity();
  readonly sent = new RateMeter();
  readonly sentPackets = new RateMeter();
  readonly delivered = new RateMeter();
  readonly lostPackets = new RateMeter();
  usedBytes: number;
  receivedBytes = 0;
  stallsTotal = 0;
  /** Where it stands in the fair queue, and its weight there: see select.ts. */
  tag = 0;
  shareBps = 0;
  /** Own loss of the last 1.5 s, 0 to 1, as it was last weighed. */
  lossRatio = 0;
  #lastReceivedMs = Number.NEGATIVE_INFINITY;
  #expectedSinceMs = 0;
  #unansweredPackets = 0;
  #lastPingMs = Number.NEGATIVE_INFINITY;
  #gapMs = 0;
  #lastStallMs = Number.NEGATIVE_INFINITY;
  #recentStalls = 0;
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

  /** The path answers: {@link LINK_TIMEOUT_MS} without a reply ends it. */
  isAlive(nowMs: number): boolean {
    return nowMs - this.#lastReceivedMs < LINK_TIMEOUT_MS;
  }

  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
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
    this.#expectReply(1, nowMs);
  }

  /** True when a keepalive is due now; the caller sends it. */
  takePing(nowMs: number): boolean {
    const sinceMs = nowMs - this.#lastPingMs;
    if (sinceMs < this.#pingPauseMs(nowMs)) return false;
    this.#lastPingMs = nowMs;
    this.#expectReply(this.state.phase === 'active' ? 1 : REPLY_PACKETS, nowMs);
    return true;
  }

  /** Anything but NGP and REG2 came in: the link lives. */
  onReceived(bytes: number, nowMs: number): void {
    this.receivedBytes += bytes;
    this.usedBytes += bytes + DATAGRAM_HEADER_BYTES;
    const silentMs = this.#silentMs(nowMs);
    const passedMs = Math.min(GAP_FADE_MS, nowMs - this.#lastReceivedMs);
    this.#gapMs = Math.max(
      Math.min(silentMs, MAX_GAP_MS),
      this.#gapMs * (1 - passedMs / GAP_FADE_MS),
    );
    this.#lastReceivedMs = nowMs;
    this.#unansweredPackets = 0;
    if (this.state.phase === 'suspect') this.#enter({ phase: 'active', sinceMs: nowMs }, 'replies');
  }

  onOpened(): void {
    if (this.state.phase === 'out' && this.#fault.opened()) this.reason = 'no answer yet';
  }

  /** The socket of a link that is out cannot be opened or used. @returns true for news. */
  onUnusable(code: string): boolean {
    this.reason = nameFailure(code);
    return this.#fault.note(code);
  }

  /** The receiver took the link: REG3. One that was pulled lately must prove itself. */
  onRegistered(nowMs: number, isAlone: boolean): void {
    if (this.state.phase !== 'out') return;
    this.#fault.end();
    const mustProve = this.#stallsLately(nowMs) > 0 && !isAlone;
    this.#enter(
      mustProve
        ? { phase: 'stalled', sinceMs: nowMs, echoes: 0 }
        : { phase: 'active', sinceMs: nowMs },
      'registered',
    );
  }

  /**
   * A keepalive came back. A stalled link rejoins after several in a row, more the
   * oftener it was pulled; at once when no other link carries anything.
   */
  onEcho(rttMs: number, nowMs: number, isAlone: boolean): void {
    this.rtt.add(rttMs, nowMs);
    if (this.state.phase !== 'stalled') return;
    const echoes = this.state.echoes + 1;
    const extra = ECHOES_PER_STALL * Math.max(0, this.#stallsLately(nowMs) - 1);
    if (isAlone || echoes >= Math.min(MAX_ECHOES, ECHOES_TO_REJOIN + extra)) {
      this.#gapMs = 0;
      this.#enter({ phase: 'active', sinceMs: nowMs }, 'answers again');
    } else {
      this.state = { ...this.state, echoes };
    }
  }

  /** Looks at the clock: is a reply overdue, the link dead or gone? */
  check(nowMs: number): LinkEvent {
    const { phase } = this.state;
    if (phase === 'out') return 'none';
    if (nowMs - this.#lastReceivedMs > LINK_TIMEOUT_MS) {
      if (phase !== 'stalled') this.stall('silent', nowMs);
      this.leave('silent for 4 s');
      return 'lost';
    }
    const silentMs = this.#silentMs(nowMs);
    if (phase === 'stalled') {
      if (silentMs > this.stallMs && this.state.echoes > 0)
        this.state = { ...this.state, echoes: 0 };
      return 'none';
    }
    if (silentMs > this.stallMs) {
      this.stall(`silent for ${Math.round(silentMs)} ms`, nowMs);
      return 'stalled';
    }
    if (phase === 'active' && silentMs > this.suspectMs) {
      this.#enter({ phase: 'suspect', sinceMs: nowMs }, `silent for ${Math.round(silentMs)} ms`);
      return 'suspected';
    }
    return 'none';
  }

  /** Takes the link out of use at once; what it has in flight is the caller's to send again. */
  stall(reason: string, nowMs: number): void {
    this.#recentStalls = this.#stallsLately(nowMs) + 1;
    this.#lastStallMs = nowMs;
    this.stallsTotal += 1;
    this.#enter({ phase: 'stalled', sinceMs: nowMs, echoes: 0 }, reason);
  }

  /** The link is no longer registered. */
  leave(reason: string): void {
    this.#enter({ phase: 'out' }, reason);
    this.rtt.reset();
    this.flight.clear();
  }

  /** Silence that makes it suspect: a reply is later than any was lately. */
  get suspectMs(): number {
    return Math.max(this.rtt.lateMs + 20, 1.5 * this.#gapMs + 30);
  }

  /** Silence that gets it pulled: max(250 ms, 2 RTT), more where replies came in gusts. */
  get stallMs(): number {
    return Math.max(STALL_MS, 2 * this.rtt.meanMs, 1.5 * this.#gapMs);
  }

  #expectReply(packets: number, nowMs: number): void {
    if (this.#unansweredPackets === 0) this.#expectedSinceMs = nowMs;
    this.#unansweredPackets += packets;
  }

  /** How long replies have been owed, 0 when none is. */
  #silentMs(nowMs: number): number {
    if (this.#unansweredPackets < REPLY_PACKETS) return 0;
    return nowMs - Math.max(this.#lastReceivedMs, this.#expectedSinceMs);
  }

  #pingPauseMs(nowMs: number): number {
    if (this.state.phase === 'stalled') return PROBE_PING_MS;
    if (this.state.phase === 'suspect') return OVERDUE_PING_MS;
    const isOverdue =
      this.#unansweredPackets > 0 && nowMs - this.#expectedSinceMs > this.rtt.meanMs + 20;
    return isOverdue ? OVERDUE_PING_MS : KEEPALIVE_MS;
  }

  #stallsLately(nowMs: number): number {
    return nowMs - this.#lastStallMs > STALL_MEMORY_MS ? 0 : this.#recentStalls;
  }

  #enter(state: LinkPhase, reason: string): void {
    this.state = state;
    this.reason = reason;
  }
}
