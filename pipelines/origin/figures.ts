import type { HttpFigures } from '../http/server.ts';
import type { Quantiles, ViewerFigures } from './viewers.ts';

/** How viewers are served, once a second. */
export interface ServingFigures {
  readonly isFlowing: boolean;
  readonly http: HttpFigures;
  readonly viewers: ViewerFigures;
  /** From a part's last captured frame to its bytes being servable. */
  readonly partLagMs: Quantiles | undefined;
  readonly partsTotal: number;
  readonly heldBytes: number;
  /** Frames that the camera left out, filled by showing their neighbours longer. */
  readonly repeatedFramesTotal: number;
  /** Frames of the camera in the last second; left out where there were none. */
  readonly framesPerS?: number;
  /** By rendition, the one whose pictures it has now; only where that is another. */
  readonly substitutes: Readonly<Record<string, string>>;
  /** Renditions whose own encoders nobody needs by now. */
  readonly suspended: readonly string[];
}
