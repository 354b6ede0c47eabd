/** Figures of serving viewers. */
import type { HttpFigures } from '../http/http-figures.ts';
import type { Quantiles, ViewerFigures } from './viewers.ts';

/** Sent to the daemon once a second. */
export interface ServingFigures {
  readonly isFlowing: boolean;
  readonly http: HttpFigures;
  readonly viewers: ViewerFigures;
  /** From the capture of a part's last frame to its publication. */
  readonly partLagMs: Quantiles | undefined;
  readonly partsTotal: number;
  readonly heldBytes: number;
  /** Frames that the camera left out, covered by repeating others. */
  readonly repeatedFramesTotal: number;
  /** Frame rate of the camera in the last second; left out where it had no frame. */
  readonly framesPerS?: number;
  /** By suspended rendition, the one that replaces it now. */
  readonly substitutes: Readonly<Record<string, string>>;
  /** Renditions whose own encoders are not needed now. */
  readonly suspended: readonly string[];
}
