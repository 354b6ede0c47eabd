/** What the kernel does with this process when its parent dies. */
import { constants } from 'node:os';
import koffi from 'koffi';

/** Of linux/prctl.h. */
const PR_SET_PDEATHSIG = 1;

/**
 * Wakes this process when its parent dies, where it is stopped then: an orphan that is stopped
 * would hold what it has claimed for ever, and nobody is left who looks after it. One that runs
 * does not notice.
 */
export function wakeAtParentDeath(): void {
  const prctl = koffi
    .load('libc.so.6')
    .func(
      'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
    );
  prctl(PR_SET_PDEATHSIG, constants.signals.SIGCONT, 0, 0, 0);
}
