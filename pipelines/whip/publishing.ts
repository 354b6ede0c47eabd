/** Who publishes: one at a time, and when one is gone. */
import { randomBytes } from 'node:crypto';
import type { AccessUnit, UnitOutput } from '../gdp/unit-output.ts';
import type { Connection, ConnectionEvents } from '../webrtc/connection.ts';
import type { MediaKind } from '../webrtc/sdp.ts';
import type { Published, WhipAnswer } from './messages.ts';
import { type Codec, type PublishedOffer, parsePublisher } from './offer.ts';
import { Publisher } from './publisher.ts';

/** Where a track's access units go. */
interface Feed {
  readonly codec: Codec;
  readonly units: UnitOutput;
}

export interface PublishingDeps {
  readonly maxBps: number;
  readonly openPeer: (offer: PublishedOffer, events: ConnectionEvents) => Connection;
  readonly openFeed: (path: string, onEnd: () => void) => UnitOutput;
  readonly onChange: (published: Published | undefined) => void;
  readonly onFault: (reason: string) => void;
  /** CLOCK_MONOTONIC, in ms. */
  readonly nowMs: () => number;
}

interface Session {
  readonly id: string;
  readonly offer: PublishedOffer;
  readonly peer: Connection;
  readonly publisher: Publisher;
  isOpen: boolean;
}

/** One that sends nothing for so long gives way to another, */
const GIVES_WAY_MS = 3_000;
/** and after this, or where it never connects, it is over. */
const SILENT_MAX_MS = 10_000;

const BUSY = {
  status: 409,
  line: 'another camera is sending to this box: end it first; one that is gone gives way after 3 seconds',
} as const;

export class Publishing {
  readonly #deps: PublishingDeps;
  readonly #feeds = new Map<MediaKind, Feed>();
  #session: Session | undefined;

  constructor(deps: PublishingDeps) {
    this.#deps = deps;
  }

  /** Resolves with what the publisher is answered; never rejects. */
  async offer(sdp: string): Promise<WhipAnswer> {
    if (this.#isBusy()) return BUSY;
    const offer = parsePublisher(sdp);
    if ('status' in offer) return offer;
    this.#end();
    let session: Session;
    try {
      session = this.#open(offer);
    } catch (error) {
      this.#deps.onFault(String(error));
      return { status: 503, line: 'the box cannot take a camera now' };
    }
    const answer = await session.peer.answer;
    if (this.#session !== session) return { status: 503, line: 'the connection has ended' };
    return { status: 201, id: session.id, sdp: answer };
  }

  /** False where there is none of that name. */
  end(id: string): boolean {
    if (this.#session?.id !== id) return false;
    this.#end();
    return true;
  }

  /**
   * A decoder waits for a track: its next unit is a key frame.
   *
   * @returns false where the track is not sent so, or the decoder is gone.
   */
  feed(kind: MediaKind, codec: Codec, path: string): boolean {
    this.#closeFeed(kind);
    if (this.#session?.isOpen !== true || this.#session.offer[kind]?.codec !== codec) return false;
    try {
      const units = this.#deps.openFeed(path, () => {
        if (this.#feeds.get(kind)?.units === units) this.#feeds.delete(kind);
      });
      this.#feeds.set(kind, { codec, units });
    } catch (error) {
      this.#deps.onFault(String(error));
      return false;
    }
    this.#session.publisher.restart(kind, this.#deps.nowMs());
    return true;
  }

  /** To be called a few times a second. */
  tick(): void {
    const session = this.#session;
    if (session === undefined) return;
    const nowMs = this.#deps.nowMs();
    if (nowMs - session.publisher.heardMs > SILENT_MAX_MS) this.#end();
    else if (session.isOpen) session.publisher.tick(nowMs);
  }

  close(): void {
    this.#end();
    for (const kind of [...this.#feeds.keys()]) this.#closeFeed(kind);
  }
  #isBusy(): boolean {
    const { nowMs } = this.#deps;
    return this.#session !== undefined && nowMs() - this.#session.publisher.heardMs < GIVES_WAY_MS;
  }

  #open(offer: PublishedOffer): Session {
    const { openPeer, maxBps, nowMs } = this.#deps;
    const id = randomBytes(16).toString('base64url');
    const ifThere = (act: (session: Session) => void) => {
      if (this.#session?.id === id) act(this.#session);
    };
    const peer = openPeer(offer, {
      onOpen: () => ifThere((session) => this.#begin(session)),
      onPacket: (packet) => ifThere(({ publisher }) => publisher.add(packet, nowMs())),
      onGone: () => this.end(id),
    });
    const onUnit = (kind: MediaKind, unit: AccessUnit) => {
      if (this.#feeds.get(kind)?.units.add(unit) !== false) return;
      // What follows refers to what was left out.
      this.#session?.publisher.skip(kind);
    };
    const ssrc = randomBytes(4).readUInt32BE();
    const options = { offer, ssrc, maxBps, onUnit, send: peer.send };
    const publisher = new Publisher(options, nowMs());
    const session = { id, offer, peer, publisher, isOpen: false };
    this.#session = session;
    return session;
  }

  /** Decoders of what was sent before may go on with this, where it is encoded in the same way. */
  #begin(session: Session): void {
    session.isOpen = true;
    for (const [kind, { codec }] of [...this.#feeds]) {
      const isSame = session.offer[kind]?.codec === codec;
      if (isSame) session.publisher.restart(kind, this.#deps.nowMs());
      else this.#closeFeed(kind);
    }
    const { video, audio } = session.offer;
    this.#deps.onChange({
      ...(video && { video: video.codec }),
      ...(audio && { audio: audio.codec }),
    });
  }

  #end(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    session.peer.close();
    if (session.isOpen) this.#deps.onChange(undefined);
  }

  #closeFeed(kind: MediaKind): void {
    const feed = this.#feeds.get(kind);
    this.#feeds.delete(kind);
    feed?.units.close();
  }
}
