/** The end that a drop or an empty battery asks for: of the machine, or of this program alone. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Config } from '../config/config.ts';
import { powerOff } from './logind.ts';

export interface ShutDownDeps {
  /** The config that is in force. */
  readonly live: { current(): Pick<Config, 'power'> };
  readonly clock: Clock;
  readonly untilEnd: AbortSignal;
  /** Ends this program. */
  readonly end: () => void;
}

/** The command that asked for it is answered first. */
const ANSWER_MS = 250;

export async function shutDown({ live, clock, untilEnd, end }: ShutDownDeps): Promise<void> {
  if (live.current().power.shut_down === 'machine') return await powerOff(clock, untilEnd);
  void clock.sleep(ANSWER_MS, untilEnd).then(end, () => undefined);
}
