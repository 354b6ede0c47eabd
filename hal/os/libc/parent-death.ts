/** What the kernel does with this process when its parent dies. */
import { createRequire } from 'node:module';
import { constants } from 'node:os';

/** Of linux/prctl.h. */
const PR_SET_PDEATHSIG = 1;

/**
 * Wakes this process when its parent dies, where it is stopped then: an orphan that is stopped
 * would hold what it has claimed for ever, and nobody is left who looks after it. One that runs
 * does not notice. Where the C library cannot be called the process works all the same.
 */
export function wakeAtParentDeath(): void {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const prctl = koffi
      .load('libc.so.6')
      .func(
        'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
      );
    prctl(PR_SET_PDEATHSIG, constants.signals.SIGCONT, 0, 0, 0);
  } catch {
    // A help for one rare case, and no reason not to start.
  }
}
