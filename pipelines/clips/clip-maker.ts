/** Makes clips, live posters and previews from the last minutes of what was published. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { turns } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Progress } from '../../hal/os/worker-child.ts';
import { storeClipInfo, type WantedClip } from './clip-info.ts';
import { type StoredMovie, storeMovie } from './clip-store.ts';
import type { ClipsSettings, FromClips } from './messages.ts';
import { type Movie, renderMovie } from './movie.ts';
import { makePoster } from './poster.ts';
import { storePoster } from './poster-file.ts';
import { PosterQueue } from './poster-queue.ts';
import { listClips, pruneClips } from './prune.ts';
import { ClipRing } from './ring.ts';
import { cutStill, decodeStill } from './still.ts';

const MAX_CLIPS_AT_ONCE = 3;
/** A decoder that is too slow, on a busy machine, may be quick enough when it is tried again. */
const CLIP_POSTER_TRIES = 4;
const PREVIEW_S = 3;
/** Live posters whose files stay: pages name those of a moment ago. */
const LIVE_POSTERS_STORED = 3;

export interface ClipMakerOptions {
  readonly settings: ClipsSettings;
  /** Files of live posters that a process before this one has made. */
  readonly formerFiles: readonly string[];
  /** Live posters are of no use after the drop: their decoders end then. */
  readonly live: AbortSignal;
  /** Ends the decoders of clips' posters. */
  readonly late: AbortSignal;
  readonly send: (message: FromClips) => void;
}

export class ClipMaker {
  readonly ring: ClipRing;
  readonly #options: ClipMakerOptions;
  readonly #clipsUnderWay = new Set<Promise<void>>();
  readonly #posters: PosterQueue;
  /** Files of the last live posters, oldest first. */
  readonly #liveFiles: (readonly string[])[];
  #lastLiveUs = Number.NEGATIVE_INFINITY;
  /** Of the newest clip. */
  #sequence = 0;
  readonly #inTurn = turns();
  #cutTotal = 0;
  hasLivePosters = true;

