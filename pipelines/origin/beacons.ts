import * as v from 'valibot';
import { type Reply, refuse, reply } from '../http/reply.ts';
import { beaconSchema, type Viewers } from './viewers.ts';

/** Takes what a page reports of itself; nothing else is posted to the viewers' server. */
export function receiveBeacon(viewers: Viewers, path: string, body: string, nowMs: number): Reply {
  if (path !== '/beacon') return refuse(404, 'nothing takes that here');
  const beacon = v.safeParse(beaconSchema, parseJson(body));
  if (!beacon.success) return refuse(400, 'that is no beacon of the player');
  viewers.note(beacon.output, nowMs);
  return reply(204, [], { type: 'text/plain', cacheS: 0, source: 'method' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
