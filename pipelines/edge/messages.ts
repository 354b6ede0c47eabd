import type { ServerSettings } from '../hls/server-settings.ts';
import type { Drop, FromMedia } from '../media/messages.ts';

/** What the edge process needs to serve another origin's stream. */
export interface EdgeSettings {
  /** See `openTarget`. */
  readonly upstream: string;
  readonly maxBytes: number;
  /** What the page shows where the upstream tells nothing. */
  readonly drop: Drop;
  /** The upstream's, where its posters need a token; empty: they need none. */
  readonly tokenSecretFile: string;
  readonly server: ServerSettings;
}

/** What the daemon tells the edge process. */
export interface ToEdge {
  readonly type: 'start';
  readonly settings: EdgeSettings;
}

/** It serves in the media process's place, and tells of itself in the same words. */
export type FromEdge = Extract<FromMedia, { type: 'listening' | 'failed' | 'figures' }>;
