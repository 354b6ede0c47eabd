/** Pushed streams of the upstream: each is read once, for all clients of this edge. */
import { anySignal, Condition, every, untilAborted } from '../../hal/os/async.ts';
import type { HttpRequest, Wait } from '../http/handlers.ts';
import type { HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { Channel } from '../push/channel.ts';
import { ENDED, type PushedRecord, TOO_SLOW } from '../push/records.ts';
import { CHUNKS, type PushRequest, readPushRequest, streamReply } from '../push/request.ts';
import type { ReadRecord } from '../push/wire/reader.ts';
import { HEADER_BYTES, type RecordHeader, readHeader } from '../push/wire/record.ts';
import type { CdnLoop } from './cdn-loop.ts';
import type { PushUpstream } from './push-upstream.ts';

export interface EdgePushOptions {
  readonly upstream: PushUpstream;
  readonly loop: CdnLoop;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Held requests are to be checked again. */
  readonly wake: (key: string) => void;
  /** An answer of the upstream, by path and status, or why there was none. */
  readonly onAnswer: (path: string, answer: number | Error) => void;
  /** Ends all streams. */
  readonly signal: AbortSignal;
}

/** A box has four renditions at most, and the sound: each by part and by frame. */
const STREAMS_MAX = 16;
/** Streams that were asked for and are not answered yet: guests may make up their names. */
const UNANSWERED_MAX = 16;
/** A room behind NAT, whose guests come all together, asks for a few at once. */
const UNANSWERED_PER_ADDRESS = 4;
/** Of picture and sound, before the first media. */
const INITS_MAX = 8;
const CHECK_EVERY_MS = 250;
/** A stream that nobody reads is left after this long. */
const UNREAD_MS = 5_000;
/** What players are held for before they fetch parts. */
const HOLD_MS = 3_000;
const WAKE_KEY = 'edge push';

/** A record that this edge uses itself. */
export type OnPushed = (header: RecordHeader, payload: Buffer) => void;

class EdgeStream {
  /** Its channel or its status is there. */
  readonly changed = new Condition();
  /** Undefined before the upstream's first media, with which playback starts. */
  channel: Channel | undefined;
  readonly inits: PushedRecord[] = [];
  readonly stop = new AbortController();
  /** Of the upstream; 503 where it could not be asked. */
  status: number | undefined;
  /** The upstream's response has ended, or there was none. */
  isOver = false;
  readMs: number;
  /** Of the client that asked first; undefined for this edge. */
  readonly address: string | undefined;

  constructor(nowMs: number, address: string | undefined) {
    this.readMs = nowMs;
    this.address = address;
  }
}

export class EdgePushes {
  readonly #options: EdgePushOptions;
  readonly #streams = new Map<string, EdgeStream>();

  constructor(options: EdgePushOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => {
      for (const { stop } of this.#streams.values()) stop.abort();
    });
  }

  /** How many streams of the upstream are read. */
  get count(): number {
    return this.#streams.size;
  }

  /** True for a rendition that is pushed now. */
  has(rendition: string): boolean {
    return CHUNKS.some((chunk) => this.#streams.get(urlOf({ rendition, chunk }))?.status === 200);
  }

  /** Undefined for another path. */
  answer(request: HttpRequest): Reply | Wait | undefined {
    const wanted = readPushRequest(request);
    if (wanted === undefined || 'status' in wanted) return wanted;
    const stream = this.#open(wanted, request);
    if (stream === undefined) return TOO_MANY;
    const attempt = (): Reply | undefined => {
      const { channel, status } = stream;
      if (channel !== undefined) {
        return streamReply(channel, wanted.isFromNext, this.#options.nowMs);
      }
      if (status === undefined || (status === 200 && !stream.isOver)) return undefined;
      return refuse(status === 404 ? 404 : 503, `the origin answers ${status} for this stream`);
    };
    const expired = () => refuse(503, 'the origin did not push in time');
    return attempt() ?? { wait: WAKE_KEY, holdMs: HOLD_MS, retry: attempt, expired };
  }

  /**
   * Reads a stream as a client of this edge does, from the newest key frame on.
   *
   * @returns the upstream's status where it sends none, else that of the stream's end: 200.
   */
  async read(
    wanted: Pick<PushRequest, 'rendition' | 'chunk'>,
    onRecord: OnPushed,
    signal: AbortSignal,
  ): Promise<number> {
    const stream = this.#open(wanted, { header: () => undefined });
    if (stream === undefined) return 503;
    const { channel, status = 503 } = await begun(stream, signal);
    if (channel === undefined || signal.aborted) return status;
    const over = new AbortController();
    const take = (bytes: Buffer) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
      const header = readHeader(view);
      if (header !== undefined) onRecord(header, bytes.subarray(HEADER_BYTES));
    };
    const end = (bytes: Buffer) => {
      take(bytes);
      over.abort();
    };
    const client = channel.join(
      { backlogBytes: 0, write: take, end },
      false,
      this.#options.nowMs(),
    );
    using ends = anySignal(signal, over.signal);
    await untilAborted(ends.signal);
    client.leave();
    return status;
  }

  /** Drops clients that do not read, and streams that nobody reads, until the signal aborts. */
  async run(): Promise<void> {
    await every(CHECK_EVERY_MS, this.#options.signal, () => {
      const nowMs = this.#options.nowMs();
      for (const stream of this.#streams.values()) {
        stream.channel?.check(nowMs);
        if ((stream.channel?.clients ?? 0) > 0) stream.readMs = nowMs;
        if (nowMs - stream.readMs > UNREAD_MS) stream.stop.abort();
      }
    });
  }

  #open(
    wanted: Pick<PushRequest, 'rendition' | 'chunk'>,
    { header, address }: Pick<HttpRequest, 'header' | 'address'>,
  ): EdgeStream | undefined {
    const url = urlOf(wanted);
    const known = this.#streams.get(url);
    if (known !== undefined) return known;
    if (!this.#mayOpen(address)) return undefined;
    const stream = new EdgeStream(this.#options.nowMs(), address);
    this.#streams.set(url, stream);
    // It never rejects.
    void this.#read(url, stream, header);
    return stream;
  }

  /** No address has more that is not answered than it leaves free; undefined for the edge itself. */
  #mayOpen(address: string | undefined): boolean {
    const unanswered = [...this.#streams.values()].filter(({ status }) => status !== 200);
    if (this.#streams.size - unanswered.length >= STREAMS_MAX) return false;
    const free = UNANSWERED_MAX - unanswered.length;
    if (address === undefined) return free > 0;
    const own = unanswered.filter((one) => one.address === address).length;
    return own < Math.min(UNANSWERED_PER_ADDRESS, free);
  }

  async #read(url: string, stream: EdgeStream, header: HeaderLookup): Promise<void> {
    const [path = ''] = url.split('?');
    const { upstream, loop, onAnswer } = this.#options;
    const headers = { 'cdn-loop': loop.append(header) };
    const onStatus = (status: number) => {
      stream.status = status;
      onAnswer(path, status);
    };
    const onRecord = (record: ReadRecord) => this.#add(stream, record);
    try {
      await upstream(url, headers, { onStatus, onRecord }, stream.stop.signal);
    } catch (error) {
      stream.status = 503;
      if (!stream.stop.signal.aborted) onAnswer(path, error as Error);
    }
    this.#streams.delete(url);
    stream.isOver = true;
    // They go on with parts, which wait for the upstream.
    stream.channel?.end(TOO_SLOW);
    this.#notify(stream);
  }

  #notify(stream: EdgeStream): void {
    this.#options.wake(WAKE_KEY);
    stream.changed.notifyAll();
  }

  /** The same bytes as the upstream's. */
  #add(stream: EdgeStream, { header, bytes }: ReadRecord): void {
    const { kind, track } = header;
    if (kind === 'ended' || kind === 'slow') {
      stream.channel?.end(kind === 'ended' ? ENDED : TOO_SLOW);
      return;
    }
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const record = { header, bytes: () => buffer };
    const nowMs = this.#options.nowMs();
    if (stream.channel !== undefined) {
      stream.channel.add(record, nowMs);
      return;
    }
    stream.inits.push(record);
    if (kind === 'init' && stream.inits.length < INITS_MAX) return;
    const channel = new Channel(track);
    stream.channel = channel;
    for (const one of stream.inits) channel.add(one, nowMs);
    this.#notify(stream);
  }
}

/** Waits until it has media, or it is known why not. */
async function begun(stream: EdgeStream, signal: AbortSignal): Promise<EdgeStream> {
  const isPending = () => stream.channel === undefined && !stream.isOver;
  while (isPending() && !signal.aborted) await stream.changed.wait(signal);
  return stream;
}

function urlOf({ rendition, chunk }: Pick<PushRequest, 'rendition' | 'chunk'>): string {
  return `/live/push/${rendition}${chunk === 'frame' ? '?chunk=frame' : ''}`;
}

const TOO_MANY = refuse(503, 'too many streams are pushed to this edge', 0, ['Retry-After', '1']);
