/** Brings a pushed stream into the buffers of picture and sound. */
import type { ReadRecord } from '../../../push/wire/reader.ts';
import { HEADER_BYTES, type RecordHeader } from '../../../push/wire/record.ts';
import type { TrackBuffer } from '../buffer.ts';
import { Interrupted } from '../media-demand.ts';
import { anySignal } from '../signals.ts';
import { StreamReset, type TrackEvents } from '../track.ts';
import { PushStream } from './push-stream.ts';

/** The box found that this client does not keep up. */
class PushTooSlow extends Error {}

export interface PushedTrack {
  readonly kind: RecordHeader['track'];
  /** Of the sound, as playlists name it; the picture has that of its rendition. */
  readonly name?: string;
  readonly buffer: TrackBuffer;
  readonly events: TrackEvents;
}

export interface PushFeedOptions {
  /** Of the multivariant playlist: `/live/index.m3u8`. */
  readonly playlistUrl: URL;
  readonly chunk: 'part' | 'frame';
  /** The rendition that is played first. */
  readonly rendition: string;
  readonly tracks: readonly PushedTrack[];
}

/** Media from before the newest key frame is of another stream. */
const EARLIER_MAX_MS = 20_000;
/** Dates of neighbours differ by less, where nothing is missing between them. */
const ROUNDING_MS = 2;

interface NextStream {
  readonly stream: PushStream;
  isReady: boolean;
  error: unknown;
}

export class PushFeed {
  readonly #options: PushFeedOptions;
  #rendition: string;
  #next: NextStream | undefined;
  #attempt = new AbortController();
  #signal: AbortSignal = this.#attempt.signal;
  #appendError: unknown;
  #isRunning = false;
  /** Tracks that go on where their buffers end. */
  readonly #continuing = new Set<PushedTrack>();

  constructor(options: PushFeedOptions) {
    this.#options = options;
    this.#rendition = options.rendition;
  }

  get chunk(): 'part' | 'frame' {
    return this.#options.chunk;
  }

  /** Plays another rendition from its next key frame on; this one goes on until then. */
  switchTo(rendition: string): void {
    if (rendition === this.#rendition) return;
    this.#rendition = rendition;
    if (!this.#isRunning) return;
    this.#next?.stream.close();
    const next: NextStream = { stream: this.#open(true), isReady: false, error: undefined };
    this.#next = next;
    next.stream
      .fill(({ header }) => header.kind !== 'init' && this.#isLead(header))
      .then(
        () => {
          next.isReady = true;
        },
        (error: unknown) => {
          next.error = error;
        },
      );
  }

  /** Starts again at the newest key frame: the browser has removed what was buffered. */
  refill(): void {
    this.#attempt.abort(new Interrupted('refilled'));
  }

  /** Resolves when the stream ends; rejects where it fails, or when `until` aborts. */
  async run(until: AbortSignal): Promise<void> {
    this.#attempt = new AbortController();
    this.#signal = anySignal(until, this.#attempt.signal);
    this.#appendError = undefined;
    this.#continuing.clear();
    for (const track of this.#options.tracks) this.#continuing.add(track);
    let stream = this.#open(false);
    this.#isRunning = true;
    try {
      for (;;) {
        const record = await stream.read();
        this.#signal.throwIfAborted();
        if (this.#appendError !== undefined) throw this.#appendError;
        if (this.#next?.error !== undefined) throw this.#next.error;
        if (this.#next?.isReady === true) {
          stream.close();
          stream = this.#next.stream;
          this.#next = undefined;
          continue;
        }
        if (record.header.kind === 'ended') return;
        if (record.header.kind === 'slow') throw new PushTooSlow('the box skipped media twice');
        this.#take(record);
      }
    } finally {
      this.#isRunning = false;
      stream.close();
      this.#next?.stream.close();
      this.#next = undefined;
    }
  }

  #open(isFromNext: boolean): PushStream {
    const { playlistUrl, chunk } = this.#options;
    const url = new URL(`push/${this.#rendition}`, playlistUrl);
    if (chunk === 'frame') url.searchParams.set('chunk', 'frame');
    if (isFromNext) url.searchParams.set('start', 'next');
    return new PushStream(url, isFromNext, this.#signal);
  }

  /** The picture, where there is one. */
  #isLead({ track }: RecordHeader): boolean {
    return track === this.#options.tracks[0]?.kind;
  }

  #take({ header, bytes, begunMs }: ReadRecord): void {
    const track = this.#options.tracks.find(({ kind }) => kind === header.track);
    if (track === undefined) return;
    const { buffer, events } = track;
    const payload = bytes.subarray(HEADER_BYTES);
    const initUrl = this.#initUrl(header);
    if (header.kind === 'init') {
      if (buffer.initUrl === initUrl) return;
      buffer.initUrl = initUrl;
      this.#continuing.delete(track);
      this.#append(buffer.append(payload));
      return;
    }
    if (this.#isBuffered(track, header)) return;
    events.onTransfer({ bytes: bytes.length, ms: performance.now() - begunMs });
    const { dateMs, durationUs } = header;
    buffer.endDateMs = dateMs + durationUs / 1_000;
    const appended = buffer.append(payload).then(() => {
      const [, edgeS = 0] = buffer.ranges.at(-1) ?? [];
      events.onPart({ dateMs, durationS: durationUs / 1e6 }, edgeS);
    });
    this.#append(appended);
  }

  /** As the parts' playlist names it. */
  #initUrl({ track, initId }: RecordHeader): string {
    const { playlistUrl, tracks } = this.#options;
    const own = tracks.find(({ kind }) => kind === track)?.name ?? this.#rendition;
    return new URL(`${own}/init-${initId}.mp4`, playlistUrl).href;
  }

  /**
   * A stream begins with the newest key frame. What the buffer has of it is not added again: the
   * browser would drop frames that are about to be shown, and wait for the next key frame.
   */
  #isBuffered(track: PushedTrack, { dateMs, durationUs }: RecordHeader): boolean {
    const { endDateMs } = track.buffer;
    if (!this.#continuing.has(track) || endDateMs === undefined) return false;
    if (endDateMs - dateMs > EARLIER_MAX_MS) throw new StreamReset();
    return dateMs + durationUs / 1_000 < endDateMs + ROUNDING_MS;
  }

  #append(appended: Promise<void>): void {
    appended.catch((error: unknown) => {
      this.#appendError ??= error;
    });
  }
}
