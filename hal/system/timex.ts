/** Whether the machine's clock is synchronised. */

import koffi from 'koffi';
import { parseTimex, TIMEX_BYTES } from './parse.ts';
import type { ClockSync } from './port.ts';

let adjtimex: ((timex: Buffer) => number) | undefined;

/**
 * Asks the kernel whether its clock is synchronised: the one answer that holds
 * for chrony, timesyncd and ntpd alike. Changes nothing (`modes` is 0).
 */
export function readClockSync(): ClockSync {
  try {
    adjtimex ??= koffi.load('libc.so.6').func('int adjtimex(_Inout_ void *timex)');
    const timex = Buffer.alloc(TIMEX_BYTES);
    return parseTimex(adjtimex(timex), timex);
  } catch {
    return { phase: 'unknown' };
  }
}
