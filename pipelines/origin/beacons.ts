/** Receives the reports of player pages, `POST /beacon`. */
import { parseAs } from '../../hal/os/files/json.ts';
import type { HttpRequest, Wait } from '../http/handlers.ts';
import { type Reply, refuse, reply } from '../http/reply.ts';
import { beaconSchema, type Viewers } from './viewers.ts';

/** Counts a part or a segment that a viewer gets, now or when it is published. */
export function countFetch(
  viewers: Viewers,
  request: HttpRequest,
  answer: Reply | Wait,
  nowMs: number,
): void {
  const isMedia = request.path.endsWith('.m4s') && request.connection !== undefined;
  if (isMedia && ('wait' in answer || answer.status === 200)) viewers.addFetch(request, nowMs);
}

/** The same answer; where it is a pushed stream, its client counts for as long as it goes on. */
export function countStream(
  viewers: Viewers,
  request: HttpRequest,
  answer: Reply | Wait,
  nowMs: () => number,
): Reply | Wait {
  if (request.connection === undefined) return answer;
  if (!('wait' in answer)) return withCount(viewers, request, answer, nowMs);
  const retry = () => {
    const reply = answer.retry();
    return reply && withCount(viewers, request, reply, nowMs);
  };
  return { ...answer, retry };
}

function withCount(
  viewers: Viewers,
  request: HttpRequest,
  { stream, ...reply }: Reply,
  nowMs: () => number,
): Reply {
  if (stream === undefined) return reply;
  return {
    ...reply,
    stream: (output) => {
      const source = stream(output);
      const uncount = viewers.addStream(request, nowMs());
      return {
        drained: source.drained,
        leave: () => {
          uncount();
          source.leave();
        },
      };
    },
  };
}

/** How many hearts there are, or 204 where guests send none; counted or not. 404 for another path, 400 for an invalid report. */
export function receiveBeacon(
  viewers: Viewers,
  request: HttpRequest,
  body: string,
  nowMs: number,
): Reply {
  if (request.path !== '/beacon') return refuse(404, 'not found');
  const beacon = parseAs(beaconSchema, body);
  if (beacon === undefined) return refuse(400, 'not a valid report of the player');
  viewers.add(beacon, request, nowMs);
  if (!viewers.hasReactions)
    return reply(204, [], { type: 'text/plain', cacheS: 0, source: 'method' });
  const count = [Buffer.from(JSON.stringify({ hearts: viewers.heartsTotal }))];
  return reply(200, count, { type: 'application/json', cacheS: 0, source: 'method' });
}
