/** What viewers of an edge get: the box's own page, and the upstream's stream in it. */
import type { Handlers, HttpRequest, Wait } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { countFetch, countStream, receiveBeacon } from '../origin/beacons.ts';
import type { Viewers } from '../origin/viewers.ts';
import type { DropJson } from '../player/drop-json.ts';
import type { Pages } from '../player/pages.ts';
import { type CdnLoop, LOOP_DETECTED } from './cdn-loop.ts';
import type { Edge } from './edge.ts';
import type { EdgePushes } from './pushes.ts';

export interface EdgeHandlerDeps {
  readonly edge: Pick<Edge, 'answer'>;
  /** Undefined where nothing is pushed. */
  readonly pushes?: Pick<EdgePushes, 'answer'> | undefined;
  /** True for an address of the upstream: see `openUrlMap`. */
  readonly isUpstream: (path: string) => boolean;
  /** The page, which is this box's own. */
  readonly pages: Pages;
  /** What the upstream says of its drop, each time; not checked. */
  readonly onDrop: (drop: Partial<DropJson>) => void;
  readonly viewers: Viewers;
  readonly loop: CdnLoop;
  /** Monotonic time. */
  readonly nowMs: () => number;
}

const DROP = '/drop.json';
/** A box's own has a tenth of it; it is read for each guest who asks. */
const REPORT_MAX_BYTES = 500_000;

export function openEdgeHandlers({
  edge,
  pushes,
  isUpstream,
  pages,
  onDrop,
  viewers,
  loop,
  nowMs,
}: EdgeHandlerDeps): Omit<Handlers, 'onFault'> {
  const own = (request: HttpRequest): Reply => pages.answer(request) ?? NOT_FOUND;
  return {
    get: (request) => {
      if (!isUpstream(request.path)) return pages.forPeople(request, own(request));
      if (loop.includesSelf(request.header)) return LOOP_REPLY;
      const pushed = pushes?.answer(request);
      if (pushed !== undefined) return countStream(viewers, request, pushed, nowMs);
      const answer = edge.answer(request);
      countFetch(viewers, request, answer, nowMs());
      // Title, countdown and clock are the upstream's, where it has them.
      if (request.path !== DROP) return answer;
      return otherwise(answer, (reply) => {
        const venues = own(request);
        const theirs = reply.status === 200 ? reportOf(reply) : undefined;
        if (theirs === undefined) return venues;
        onDrop(theirs);
        return ownReport(reply, theirs, venues, isUpstream);
      });
    },
    post: (request, body) => receiveBeacon(viewers, request, body, nowMs()),
  };
}

const LOOP_REPLY = refuse(
  LOOP_DETECTED,
  'this edge is its own upstream; set edge.upstream to another origin',
);
const NOT_FOUND = refuse(404, 'not found; the player is at /');

/**
 * Clips, previews and recordings are not served by an edge, so its page does not offer them. Its look is its
 * own, with the venue's picture; that of the drop comes first, as at the upstream.
 */
function ownReport(
  reply: Reply,
  { look: _, preview: __, picture: theirs, variants, ...drop }: Partial<DropJson>,
  own: Reply,
  isUpstream: EdgeHandlerDeps['isUpstream'],
): Reply {
  const { look, hasReactions: isCounting, ...venues } = ownPartOf(own);
  const isTheirs = theirs !== undefined && isUpstream(`/${theirs}`);
  const shown = isTheirs ? { picture: theirs, ...(variants && { variants }) } : venues;
  // It counts its own guests' hearts, where its config and the drop take them.
  const hasReactions = drop.hasReactions === true && isCounting === true;
  const offered = { clips: [], chapters: [], hasReplay: false, dvrS: 0, hasReactions };
  const report = { ...drop, ...shown, ...(look && { look }), ...offered };
  const body = Buffer.from(JSON.stringify(report));
  const headers = reply.headers.map((value, i) =>
    reply.headers[i - 1] === 'Content-Length' ? String(body.length) : value,
  );
  return { ...reply, headers, body: [body] };
}

/** Empty where the reply is none. */
function ownPartOf(
  own: Reply,
): Pick<Partial<DropJson>, 'look' | 'picture' | 'variants' | 'hasReactions'> {
  const { look, picture, variants, hasReactions = false } = reportOf(own) ?? {};
  return {
    hasReactions,
    ...(look && { look }),
    ...(picture === undefined ? {} : { picture }),
    ...(variants && { variants }),
  };
}

/** Undefined where it is none. */
function reportOf({ body }: Reply): Partial<DropJson> | undefined {
  if (body.reduce((sum, { length }) => sum + length, 0) > REPORT_MAX_BYTES) return undefined;
  try {
    const report: unknown = JSON.parse(Buffer.concat(body).toString());
    return typeof report === 'object' && report !== null ? report : undefined;
  } catch {
    return undefined;
  }
}

function otherwise(answer: Reply | Wait, choose: (reply: Reply) => Reply): Reply | Wait {
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
