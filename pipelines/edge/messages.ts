/** Messages between the daemon and the edge process. */
import type { ServerSettings } from '../http/server-settings.ts';
import type { ServingFigures } from '../origin/figures.ts';
import type { DropSettings } from '../player/drop-report.ts';
import type { EdgeReport } from './state.ts';

/** What the edge process needs to serve another origin's stream. */
export interface EdgeSettings {
  /** See `openTarget`. */
  readonly upstream: string;
  readonly maxBytes: number;
  /** Streams are pushed to clients that ask for it, where the upstream pushes them. */
  readonly hasPush: boolean;
  /** What the page shows where the upstream reports nothing. */
  readonly drop: DropSettings;
  /** File with the upstream's secret, where its posters need a token; empty: they need none. */
  readonly tokenSecretFile: string;
  readonly server: ServerSettings;
}

/** From the edge process, which reports as a media process does. */
export type FromEdge =
  | { readonly type: 'listening' }
  | { readonly type: 'figures'; readonly figures: ServingFigures & { readonly edge: EdgeReport } };
