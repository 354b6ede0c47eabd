import type { HeaderLookup } from './negotiate.ts';
import { type Reply, refuse } from './reply.ts';

export interface HttpRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: HeaderLookup;
  /** Who asks, as limits count it: see `peerOf`. */
  readonly address?: string;
}

/** Not answerable yet: ask again whenever `trackId` has published, for `holdMs` at most. */
export interface Wait {
  readonly wait: string;
  readonly holdMs: number;
  /** Asks again. */
  readonly retry: () => Reply | undefined;
  /** The answer when nothing came in time. */
  readonly expired: () => Reply;
}

/** What answers viewers, behind the sockets. */
export interface Handlers {
  readonly get: (request: HttpRequest) => Reply | Wait;
  /** A small text body that a page sent. */
  readonly post: (path: string, body: string) => Reply;
  /** One of the others threw, which is a defect: to be told in the journal. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The same handlers; what one throws costs the request that met it, which is
 * answered with 500, and never the process that everybody else watches.
 */
export function withFaultReply({ get, post, onFault }: Handlers): Handlers {
  const shelter = <T>(answer: () => T): T | Reply => {
    try {
      return answer();
    } catch (error) {
      onFault(error);
      return FAULT;
    }
  };
  return {
    get: (request) => {
      const now = shelter(() => get(request));
      if (!('wait' in now)) return now;
      return {
        ...now,
        retry: () => shelter(now.retry),
        expired: () => shelter(now.expired),
      };
    },
    post: (path, body) => shelter(() => post(path, body)),
    onFault,
  };
}

const FAULT = refuse(500, 'this box made a mistake; its journal says which');
