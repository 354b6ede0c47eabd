/** The renditions of a presentation: what each publishes, and what cuts it. */
import type { TrackFormat } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import { RenditionWindow } from '../hls/window.ts';
import { TrackCutter } from './cutter.ts';
import { type Encoding, frameUsOf, isSameFormat } from './encoding.ts';
import type { SegmentClock } from './segment-clock.ts';
import type { PublishedFrame, Track, TrackKind, WantedTrack } from './track.ts';

export interface RenditionsOptions {
  readonly tracks: readonly WantedTrack[];
  readonly limits: Limits;
  readonly firstDiscontinuity: number;
  /** Called after a track's playlist changed. */
  readonly onPublish: (trackId: string) => void;
  /** Called for each frame before its part is published. */
  readonly onFrame?: (trackId: string, frame: PublishedFrame) => void;
}

interface Rendition {
  readonly kind: TrackKind;
  readonly isHidden: boolean;
  readonly window: RenditionWindow;
  readonly cutter: TrackCutter;
}

/** Methods throw on unknown IDs, except {@link Renditions.kindOf}. */
export class Renditions {
  readonly ids: readonly string[];
  readonly #all = new Map<string, Rendition>();
  readonly #onPublish: (trackId: string) => void;

  constructor(options: RenditionsOptions, clock: SegmentClock) {
    const { tracks, limits, firstDiscontinuity, onPublish, onFrame } = options;
    this.#onPublish = onPublish;
    this.ids = tracks.map(({ id }) => id);
    for (const { id, kind, isHidden = false } of tracks) {
      const window = new RenditionWindow(limits, firstDiscontinuity);
      const ofTrack = (frame: PublishedFrame) => onFrame?.(id, frame);
      const cutter = new TrackCutter(window, clock, limits, ofTrack);
      this.#all.set(id, { kind, isHidden, window, cutter });
    }
  }

  tracks(): readonly Track[] {
    return [...this.#all].map(([id, { kind, isHidden, window, cutter }]) => {
      return { id, kind, isHidden, window, format: cutter.format };
    });
  }

  /** Undefined for an unknown ID. */
  kindOf(id: string): TrackKind | undefined {
    return this.#all.get(id)?.kind;
  }

  /** Media time up to which a rendition has something published or pending, in us. */
  endUs(id: string): number {
    return this.#of(id).cutter.endUs;
  }

  /** The latest end of all, and the length of a frame of the picture, or of the sound where there is none. */
  end(): { readonly endUs: number; readonly frameUs: number } {
    const formats = [...this.#all.values()].flatMap(({ cutter }) => cutter.format ?? []);
    const format = formats.find(({ kind }) => kind === 'video') ?? formats[0];
    const endsUs = this.ids.map((id) => this.endUs(id));
    const frameUs = format === undefined ? 1 : frameUsOf(format);
    return { endUs: Math.max(...endsUs), frameUs };
  }

  /** True where a new run continues all tracks without a discontinuity. */
  get canContinue(): boolean {
    return [...this.#all.values()].every(({ cutter }) => cutter.canContinue);
  }

  /** The earliest of these ends. */
  earliestEndUs(): number {
    return Math.min(...this.ids.map((id) => this.endUs(id)));
  }

  /** See {@link TrackCutter.isBroken}. */
  isBroken(id: string): boolean {
    return this.#of(id).cutter.isBroken;
  }

  /** The most frames that were repeated in one rendition. */
  get repeatedFramesTotal(): number {
    return Math.max(...[...this.#all.values()].map(({ cutter }) => cutter.repeatedFramesTotal));
  }

  /** Where the oldest segment of all playlists starts, in media time; infinity before there is one. */
  get oldestListedUs(): number {
    const starts = [...this.#all.values()].map(({ window }) => window.listed()[0]?.startUs);
    return Math.min(...starts.filter((startUs) => startUs !== undefined));
  }

  /** False while it is published in another format: that changes with a discontinuity only. */
  canChangeTo(id: string, format: TrackFormat): boolean {
    const { cutter } = this.#of(id);
    return cutter.isBroken || cutter.format === undefined || isSameFormat(cutter.format, format);
  }

  /** The encoding holds from the rendition's next segment on. */
  setEncoding(id: string, { format, initId, init }: Encoding): void {
    const { window, cutter } = this.#of(id);
    window.addInit(initId, init);
    cutter.setFormat(format, initId);
  }

  /** Changes a rendition; calls `onPublish` where that changed its playlist. */
  change(id: string, change: (cutter: TrackCutter) => void): void {
    const { window, cutter } = this.#of(id);
    const before = window.version;
    change(cutter);
    if (window.version !== before) this.#onPublish(id);
  }

  changeAll(change: (cutter: TrackCutter) => void): void {
    for (const id of this.ids) this.change(id, change);
  }

  #of(id: string): Rendition {
    const rendition = this.#all.get(id);
    if (rendition === undefined) throw new Error(`no track ${id}`);
    return rendition;
  }
}
