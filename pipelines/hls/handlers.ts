import type { OriginRequest, Wait } from './origin.ts';
import { type Reply, refuse } from './reply.ts';

/** What answers viewers, behind the sockets. */
export interface Handlers {
  readonly get: (request: OriginRequest) => Reply | Wait;
  /** A small text body that a page sent. */
  readonly post: (path: string, body: string) => Reply;
  /** One of the others threw, which is a defect: to be told in the journal. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The same handlers; what one throws costs the request that met it, which is
 * answered with 500, and never the process that everybody else watches.
 */
export function sheltered({ get, post, onFault }: Handlers): Handlers {
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
