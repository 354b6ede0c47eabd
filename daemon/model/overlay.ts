/** What is drawn over the picture, and its colours, as the rest of the box sees it. */
import type { Corner } from '../../pipelines/overlay/layout.ts';
import type { Scan } from '../../pipelines/scan/messages.ts';
import type { LookState } from './look.ts';

/** What was asked for: by the config at first, then by the command `overlay`. */
export interface OverlayContent {
  /** `none`, `page` (the guests' page), `checkout` (of the first article on sale), or a link. */
  readonly code: string;
  readonly corner: Corner;
  /** Side with its white border, in per cent of the picture's shorter side. */
  readonly sizePct: number;
  readonly title: string;
  readonly name: string;
  readonly line: string;
}

/**
 * Whether phones can read the code, by what the box reads itself off the stream.
 *
 * - `unknown`: nothing was read yet, or nothing is on air.
 * - `readable`: read off every rendition.
 * - `doubtful`: missed once, looked at again.
 * - `unreadable`: it is missed at its largest size too.
 */
export type Readability = 'unknown' | 'readable' | 'doubtful' | 'unreadable';

/** Of a rendition's last pictures. */
export interface CodeReadings {
  readonly rendition: string;
  readonly read: number;
  readonly of: number;
}

export interface OverlayState extends OverlayContent {
  /** It is in the picture now; left out where none is. */
  readonly shown?: {
    readonly link: string;
    /** As drawn: larger than wanted where it could not be read. */
    readonly sizePct: number;
    readonly readability: Readability;
    readonly readings: readonly CodeReadings[];
  };
  /** Why a code that is wanted is not there. */
  readonly missing?: string;
}

/** What the snapshot of the box has of it. */
export interface OverlaySnapshot {
  /** What is drawn over the picture; undefined on an edge. */
  readonly overlay?: OverlayState | undefined;
  /** What was read of its code last. */
  readonly scan?: Scan | undefined;
  /** Undefined where the drop has none. */
  readonly look?: LookState | undefined;
}
