/** Signal bars of a modem. Pure. */
import type { ModemState } from '../../../../hal/modem/port.ts';
import { signalBars } from '../../../health/thresholds.ts';

/** Bars as phones draw them, 0 to 4; undefined where the modem reports no signal. */
export function barsOf(modem: ModemState): number | undefined {
  const { registration } = modem;
  return registration === 'registered' || registration === 'connected' ? signalBars(modem) : 0;
}
