/** Refuses the stream to guests while no drop is live. */
import type { HttpRequest, Wait } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { ANY_TRACK } from './origin.ts';

/**
 * Camera and encoders run from the checks on. Until the drop is live only the crew may
 * watch, by the preview path. After its end guests fetch what they have not played yet.
 */
export interface NotLiveFilter {
  /** False in a new process, until the daemon has said whether a drop is live. */
  readonly isKnown: boolean;
  /** Guests may watch, or may not. */
  setLive(isOpen: boolean): void;
  /** The request without the preview path, or the reply that refuses it. */
  admit(request: HttpRequest): HttpRequest | Reply;
}

const STREAM = '/live/';
/** Also for the first part, where a drop is live. */
const KNOWN_HOLD_MS = 6_000;
const NOT_LIVE = refuse(503, 'the stream is not live', 0, ['Retry-After', '1']);

/**
 * @param previewPath A secret: before a path of the stream it gives access to it.
 * @param isEnded The stream was live in a process before, and is served to its end.
 */
export function openNotLiveFilter(previewPath: string, isEnded = false): NotLiveFilter {
  let isOpen: boolean | undefined;
  return {
    get isKnown() {
      return isOpen !== undefined;
    },
    setLive: (next) => {
      isOpen = next || isEnded;
    },
    admit: (request) => {
      const { path } = request;
      if (path.startsWith(`${previewPath}${STREAM}`)) {
        return { ...request, path: path.slice(previewPath.length) };
      }
      return path.startsWith(STREAM) && isOpen !== true ? NOT_LIVE : request;
    },
  };
}

/** Guests' requests for the stream are held until it is known whether they may watch. */
export function untilKnown(
  filter: NotLiveFilter,
  answer: (request: HttpRequest) => Reply | Wait,
): (request: HttpRequest) => Reply | Wait {
  return (request) => {
    if (filter.isKnown || !request.path.startsWith(STREAM)) return answer(request);
    let known: Reply | Wait | undefined;
    const retry = (): Reply | undefined => {
      if (!filter.isKnown) return undefined;
      known ??= answer(request);
      return 'wait' in known ? known.retry() : known;
    };
    const expired = () => (known !== undefined && 'wait' in known ? known.expired() : NOT_LIVE);
    return { wait: ANY_TRACK, holdMs: KNOWN_HOLD_MS, retry, expired };
  };
}
