/** Alerts of the further destinations of a drop, and of back-fill. */
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Rule } from './step.ts';
import { CLOCK_ADVICE, isClockUnset } from './thresholds.ts';

export const DESTINATION_RULES: readonly Rule[] = [
  {
    key: 'destination-*-down',
    // A server that closes the connection is back within one or two tries.
    afterMs: 10_000,
    holdMs: 5_000,
    advice: 'All others get the stream. Check uplink.destinations, and the stream at that service.',
    dependsOn: ['media-down', 'media-silent', 'viewers-port', 'links-down'],
    find: ({ box }) =>
      (box.destinations ?? [])
        .filter(({ phase }) => phase === 'connecting')
        .map(({ id, reason }) => ({
          id,
          text: `Destination ${id} does not get the stream`,
          detail: reason,
          ...(isAnyConnected(box) ? {} : { severity: 'critical' as const, advice: ALONE }),
          ...(isOfClock(box, reason) ? { advice: CLOCK_ADVICE } : {}),
        })),
  },
  {
    key: 'backfill-failed',
    // Longer than the links need to settle; what is missing waits on the disk.
    afterMs: 60_000,
    holdMs: 5_000,
    advice: 'It is tried again by itself. Check uplink.backfill, and the relay’s store.',
    dependsOn: ['links-down', 'uplink-not-connected'],
    find: ({ box: { backfill } }) =>
      backfill?.phase === 'failed'
        ? { text: 'The receiver does not get what it missed', detail: backfill.reason }
        : undefined,
  },
];

const ALONE =
  'Guests in the room can still watch. Check the network, and uplink.destinations in the settings.';

/** A certificate that is valid now is refused by a box that has another year. */
function isOfClock({ system }: BoxSnapshot, reason = ''): boolean {
  return /certificate/i.test(reason) && system !== undefined && isClockUnset(system);
}

function isAnyConnected({ uplink, destinations = [] }: BoxSnapshot): boolean {
  return uplink?.phase === 'connected' || destinations.some(({ phase }) => phase === 'connected');
}
