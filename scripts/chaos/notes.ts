/** What a box says of itself during a step: alerts, and children that it has started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import type { Venue } from './venue.ts';

const POLL_MS = 500;

export interface Notes {
  readonly alerts: Set<string>;
  readonly restarts: string[];
  watch(venue: Venue, signal: AbortSignal): Promise<void>;
}

export function openNotes(): Notes {
  const alerts = new Set<string>();
  const restarts: string[] = [];
  let before: BoxSnapshot['children'] | undefined;
  const note = ({ warnings, children }: BoxSnapshot) => {
    for (const { key } of warnings) alerts.add(key);
    for (const [name, { restartsTotal, lastFailure = '' }] of Object.entries(children)) {
      const known = before?.[name]?.restartsTotal ?? 0;
      if (before !== undefined && restartsTotal > known) restarts.push(`${name}: ${lastFailure}`);
    }
    before = children;
  };
  return {
    alerts,
    restarts,
    watch: async (venue, signal) => {
      while (!signal.aborted) {
        const box = await venue.status().catch(() => undefined);
        if (box !== undefined) note(box);
        await sleep(POLL_MS);
      }
    },
  };
}
