/** Messages between the daemon and the edge process. */
import type { PipesMessage, UplinkRequest } from '../feed/uplink-request.ts';
import type { ServerSettings } from '../http/server-settings.ts';
import type { ServingFigures } from '../origin/figures.ts';
import type { DropSettings } from '../player/drop-json.ts';
import type { WhepOptions } from '../whep/http/endpoint.ts';
import type { FromWhep, WhepRequest } from '../whep/messages.ts';
import type { EdgeReport } from './state.ts';
import type { WhepSource } from './webrtc/source.ts';

/** What the edge process needs to serve another origin's stream. */
export interface EdgeSettings {
  /** See `openUrlMap`. */
  readonly upstream: string;
  readonly maxBytes: number;
  /** Streams are pushed to clients that ask for it, where the upstream pushes them. */
  readonly hasPush: boolean;
  /** What the page shows where the upstream reports nothing. */
  readonly drop: DropSettings;
  /** File with the upstream's secret, where its posters need a token; empty: they need none. */
  readonly tokenSecretFile: string;
  readonly server: ServerSettings;
  /** Left out where nobody gets the stream by WebRTC. */
  readonly whep?: WhepOptions;
}

/** From the daemon. */
export type ToEdge =
  | ToEdgeWhep
  /** Phones of the box's own hotspot are led to this page; without one, nowhere. */
  | { readonly type: 'portal'; readonly page?: string };

/** Where the config has WebRTC. */
export type ToEdgeWhep =
  /** The WHEP process starts. */
  | UplinkRequest
  /** From the WHEP process. */
  | { readonly type: 'whep'; readonly message: Exclude<FromWhep, { type: 'ready' }> };

/** From the edge process, which reports as a media process does. */
export type FromEdge =
  | { readonly type: 'listening' }
  /** What the WHEP process is fed with; one that runs, or is starting, is to start again. */
  | { readonly type: 'whep-source'; readonly source: WhepSource }
  | PipesMessage
  /** To the WHEP process. */
  | { readonly type: 'whep'; readonly request: WhepRequest }
  | { readonly type: 'figures'; readonly figures: ServingFigures & { readonly edge: EdgeReport } };
