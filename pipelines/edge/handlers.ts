import type { Handlers, HttpRequest, Wait } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { receiveBeacon } from '../origin/beacons.ts';
import type { Viewers } from '../origin/viewers.ts';
import type { Pages } from '../player/pages.ts';
import { type CdnLoop, LOOP_DETECTED } from './cdn-loop.ts';
import type { Edge } from './edge.ts';

export interface EdgeHandlerDeps {
  readonly edge: Pick<Edge, 'answer'>;
  /** Whether an address is one of the upstream's: see `openTarget`. */
  readonly isUpstream: (path: string) => boolean;
  /** The player, which is this box's own. */
  readonly pages: Pages;
  readonly viewers: Viewers;
  readonly loop: CdnLoop;
  /** Monotonic. */
  readonly nowMs: () => number;
}

const DROP = '/drop.json';

/** What guests of this room get: our own page, and the upstream's stream in it. */
export function openEdgeHandlers({
  edge,
  isUpstream,
  pages,
  viewers,
  loop,
  nowMs,
}: EdgeHandlerDeps): Omit<Handlers, 'onFault'> {
  const own = (request: HttpRequest): Reply => pages.answer(request) ?? NOT_HERE;
  return {
    get: (request) => {
      if (!isUpstream(request.path)) return own(request);
      if (loop.includesSelf(request.header)) return LOOP;
      const answer = edge.answer(request);
      // Title, countdown and clock are the upstream's where it tells them.
      return request.path === DROP ? orElse(answer, () => own(request)) : answer;
    },
    post: (path, body) => receiveBeacon(viewers, path, body, nowMs()),
  };
}

const LOOP = refuse(LOOP_DETECTED, 'this box is its own upstream');
const NOT_HERE = refuse(404, 'nothing is here; the player is at /');

function orElse(answer: Reply | Wait, other: () => Reply): Reply | Wait {
  const choose = (reply: Reply) => (reply.status === 200 ? reply : other());
  if (!('wait' in answer)) return choose(answer);
  return {
    ...answer,
    retry: () => {
      const reply = answer.retry();
      return reply === undefined ? undefined : choose(reply);
    },
    expired: () => choose(answer.expired()),
  };
}
