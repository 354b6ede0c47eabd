/** Refuses the stream to guests while no drop is live. */
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';

/**
 * Camera and encoders run from the checks on. Until the drop is live only the crew may
 * watch, by the preview path. After its end guests fetch what they have not played yet.
 */
export interface NotLiveFilter {
  /** Guests may watch, or may not. */
  setLive(isOpen: boolean): void;
  /** The request without the preview path, or the reply that refuses it. */
  admit(request: HttpRequest): HttpRequest | Reply;
}

const STREAM = '/live/';
const NOT_LIVE = refuse(503, 'the stream is not live', 0, ['Retry-After', '1']);

/** @param previewPath A secret: before a path of the stream it gives access to it. */
export function openNotLiveFilter(previewPath: string): NotLiveFilter {
  let isOpen = false;
  return {
    setLive: (next) => {
      isOpen = next;
    },
    admit: (request) => {
      const { path } = request;
      if (path.startsWith(`${previewPath}${STREAM}`)) {
        return { ...request, path: path.slice(previewPath.length) };
      }
      return path.startsWith(STREAM) && !isOpen ? NOT_LIVE : request;
    },
  };
}
