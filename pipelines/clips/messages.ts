import type { StoredMovie } from './clip-store.ts';
import type { Poster } from './poster.ts';

export interface StudioSettings {
  /** Clips, their posters and what is live are kept here, in folders of their own. */
  readonly folder: string;
  /** Tracks of a clip, the leading one first; posters are taken from the first. */
  readonly clipTrackIds: readonly string[];
  /** The rendition that previews are made from: the lowest. */
  readonly previewTrackId: string;
  /** The longest clip. */
  readonly keepS: number;
  /** Between two live posters; 0 for none. */
  readonly posterEveryS: number;
}

export type ToStudio =
  | {
      readonly type: 'start';
      readonly settings: StudioSettings;
      readonly socketPath: string;
      /** From the end of its feed: what was marked right before has its poster by then, or none. */
      readonly finishMs: number;
    }
  /** Live posters and previews are drawn, or not; clips are always made. */
  | { readonly type: 'draw'; readonly isOn: boolean }
  | {
      readonly type: 'clip';
      /** Comes back with the answer. */
      readonly request: number;
      /** So long, up to what was published last. */
      readonly seconds: number;
    };

export type FromStudio =
  | {
      readonly type: 'clip';
      readonly request: number;
      readonly clip: StoredMovie;
      readonly tookMs: number;
    }
  | { readonly type: 'no-clip'; readonly request: number; readonly reason: string }
  | { readonly type: 'clip-poster'; readonly clipId: string; readonly poster: Poster }
  | {
      readonly type: 'live-poster';
      readonly poster: Poster;
      readonly preview: StoredMovie | undefined;
    }
  | { readonly type: 'failed'; readonly what: string; readonly reason: string };
