import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';

/**
 * Between the stage and the guests. Camera and encoders run from the checks on, so
 * that all is proven before a drop; what they show is for the crew until it is live.
 */
export interface NotLiveFilter {
  /** Guests see the stage, or do not. */
  setLive(isOpen: boolean): void;
  /** The request to answer, without the crew's key; or why it is not answered. */
  admit(request: HttpRequest): HttpRequest | Reply;
}

const STAGE = '/live/';
const NOT_ON_AIR = refuse(503, 'nothing is on air', 0, ['Retry-After', '1']);

/** @param previewPath Before a path of the stage it shows it to whoever knows it: a secret. */
export function openNotLiveFilter(previewPath: string): NotLiveFilter {
  let isOpen = false;
  return {
    setLive: (next) => {
      isOpen = next;
    },
    admit: (request) => {
      const { path } = request;
      if (path.startsWith(`${previewPath}${STAGE}`)) {
        return { ...request, path: path.slice(previewPath.length) };
      }
      return path.startsWith(STAGE) && !isOpen ? NOT_ON_AIR : request;
    },
  };
}
