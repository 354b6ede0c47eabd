/** Messages between the daemon and the probe: a viewer in the box. */
import type { Quantiles } from '../origin/viewers.ts';

export interface ProbeSettings {
  /** What guests open; empty: the page is not looked at. */
  readonly pageUrl: string;
  /** Its multivariant playlist, which only the crew may open while no drop is live; empty: no stream. */
  readonly streamUrl: string;
  /** Where posters are tried out; empty: none are. */
  readonly posterFolder: string;
  /** Unix time less CLOCK_MONOTONIC, in ms, by which the stream is dated: where no clock is in the picture. */
  readonly streamAheadMs: number;
}

/** Counted from the probe's start, or from the last `restart`. */
export interface ViewerFigures {
  readonly latencyMs?: Quantiles;
  /** The clock in the picture was read. */
  readonly isByPicture: boolean;
  readonly stalls: number;
  readonly stalledMs: number;
  readonly parts: number;
  /** Requests without the answer that was asked for. */
  readonly failed: number;
  readonly requests: number;
  /** Of a cache in front of the box. */
  readonly edgeReplies: number;
  readonly edgeHits: number;
}

export type ToProbe =
  /** What was measured until now counts no more: it has settled. */
  { readonly type: 'restart' };

export type FromProbe =
  /** The page was fetched twice, or was not. */
  | {
      readonly type: 'page';
      readonly failure?: string;
      readonly loadedMs?: number;
      readonly files?: number;
      readonly edgeHits?: number;
      readonly hasEdge?: boolean;
    }
  | {
      readonly type: 'posters';
      readonly failure?: string;
      readonly files: Readonly<Record<string, number>>;
      readonly tookMs?: number;
    }
  /** Mean brightness of the picture, 0 to 1. */
  | { readonly type: 'light'; readonly ratio: number }
  /** Once a second. */
  | { readonly type: 'figures'; readonly figures: ViewerFigures };
