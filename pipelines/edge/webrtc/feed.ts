/** Feeds the WHEP process of an edge, with what its upstream pushes, while somebody watches. */
import { anySignal, Condition, every, pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { UplinkFeed } from '../../feed/uplink-feed.ts';
import { OPUS_STREAM } from '../../push/opus.ts';
import type { RecordHeader } from '../../push/wire/record.ts';
import { namesOf } from './ladder.ts';
import { frameOf, videoCapsOf } from './pushed-units.ts';
import {
  findSource,
  hasSameTracks,
  NOT_LIVE,
  type NoSource,
  type SourceDeps,
  type WhepSource,
} from './source.ts';

export interface WhepFeedDeps extends SourceDeps {
  readonly feed: Pick<UplinkFeed, 'setCaps' | 'add'>;
  readonly clock: Clock;
  /** Another one than before. */
  readonly onSource: (source: WhepSource) => void;
  /** The upstream's stream has ended. */
  readonly onEnded: () => void;
  /** At each change; undefined where it can be watched. */
  readonly onMissing: (missing: NoSource | undefined) => void;
}

/** What nobody watches for so long is not read any more: a report comes every four seconds. */
const UNUSED_MS = 15_000;
const CHECK_MS = 1_000;
/** After a stream has ended; while the upstream has none; and where its config has none. */
const AGAIN_MS = 300;
const NOT_LIVE_MS = 2_000;
const NEVER_MS = 10_000;
/** What is read again begins with an older key frame; older ones are of another clock. */
const JUMP_MAX_US = 30_000_000;

/** One stream is read for all viewers of a rendition, and one for the sound. */
export class WhepFeed {
  readonly #deps: WhepFeedDeps;
  readonly #changed = new Condition();
  /** Monotonic, by track. */
  readonly #wantedUntilMs = new Map<string, number>();
  readonly #newestUs = new Map<string, number>();
  #source: WhepSource | undefined;
  #missing: NoSource | undefined = NOT_LIVE;
  /** Aborts where the source has to be looked for again. */
  #stale = new AbortController();
  #looking: Promise<WhepSource | NoSource> | undefined;

  constructor(deps: WhepFeedDeps) {
    this.#deps = deps;
  }

  /** Why nobody can watch now; undefined where somebody can. */
  get missing(): NoSource | undefined {
    return this.#missing;
  }

  /** Somebody watches these, with the sound, or is about to. */
  want(renditions: readonly string[]): void {
    const untilMs = this.#deps.clock.monotonicMs() + UNUSED_MS;
    for (const id of [...renditions, OPUS_STREAM]) this.#wantedUntilMs.set(id, untilMs);
    this.#changed.notifyAll();
  }

  /** The best of these that there is. */
  best(renditions: readonly string[]): readonly string[] {
    const known = (this.#source?.renditions ?? []).toSorted((a, b) => b.bitrateBps - a.bitrateBps);
    const allowed = known.filter(({ name }) => renditions.includes(name));
    return (allowed.length > 0 ? allowed : known).slice(0, 1).map(({ name }) => name);
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      const source = await this.#find(signal);
      if (source !== undefined) await this.#readAll(source, signal);
      const isSoon = this.#missing?.isSoon;
      const missingMs = isSoon === false ? NEVER_MS : NOT_LIVE_MS;
      await pause(clock, isSoon === undefined ? AGAIN_MS : missingMs, signal);
    }
  }

  async #find(signal: AbortSignal): Promise<WhepSource | undefined> {
    const found = await findSource(this.#deps, signal);
    if (signal.aborted) return undefined;
    if ('reason' in found) {
      this.#setMissing(found);
      return undefined;
    }
    if (this.#source === undefined || !hasSameTracks(this.#source, found)) {
      this.#source = found;
      this.#newestUs.clear();
      this.#wantedUntilMs.clear();
      this.#deps.onSource(found);
    }
    this.#setMissing(undefined);
    return this.#source;
  }

  #setMissing(missing: NoSource | undefined): void {
    if (missing === this.#missing) return;
    this.#missing = missing;
    this.#deps.onMissing(missing);
  }

  /** Until the upstream has another source, or none. */
  async #readAll(source: WhepSource, signal: AbortSignal): Promise<void> {
    this.#stale = new AbortController();
    using ends = anySignal(signal, this.#stale.signal);
    const ids = [...namesOf(source), ...(source.hasSound ? [OPUS_STREAM] : [])];
    await Promise.all(ids.map((id) => this.#readOne(id, source, ends.signal)));
  }

  async #readOne(id: string, source: WhepSource, signal: AbortSignal): Promise<void> {
    const { streams, clock } = this.#deps;
    while (!signal.aborted) {
      if (!this.#isWanted(id)) {
        await this.#changed.wait(signal);
        continue;
      }
      const unused = new AbortController();
      using ends = anySignal(signal, unused.signal);
      const watching = every(CHECK_MS, ends.signal, () => {
        if (!this.#isWanted(id)) unused.abort();
      });
      const onRecord = (header: RecordHeader, payload: Buffer) => {
        if (!ends.signal.aborted) this.#add(id, source, header, payload);
      };
      const status = await streams.read({ rendition: id, chunk: 'frame' }, onRecord, ends.signal);
      const isUnused = unused.signal.aborted;
      unused.abort();
      await watching;
      if (isUnused || signal.aborted) continue;
      await pause(clock, status === 200 ? AGAIN_MS : NOT_LIVE_MS, signal);
      await this.#lookAgain(source, signal);
    }
  }

  /** Where one stream ends the others go on, unless the source is another one: asked once for all. */
  async #lookAgain(source: WhepSource, signal: AbortSignal): Promise<void> {
    this.#looking ??= findSource(this.#deps, signal);
    const found = await this.#looking;
    this.#looking = undefined;
    if (!('reason' in found) && hasSameTracks(source, found)) return;
    this.#stale.abort();
  }

  #isWanted(id: string): boolean {
    return this.#deps.clock.monotonicMs() < (this.#wantedUntilMs.get(id) ?? 0);
  }

  #add(id: string, source: WhepSource, header: RecordHeader, payload: Buffer): void {
    const { feed, onEnded } = this.#deps;
    const { kind, track, dateMs } = header;
    const isSound = id === OPUS_STREAM;
    if (kind === 'ended') onEnded();
    // The sound for HLS comes with each rendition.
    if (!isSound && track === 'audio') return;
    if (kind === 'init') {
      const caps = isSound ? 'audio/x-opus' : videoCapsOf(payload);
      if (caps !== undefined) feed.setCaps(id, caps);
    } else if (kind === 'media') {
      const frame = isSound ? { isKeyframe: true, data: payload } : frameOf(payload);
      const timeUs = (dateMs - source.start.epochMs) * 1000;
      if (frame !== undefined && this.#isInTime(id, timeUs)) feed.add(id, { timeUs, ...frame });
    }
  }

  /** The upstream's dates may restart: then nothing would be newer than what came before. */
  #isInTime(id: string, timeUs: number): boolean {
    const newestUs = this.#newestUs.get(id) ?? 0;
    if (timeUs >= 0 && timeUs >= newestUs - JUMP_MAX_US) {
      this.#newestUs.set(id, Math.max(newestUs, timeUs));
      return true;
    }
    this.#source = undefined;
    this.#stale.abort();
    return false;
  }
}
