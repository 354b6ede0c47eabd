/** Has the UPS board cut the power of a halted machine. */
import type { Battery, BatteryState } from '../../hal/battery/port.ts';
import type { Clock } from '../../hal/os/clock.ts';

/** A gauge that answers at all does so by then. */
const READINGS = 3;
const PAUSE_MS = 300;

/**
 * A halted machine that its board goes on feeding would stay halted when the mains
 * come back before the cells are empty: with the mains off the board cuts the power,
 * and gives it again with them. With the mains on nothing is done, since a board may
 * power it on again at once.
 *
 * Resolves with what came of it, for people. Rejects with `HalError` where the board
 * does not take it.
 */
export async function cutWhereMainsAreOff(
  battery: Battery,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const { cutPower } = battery;
  if (cutPower === undefined) return 'no: there is no board that can';
  for (let left = READINGS; left > 0; left -= 1) {
    const mains = mainsOf(await battery.read(signal));
    if (mains === 'on') return 'no: the mains are on';
    if (mains === 'off') {
      await cutPower(signal);
      return 'yes';
    }
    await clock.sleep(PAUSE_MS, signal);
  }
  return 'no: the state of the mains is unknown';
}

function mainsOf(state: BatteryState) {
  return state.phase === 'absent' ? 'unknown' : state.mains;
}
