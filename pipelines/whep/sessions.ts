/** The viewers that are connected, or are connecting: how many there may be, and when one is over. */
import { randomBytes } from 'node:crypto';
import { type BucketLimits, type TokenBucket, takeFrom } from '../../hal/os/limits/token-bucket.ts';
import type { Connection } from '../webrtc/connection.ts';
import type { WhepAnswer, WhepRequest, WhepSettings } from './messages.ts';
import { type Offer, parseOffer } from './offer.ts';
import type { PeerEvents, PeerOptions } from './peer.ts';
import type { Frame, Rendition } from './rendition.ts';
import { Viewer } from './viewer.ts';

export interface SessionsDeps {
  readonly settings: Pick<WhepSettings, 'maxViewers' | 'maxViewersPerAddress' | 'start'>;
  readonly renditions: readonly Rendition[];
  readonly openPeer: (options: Omit<PeerOptions, 'network'>, events: PeerEvents) => Connection;
  /** CLOCK_MONOTONIC, in ms. */
  readonly nowMs: () => number;
  readonly onFault: (reason: string) => void;
}

interface Session {
  readonly id: string;
  readonly address: string;
  readonly isPreview: boolean;
  readonly peer: Connection;
  readonly viewer: Viewer;
  readonly feedback: TokenBucket;
  /** Since when it was not heard of; before it is open, since its offer. */
  heardMs: number;
  isOpen: boolean;
}

/** A viewer that does not connect, or sends no report, for so long is gone. */
const SILENT_MAX_MS = 10_000;
/** Where there are too many, one that has not connected by then gives way to the next. */
const GIVES_WAY_MS = 2_000;
/** Offers cost nothing: beyond all places so many wait, of which each ends another when it connects. */
const WAITING_BEYOND_MAX = 16;
/**
 * Of a viewer's RTCP. A browser that loses a tenth of 6 Mb/s asks for it a hundred times a second;
 * one that sends five times as much wants the time of all others, and is ended.
 */
const FEEDBACK: BucketLimits = { perS: 500, max: 1_000 };
/** Of the crew, beside all guests. */
const PREVIEWS_MAX = 4;

type Offering = Extract<WhepRequest, { type: 'offer' }>;

