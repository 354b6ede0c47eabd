/** Settings of the clips process, and its messages. */
import type { WantedClip } from './clip-info.ts';
import type { StoredMovie } from './clip-store.ts';
import type { Poster } from './poster.ts';
import type { ClipLimits, Pruned } from './prune.ts';

export interface ClipsSettings {
  /** Parent of the folders of clips with their posters, and of live posters and previews. */
  readonly folder: string;
  /** Tracks of a clip, the leading one first; posters are taken from the first. */
  readonly clipTrackIds: readonly string[];
  /** The rendition that previews are made from: the lowest. */
  readonly previewTrackId: string;
  /** The longest clip. */
  readonly maxClipS: number;
  /** Between two live posters; 0 for none. */
  readonly posterEveryS: number;
  /** The oldest clips beyond them are deleted. */
  readonly limits: ClipLimits;
}

/** What the clips process needs to start. */
export interface ClipsStart extends ClipsSettings {
  /** Unix socket of its feed. */
  readonly socketPath: string;
  /** Time for the last clips and their posters, from the end of the feed on. */
  readonly finishMs: number;
}

export type ToClips =
  /** Whether live posters and previews are made; clips are made in any case. */
  | { readonly type: 'live-posters'; readonly isOn: boolean }
  | ({
      readonly type: 'clip';
      /** Comes back with the answer. */
      readonly request: number;
    } & WantedClip);

export type FromClips =
  | {
      readonly type: 'clip';
      readonly request: number;
      readonly clip: StoredMovie;
      readonly tookMs: number;
    }
  | { readonly type: 'clip-failed'; readonly request: number; readonly reason: string }
  | { readonly type: 'clip-poster'; readonly clipId: string; readonly poster: Poster }
  | {
      readonly type: 'live-poster';
      readonly poster: Poster;
      readonly preview: StoredMovie | undefined;
    }
  | ({ readonly type: 'pruned' } & Pruned)
  | { readonly type: 'poster-failed'; readonly what: string; readonly reason: string };
