/** Receives the reports of player pages, `POST /beacon`. */
import * as v from 'valibot';
import { type Reply, refuse, reply } from '../http/reply.ts';
import { beaconSchema, type Viewers } from './viewers.ts';

/** 204; 404 for another path, 400 for an invalid report. */
export function receiveBeacon(viewers: Viewers, path: string, body: string, nowMs: number): Reply {
  if (path !== '/beacon') return refuse(404, 'not found');
  const beacon = v.safeParse(beaconSchema, parseJson(body));
  if (!beacon.success) return refuse(400, 'not a valid report of the player');
  viewers.add(beacon.output, nowMs);
  return reply(204, [], { type: 'text/plain', cacheS: 0, source: 'method' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