export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #sessions = new Map<string, Session>();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** The address of each guest who is connected. */
  get addresses(): readonly string[] {
    const guests = [...this.#sessions.values()].filter((one) => one.isOpen && !one.isPreview);
    return guests.map(({ address }) => address);
  }

  /** Renditions that some viewer is to get. */
  get wanted(): readonly string[] {
    const wanted = [...this.#sessions.values()].flatMap(({ viewer }) => viewer.wanted ?? []);
    return [...new Set(wanted)].toSorted();
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Resolves with what the viewer is answered; never rejects. */
  async offer(offering: Offering): Promise<WhepAnswer> {
    const offer = parseOffer(offering.sdp);
    if ('status' in offer) return offer;
    const place = this.#placeFor(offering);
    if (typeof place === 'string') return { status: 503, line: place };
    let session: Session;
    try {
      session = this.#open(offer, offering);
    } catch (error) {
      this.#deps.onFault(String(error));
      return { status: 503, line: 'the box cannot connect anybody now' };
    }
    if (place.of !== undefined) this.end(place.of);
    const sdp = await session.peer.answer;
    // Another one may have ended it meanwhile.
    if (!this.#sessions.has(session.id)) return { status: 503, line: 'the stream has ended' };
    return { status: 201, id: session.id, sdp };
  }

  /** False where there is none of that name. */
  end(id: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#sessions.delete(id);
    session.peer.close();
    return true;
  }

  endAll(): void {
    for (const id of [...this.#sessions.keys()]) this.end(id);
  }

  addFrame(from: Rendition, frame: Frame): void {
    const nowMs = this.#deps.nowMs();
    for (const { isOpen, viewer } of this.#sessions.values()) {
      if (isOpen) viewer.addFrame(from, frame, nowMs);
    }
  }

  addSound(data: Buffer, mediaUs: number): void {
    const nowMs = this.#deps.nowMs();
    for (const { isOpen, viewer } of this.#sessions.values()) {
      if (isOpen) viewer.addSound(data, mediaUs, nowMs);
    }
  }

  /** Sends what is due. @returns true where packets wait for their time. */
  tick(): boolean {
    const nowMs = this.#deps.nowMs();
    let isWaiting = false;
    for (const { isOpen, viewer } of this.#sessions.values()) {
      if (!isOpen) continue;
      viewer.tick(nowMs);
      isWaiting ||= viewer.isWaiting;
    }
    return isWaiting;
  }

  /** Ends those that are gone. To be called about once a second. */
  sweep(): void {
    const nowMs = this.#deps.nowMs();
    for (const { id, heardMs } of [...this.#sessions.values()]) {
      if (nowMs - heardMs > SILENT_MAX_MS) this.end(id);
    }
  }

  /** A place, and whose it was until now; or why there is none. Ends nobody. */
  #placeFor({ address, isPreview }: Offering): { readonly of?: string } | string {
    const { maxViewers, maxViewersPerAddress } = this.#deps.settings;
    const others = this.#like(isPreview);
    if (isPreview) return others.length < PREVIEWS_MAX ? {} : 'there are too many previews';
    const own = others.filter((one) => one.address === address).length;
    if (own >= maxViewersPerAddress) return 'your address has too many viewers';
    if (others.length < maxViewers) return {};
    const sinceMs = this.#deps.nowMs() - GIVES_WAY_MS;
    const late = others.filter((one) => !one.isOpen && one.heardMs <= sinceMs);
    const first = lastOfMost(late, others, own);
    const isFair = givingWayTo(own, others) !== undefined;
    const isTaken = others.filter(({ isOpen }) => isOpen).length >= maxViewers;
    if (first !== undefined && (isFair || !isTaken)) return { of: first.id };
    const hasRoom = others.length < maxViewers + WAITING_BEYOND_MAX;
    return isFair && hasRoom ? {} : `there are ${maxViewers} viewers already`;
  }

  /** Guests, or the crew. */
  #like(isPreview: boolean): readonly Session[] {
    return [...this.#sessions.values()].filter((one) => one.isPreview === isPreview);
  }

  #open(offer: Offer, { address, isPreview, renditions }: Offering): Session {
    const { settings, openPeer, nowMs } = this.#deps;
    const id = randomBytes(16).toString('base64url');
    const ssrcs = { video: randomBytes(4).readUInt32BE(), audio: randomBytes(4).readUInt32BE() };
    const cname = 'venuebox';
    const ifThere = (act: (session: Session) => void) => {
      const session = this.#sessions.get(id);
      if (session !== undefined) act(session);
    };
    const peer = openPeer(
      { offer, ssrcs, cname },
      {
        onOpen: () => ifThere((session) => this.#begin(session)),
        onFeedback: (packet) => ifThere((session) => this.#addFeedback(session, packet)),
        onGone: () => this.end(id),
      },
    );
    const allowed = this.#deps.renditions.filter((one) => renditions.includes(one.id));
    const viewer = new Viewer(
      {
        ...{ offer, ssrcs, cname, start: settings.start, send: peer.send },
        renditions: allowed.length > 0 ? allowed : this.#deps.renditions,
        all: this.#deps.renditions,
        random: () => randomBytes(2).readUInt16BE(),
      },
      nowMs(),
    );
    const feedback = { left: FEEDBACK.max, atMs: nowMs() };
    const who = { id, address, isPreview, peer, viewer, feedback };
    const session = { ...who, heardMs: nowMs(), isOpen: false };
    this.#sessions.set(id, session);
    return session;
  }

  #addFeedback(session: Session, packet: Buffer): void {
    session.heardMs = this.#deps.nowMs();
    if (takeFrom(session.feedback, 1, FEEDBACK, session.heardMs) === 0) this.end(session.id);
    else session.viewer.addFeedback(packet, session.heardMs);
  }

  /** Where all places are taken one that is connected ends now, or this one. */
  #begin(session: Session): void {
    const { address, isPreview } = session;
    const open = this.#like(isPreview).filter((one) => one.isOpen);
    if (!isPreview && open.length >= this.#deps.settings.maxViewers) {
      const own = open.filter((one) => one.address === address).length;
      const first = givingWayTo(own, open);
      this.end((first ?? session).id);
      if (first === undefined) return;
    }
    session.heardMs = this.#deps.nowMs();
    session.isOpen = true;
    session.viewer.begin(session.heardMs);
  }
}

/**
 * The last connected one of the address that has most, where that keeps no fewer than an address
 * of so many then has with one more.
 */
function givingWayTo(ownCount: number, guests: readonly Session[]): Session | undefined {
  const open = guests.filter((one) => one.isOpen);
  return lastOfMost(open, open, ownCount + 1);
}

/** The newest of these whose address has most of all, and more than so many. */
function lastOfMost(
  these: readonly Session[],
  all: readonly Session[],
  moreThan: number,
): Session | undefined {
  const counts = new Map<string, number>();
  for (const { address } of all) counts.set(address, (counts.get(address) ?? 0) + 1);
  const countOf = ({ address }: Session) => counts.get(address) ?? 0;
  const most = Math.max(...these.map(countOf));
  return most > moreThan ? these.findLast((one) => countOf(one) === most) : undefined;
}
