/** Sends one encoded track as GDP. */
import { parseCaps } from '../gdp/caps.ts';
import {
  type GdpPacket,
  renderGdp,
  SEGMENT_EVENT_TYPE,
  STREAM_START_EVENT_TYPE,
} from '../gdp/parse.ts';
import { frameUsOf } from '../packager/encoding.ts';
import { Filler, type Slate } from '../packager/filler.ts';

/** A picture is repeated this often, and comes so long after its time, while none arrives. */
const REPEAT_EVERY_US = 200_000;
const FILL_DELAY_US = 100_000;
/** No frame is shorter than half an AAC frame. */
const FRAME_MIN_US = 10_000;

/** What a feed writes to: a FIFO. */
export interface FeedPipe {
  write(bytes: Buffer): void;
  /** Bytes that its reader has not read yet. */
  readonly backlogBytes: number;
}

/** One access unit of a track on the presentation's timeline. */
export interface FedUnit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
  readonly data: Buffer;
}

/** A reader with more unread bytes loses units: two seconds of 6 Mb/s. */
const BACKLOG_MAX_BYTES = 1_500_000;

/** Events as GStreamer serialises them: a stream, and time stamps from 0 on. */
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
 * Time stamps are media times, so they go on increasing when capture restarts.
 *
 * It starts with a key frame. A reader that is too slow loses complete GOPs, so that
 * memory is bounded and no other reader has to wait.
 */
export class UnitFeed {
  readonly #pipe: FeedPipe;
  readonly #isVideo: boolean;
  readonly #filler = new Filler();
  #fillEveryUs = REPEAT_EVERY_US;
  #isFilling = false;
  #caps: string | undefined;
  #isStarted = false;
  #needsKeyframe = true;
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
    this.#needsKeyframe = true;
    this.#useFormat(caps);
    if (this.#isStarted) this.#write({ kind: 'caps', caps });
  }

  /** See {@link Filler.setSlates}. */
  setSlates(slates: readonly Slate[]): void {
    this.#filler.setSlates(slates);
  }

  #useFormat(caps: string): void {
    const format = parseCaps(caps);
    if (format === undefined) return;
    this.#filler.setFormat(format);
    if (format.kind === 'audio') this.#fillEveryUs = frameUsOf(format);
  }

  /** Repeats the last key frame, then the slate, or sends silence, where nothing has arrived: the far end sees no gap. */
  fill(nowUs: number): void {
    const isSilent = nowUs - this.#lastUs >= REPEAT_EVERY_US + FILL_DELAY_US;
    if (!this.#isStarted || !(isSilent || this.#isFilling)) return;
    this.#isFilling = true;
    this.#fillTo(nowUs - FILL_DELAY_US);
  }

  #fillTo(untilUs: number): void {
    for (;;) {
      const timeUs = this.#lastUs + this.#fillEveryUs;
      if (timeUs > untilUs || !this.#filler.isReady) return;
      this.add({ timeUs, isKeyframe: true, data: this.#filler.next(this.#fillEveryUs) }, true);
      // What is missing may be referred to.
      this.#needsKeyframe = true;
      if (this.#lastUs < timeUs) return;
    }
  }

  add(unit: FedUnit, isRepeated = false): void {
    const isEnd = this.#isFilling && !isRepeated && this.#accepts(unit);
    // Less than an interval lies between the last one and what follows.
    if (isEnd) this.#fillTo(unit.timeUs - FRAME_MIN_US);
    if (this.#caps === undefined || !this.#accepts(unit)) {
      this.#droppedTotal += 1;
      return;
    }
    if (!this.#isStarted) {
      this.#isStarted = true;
      for (const packet of [STREAM_START, { kind: 'caps', caps: this.#caps } as const, SEGMENT]) {
        this.#write(packet);
      }
    }
    if (!isRepeated) this.#isFilling = false;
    const isDiscont = this.#needsKeyframe;
    this.#needsKeyframe = false;
    this.#lastUs = unit.timeUs;
    if (this.#isVideo && unit.isKeyframe && !isRepeated) this.#filler.remember(unit.data);
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

  /** Capture has restarted: the next unit must be a key frame. */
  restart(): void {
    this.#needsKeyframe = true;
  }

  #accepts({ timeUs, isKeyframe }: FedUnit): boolean {
    if (timeUs <= this.#lastUs) return false;
    if (this.#pipe.backlogBytes > BACKLOG_MAX_BYTES) this.#needsKeyframe = true;
    // A slow reader gets no more units before it has read half of its backlog.
    const isBehind = this.#needsKeyframe && this.#pipe.backlogBytes > BACKLOG_MAX_BYTES / 2;
    if (isBehind) return false;
    return !this.#needsKeyframe || isKeyframe || !this.#isVideo;
  }

  #write(packet: GdpPacket): void {
    this.#pipe.write(renderGdp(packet));
  }
}
