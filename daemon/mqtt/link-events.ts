/** Records an event when a bonded link starts or stops carrying the stream. */
import { pause } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { LinkSwitch } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { MqttDeps } from './deps.ts';

const POLL_MS = 1_000;

type Deps = Pick<MqttDeps, 'clock' | 'log' | 'snapshots' | 'events'>;

/** Until `signal` aborts. */
export async function recordLinkEvents(
  { clock, log, snapshots, events }: Deps,
  signal: AbortSignal,
): Promise<void> {
  // Those from before were recorded by then: MQTT alone may have been restarted.
  let lastMs = snapshots().uplink?.bond?.switches.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  while (await pause(clock, POLL_MS, signal)) {
    const switches = snapshots().uplink?.bond?.switches ?? [];
    const newestMs = switches.at(-1)?.atMs;
    if (newestMs === undefined) continue;
    // Their clock is that of the uplink process, which may have been restarted.
    const sinceMs = newestMs < lastMs ? Number.NEGATIVE_INFINITY : lastMs;
    lastMs = newestMs;
    for (const change of switches.filter(({ atMs }) => atMs > sinceMs)) {
      if (carries(change.from) === carries(change.to)) continue;
      events.record(eventOf(change, clock.wallMs())).catch((error: unknown) => {
        log.error('event lost', { type: 'link.switched', reason: messageOf(error) });
      });
    }
  }
}

function eventOf({ link, from, to, reason }: LinkSwitch, atMs: number): BoxEvent {
  const severity = carries(to) ? 'info' : 'warning';
  return { type: 'link.switched', severity, atMs, data: { link, from, to, reason } };
}

function carries(phase: LinkSwitch['from']): boolean {
  return phase === 'active' || phase === 'suspect';
}
