/** Shuts the machine down through logind. */
import type { Clock } from '../../hal/os/clock.ts';
import { openDbus } from '../../hal/os/dbus.ts';

const LOGIND = {
  destination: 'org.freedesktop.login1',
  path: '/org/freedesktop/login1',
  interface: 'org.freedesktop.login1.Manager',
};

/**
 * Asks logind for the end of the machine; systemd then ends this process among
 * the others. `interactive` is false: no person is there to type a password, so a
 * polkit rule must allow it (systemd/venuebox.rules).
 *
 * Rejects with `HalError`: NOT_FOUND without logind, IO where it is not permitted.
 *
 * @param address Another bus than the system's, for tests.
 */
export async function powerOff(clock: Clock, signal: AbortSignal, address?: string): Promise<void> {
  await using bus = await openDbus(clock, signal, address);
  await bus.call({ ...LOGIND, member: 'PowerOff', signature: 'b', body: [false] }, signal);
}