  constructor(options: ClipMakerOptions) {
    this.#options = options;
    this.ring = new ClipRing(options.settings.maxClipS + 2);
    this.#posters = new PosterQueue((what, reason) =>
      options.send({ type: 'poster-failed', what, reason }),
    );
    this.#liveFiles = [options.formerFiles];
  }

  makeClip(request: number, wanted: WantedClip): void {
    if (this.#clipsUnderWay.size >= MAX_CLIPS_AT_ONCE) {
      const reason = 'other clips are being made';
      this.#options.send({ type: 'clip-failed', request, reason });
      return;
    }
    const work = this.#makeClip(request, wanted).finally(() => {
      this.#clipsUnderWay.delete(work);
      this.#cutTotal += 1;
    });
    this.#clipsUnderWay.add(work);
  }

  progress(): Progress {
    return { done: this.#cutTotal, of: 'clip', isDue: this.#clipsUnderWay.size > 0 };
  }

  /** Deletes the oldest clips beyond the limits. */
  async prune(): Promise<void> {
    const { settings, send } = this.#options;
    const folder = join(settings.folder, 'clips');
    const clips = await listClips(folder);
    this.#sequence = Math.max(this.#sequence, ...clips.map(({ sequence }) => sequence));
    const pruned = await pruneClips(folder, settings.limits);
    if (pruned.deleted.length + pruned.failed.length > 0) send({ type: 'pruned', ...pruned });
  }

  /** Resolves when the requested clips are made, and their posters too. */
  async finish(): Promise<void> {
    await Promise.all(this.#clipsUnderWay);
    await this.#posters.finish();
  }

  /** Makes a live poster where one is due. */
  tick(): void {
    const { settings, live } = this.#options;
    const endUs = this.ring.endUs(this.#leadId);
    const everyUs = settings.posterEveryS * 1e6;
    if (!this.hasLivePosters || everyUs === 0 || endUs === undefined) return;
    if (!this.#posters.isIdle || endUs - this.#lastLiveUs < everyUs) return;
    const frame = this.#still(endUs);
    if (frame === undefined) return;
    this.#lastLiveUs = endUs;
    this.#posters.add('live poster', () => this.#makeLivePoster(frame, endUs), live);
  }

  get #leadId(): string {
    return this.#options.settings.clipTrackIds[0] ?? '';
  }

  async #makeClip(request: number, wanted: WantedClip): Promise<void> {
    const { send, late } = this.#options;
    const startedMs = performance.now();
    try {
      const clip = await this.#cutWithRoom(wanted);
      if (clip === undefined) {
        send({ type: 'clip-failed', request, reason: 'nothing was published' });
        return;
      }
      send({ type: 'clip', request, clip, tookMs: Math.round(performance.now() - startedMs) });
      const frame = this.#still(clip.startUs + clip.durationS * 5e5);
      if (frame === undefined) return;
      const work = () => this.#makeClipPoster(frame, clip.id);
      this.#posters.add('poster of a clip', work, late, CLIP_POSTER_TRIES);
    } catch (error) {
      send({ type: 'clip-failed', request, reason: messageOf(error) });
    }
  }

  /** One after the other: a clip without its info yet looks like the oldest to what prunes. */
  #cutWithRoom(wanted: WantedClip): Promise<StoredMovie | undefined> {
    return this.#inTurn(async () => {
      const cut = await this.#cutClip(wanted).catch(async () => {
        // Perhaps the disk was full, and old clips are deleted for a new one.
        await this.prune();
        return await this.#cutClip(wanted);
      });
      await this.prune();
      return cut;
    });
  }

  async #cutClip({ seconds, atMs, label, ofDrop }: WantedClip): Promise<StoredMovie | undefined> {
    const { clipTrackIds, maxClipS, folder } = this.#options.settings;
    const toUs = this.ring.endUs(this.#leadId);
    if (toUs === undefined) return undefined;
    const fromUs = toUs - Math.min(seconds, maxClipS) * 1e6;
    const movie = renderMovie(this.ring.sources(clipTrackIds, fromUs), { fromUs, toUs });
    if (movie === undefined) return undefined;
    const clip = await storeMovie(join(folder, 'clips'), 'clip', movie);
    const mark = { atMs, ...(label === undefined ? {} : { label }), ...(ofDrop && { ofDrop }) };
    this.#sequence += 1;
    const info = { ...mark, durationS: clip.durationS, sequence: this.#sequence };
    await storeClipInfo(join(folder, 'clips'), clip.id, info);
    return clip;
  }

  /** Cut at once, while the ring has it; decoded when its turn comes. */
  #still(atUs: number): Movie | undefined {
    const [source] = this.ring.sources([this.#leadId], atUs);
    return source && cutStill(source, atUs);
  }

  async #makeLivePoster(frame: Movie, endUs: number): Promise<void> {
    const { settings, live, send } = this.#options;
    const folder = join(settings.folder, 'live');
    const fromUs = endUs - PREVIEW_S * 1e6;
    const poster = await makePoster(await decodeStill(frame, live), folder);
    const source = this.ring.sources([settings.previewTrackId], fromUs);
    const movie = renderMovie(source, { fromUs, toUs: endUs });
    const preview = movie && (await storeMovie(folder, 'preview', movie));
    send({ type: 'live-poster', poster, preview });
    this.#liveFiles.push([...poster.files, ...(preview ? [preview] : [])].map(({ path }) => path));
    await this.#deleteOldLiveFiles();
  }

  async #deleteOldLiveFiles(): Promise<void> {
    const stored = new Set(this.#liveFiles.slice(-LIVE_POSTERS_STORED).flat());
    const oldCount = Math.max(0, this.#liveFiles.length - LIVE_POSTERS_STORED);
    for (const path of this.#liveFiles.splice(0, oldCount).flat()) {
      // What cannot be deleted stays, and hinders nothing else.
      if (!stored.has(path)) await rm(path, { force: true }).catch(() => undefined);
    }
  }

  async #makeClipPoster(frame: Movie, clipId: string): Promise<void> {
    const { settings, late, send } = this.#options;
    const folder = join(settings.folder, 'clips');
    const poster = await makePoster(await decodeStill(frame, late), folder);
    await storePoster(folder, clipId, poster);
    send({ type: 'clip-poster', clipId, poster });
  }
}
