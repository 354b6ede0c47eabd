/** What answers viewers' requests, independent of sockets. */
import type { HeaderLookup } from './negotiate.ts';
import { type Reply, refuse } from './reply.ts';

/** Of the address that a connection is from. */
export interface ClientCounts {
  readonly connections: number;
  readonly isProxy: boolean;
}

export interface HttpRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: HeaderLookup;
  /** The client, as limits count it: see `addressKeyOf`. */
  readonly address?: string;
  /** What a GET came by; undefined for HEAD. */
  readonly connection?: { readonly address: ClientCounts } | undefined;
  /** The address of this box for links: `https://host:port`, and the path of a proxy. */
  readonly ownAddress?: () => string;
}

/** A request to hold: it cannot be answered yet. */
export interface Wait {
  /** What to wait for: the ID of the track that has to publish. */
  readonly wait: string;
  readonly holdMs: number;
  /** The answer, where there is one now. */
  readonly retry: () => Reply | undefined;
  /** The answer after `holdMs`. */
  readonly expired: () => Reply;
}

/** An answer that takes a while, to a request of any method. */
export interface Exchange {
  /** Longer bodies are refused with 413. */
  readonly bodyMaxBytes: number;
  /** Never rejects. */
  readonly answer: (body: string) => Promise<Reply>;
}

export interface Handlers {
  /** Asked first; undefined: the request is none of its own. */
  readonly exchange?: (request: HttpRequest, method: string) => Exchange | Reply | undefined;
  readonly get: (request: HttpRequest) => Reply | Wait;
  /** @param body A small text that a page sends. */
  readonly post: (request: HttpRequest, body: string) => Reply;
  /** A handler threw, which is a defect: to be logged. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Wraps handlers: one that throws gets a 500 for its own request, and the process goes
 * on serving the others.
 */
export function withFaultReply({ exchange, get, post, onFault }: Handlers): Handlers {
  const guard = <T>(answer: () => T): T | Reply => {
    try {
      return answer();
    } catch (error) {
      onFault(error);
      return FAULT;
    }
  };
  return {
    ...(exchange && { exchange: (request, method) => guard(() => exchange(request, method)) }),
    get: (request) => {
      const answer = guard(() => get(request));
      if (!('wait' in answer)) return answer;
      return {
        ...answer,
        retry: () => guard(answer.retry),
        expired: () => guard(answer.expired),
      };
    },
    post: (request, body) => guard(() => post(request, body)),
    onFault,
  };
}

const FAULT = refuse(500, 'internal error; the journal of the box has the details');
