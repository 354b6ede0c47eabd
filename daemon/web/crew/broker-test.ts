/** A test message to the broker: an event like any other, and whether the broker took it. */
import { pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { BoxEvent, Outcome } from '../../model/commands.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';

export interface BrokerTestDeps {
  readonly snapshot: () => Pick<BoxSnapshot, 'broker' | 'events'>;
  readonly onEvent: (event: BoxEvent) => void;
  readonly clock: Clock;
}

const POLL_MS = 200;
const POLLS_MAX = 50;

/** Never rejects. */
export async function testBroker(
  { snapshot, onEvent, clock }: BrokerTestDeps,
  signal: AbortSignal,
): Promise<Outcome> {
  const { broker } = snapshot();
  if (broker.phase === 'none') return failed('no broker is set: enter its address and apply it');
  if (broker.phase === 'away') return failed(`the broker is away: ${broker.reason}`);
  onEvent({ type: 'settings.test', severity: 'info', atMs: clock.wallMs(), data: {} });
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    // It is written to the disk first.
    if (!(await pause(clock, POLL_MS, signal))) break;
    const { waiting = 0, refused } = snapshot().events ?? {};
    if (refused !== undefined) return failed(`the broker refuses it: ${refused}`);
    if (waiting === 0) return { status: 'done', detail: 'the broker has taken the test message' };
  }
  return failed('the broker has not confirmed it in time; it is sent again by itself');
}

function failed(detail: string): Outcome {
  return { status: 'failed', code: 'NOT_SENT', detail };
}
