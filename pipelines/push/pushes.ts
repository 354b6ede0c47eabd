/** Answers `/live/push/<rendition>` with what the packager makes. */
import { every } from '../../hal/os/async.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import type { Presentation } from '../packager/presentation.ts';
import { type PublishedFrame, shownOf } from '../packager/track.ts';
import { Channel, type PushFigures } from './channel.ts';
import { FrameRecords } from './frames.ts';
import { OPUS_INIT, OPUS_STREAM, opusRecord } from './opus.ts';
import { PartRecords } from './parts.ts';
import type { PushedRecord } from './records.ts';
import { NOT_YET, type PushRequest, readPushRequest, streamReply } from './request.ts';

const CHECK_EVERY_MS = 250;

type Channels = Readonly<Record<PushRequest['chunk'], Channel>>;

export interface PushesOptions {
  /** The sound is encoded for WebRTC, too, and pushed to edges. */
  readonly hasOpus?: boolean;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** A stream for each rendition by part, and one by frame; the sound is in each of them. */
export class Pushes {
  readonly #presentation: Presentation;
  readonly #nowMs: () => number;
  readonly #channels: ReadonlyMap<string, Channels>;
  readonly #opus: Channel | undefined;
  readonly #parts: PartRecords;
  readonly #frames: FrameRecords;

  constructor(presentation: Presentation, { nowMs, hasOpus = false }: PushesOptions) {
    this.#presentation = presentation;
    this.#nowMs = nowMs;
    this.#opus = hasOpus ? new Channel('audio') : undefined;
    this.#opus?.add(OPUS_INIT, nowMs());
    const tracks = shownOf(presentation.tracks());
    this.#channels = new Map(
      tracks.map(({ id, kind }) => [id, { part: new Channel(kind), frame: new Channel(kind) }]),
    );
    const ids = tracks.map(({ id }) => id);
    this.#parts = new PartRecords(presentation, ids, (id, record) => this.#add('part', id, record));
    this.#frames = new FrameRecords(presentation, (id, record) => this.#add('frame', id, record));
  }

  /** Undefined for another path. */
  answer(request: HttpRequest): Reply | undefined {
    const wanted = readPushRequest(request);
    if (wanted === undefined || 'status' in wanted) return wanted;
    const { rendition, chunk } = wanted;
    const channel = rendition === OPUS_STREAM ? this.#opus : this.#channels.get(rendition)?.[chunk];
    if (channel === undefined) return refuse(404, `no such stream: ${rendition}`);
    if (this.#presentation.isEnded) return ENDED;
    return channel.hasBegun ? streamReply(channel, wanted.isFromNext, this.#nowMs) : NOT_YET;
  }

  /** A frame has been packaged. */
  addFrame(trackId: string, frame: PublishedFrame): void {
    this.#frames.add(trackId, frame);
  }

  /** @param timeUs Media time of a packet's first sample. */
  addOpus(timeUs: number, data: Buffer): void {
    const { epochMs } = this.#presentation;
    this.#opus?.add(opusRecord(epochMs + timeUs / 1000, data), this.#nowMs());
  }

  /** A track has published. */
  collect(trackId: string): void {
    this.#parts.collect(trackId);
    if (this.#presentation.tracks().every(({ window }) => window.isEnded)) this.#end();
  }

  /** Of all renditions together. */
  figures(): Readonly<Record<PushRequest['chunk'], PushFigures>> {
    const channels = [...this.#channels.values()];
    const sum = (chunk: PushRequest['chunk']): PushFigures =>
      channels.map((of) => of[chunk].figures()).reduce(addFigures, NO_CLIENTS);
    return { part: sum('part'), frame: sum('frame') };
  }

  /** Drops clients that do not read, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await every(CHECK_EVERY_MS, signal, () => {
      for (const channel of this.#all()) channel.check(this.#nowMs());
    });
  }

  #end(): void {
    for (const channel of this.#all()) channel.end();
  }

  #all(): readonly Channel[] {
    const shown = [...this.#channels.values()].flatMap(({ part, frame }) => [part, frame]);
    return this.#opus === undefined ? shown : [...shown, this.#opus];
  }

  /** The sound goes to all renditions. */
  #add(chunk: PushRequest['chunk'], trackId: string, record: PushedRecord): void {
    const isSound = record.header.track === 'audio';
    const nowMs = this.#nowMs();
    for (const [id, channels] of this.#channels) {
      if (id === trackId || isSound) channels[chunk].add(record, nowMs);
    }
  }
}

const NO_CLIENTS: PushFigures = { clients: 0, skippedTotal: 0, slowTotal: 0 };

function addFigures(a: PushFigures, b: PushFigures): PushFigures {
  return {
    clients: a.clients + b.clients,
    skippedTotal: a.skippedTotal + b.skippedTotal,
    slowTotal: a.slowTotal + b.slowTotal,
  };
}

const ENDED = refuse(503, 'the stream has ended');
