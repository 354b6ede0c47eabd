import {
  type GdpPacket,
  renderGdp,
  SEGMENT_EVENT_TYPE,
  STREAM_START_EVENT_TYPE,
} from '../gdp/parse.ts';

/** Where a feed writes; a pipe in the box. */
export interface FeedPipe {
  write(bytes: Buffer): void;
  /** Bytes that its reader has not taken yet. */
  readonly backlogBytes: number;
}

/** One access unit of a track on the presentation's timeline. */
export interface FedUnit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
  readonly data: Buffer;
}

/** A reader that is further behind than this loses units: two seconds of 6 Mb/s. */
const BACKLOG_MAX_BYTES = 1_500_000;

/** Serialised as GStreamer writes them: a stream, and plain time stamps from 0 on. */
const STREAM_START: GdpPacket = {
  kind: 'event',
  type: STREAM_START_EVENT_TYPE,
  text: 'GstEventStreamStart, stream-id=(string)venuebox, flags=(GstStreamFlags)GST_STREAM_FLAG_NONE, group-id=(uint)1;',
};
const SEGMENT: GdpPacket = {
  kind: 'event',
  type: SEGMENT_EVENT_TYPE,
  text: `GstEventSegment, segment=(GstSegment)"segment, flags=(GstSegmentFlags)GST_SEGMENT_FLAG_NONE, rate=(double)1, applied-rate=(double)1, format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)0, stop=(guint64)18446744073709551615, time=(guint64)0, position=(guint64)0, duration=(guint64)18446744073709551615;";`,
};

/**
 * Sends one encoded track on as GDP, with times of the presentation, so that they go
 * on growing when capture is started anew.
 *
 * It begins with a key frame, and a reader that cannot keep up loses whole groups
 * of pictures instead of memory or somebody's time.
 */
export class UnitFeed {
  readonly #pipe: FeedPipe;
  readonly #isVideo: boolean;
  #caps: string | undefined;
  #hasBegun = false;
  #isWaiting = true;
  #lastUs = Number.NEGATIVE_INFINITY;
  #droppedTotal = 0;

  constructor(pipe: FeedPipe, kind: 'video' | 'audio') {
    this.#pipe = pipe;
    this.#isVideo = kind === 'video';
  }

  /** Units that the reader did not get. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  /** The track's format, as a GstCaps string; again when it changes. */
  setCaps(caps: string): void {
    if (caps === this.#caps) return;
    this.#caps = caps;
    this.#isWaiting = true;
    if (this.#hasBegun) this.#write({ kind: 'caps', caps });
  }

  add(unit: FedUnit): void {
    if (this.#caps === undefined || !this.#takes(unit)) {
      this.#droppedTotal += 1;
      return;
    }
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      for (const packet of [STREAM_START, { kind: 'caps', caps: this.#caps } as const, SEGMENT]) {
        this.#write(packet);
      }
    }
    const isDiscont = this.#isWaiting;
    this.#isWaiting = false;
    this.#lastUs = unit.timeUs;
    this.#write({
      kind: 'buffer',
      ptsNs: BigInt(Math.round(unit.timeUs)) * 1000n,
      dtsNs: undefined,
      durationNs: undefined,
      isKeyframe: unit.isKeyframe || !this.#isVideo,
      isDiscont,
      isHeader: false,
      data: unit.data,
    });
  }

  /** Capture has begun anew: what comes needs a key frame first. */
  restart(): void {
    this.#isWaiting = true;
  }

  #takes({ timeUs, isKeyframe }: FedUnit): boolean {
    if (timeUs <= this.#lastUs) return false;
    if (this.#pipe.backlogBytes > BACKLOG_MAX_BYTES) this.#isWaiting = true;
    // A reader that fell behind gets nothing more before it has caught up by half.
    const isBehind = this.#isWaiting && this.#pipe.backlogBytes > BACKLOG_MAX_BYTES / 2;
    if (isBehind) return false;
    return !this.#isWaiting || isKeyframe || !this.#isVideo;
  }

  #write(packet: GdpPacket): void {
    this.#pipe.write(renderGdp(packet));
  }
}
