/** Activates a connection of NetworkManager, and waits until it is up. */
import { pause, withTimeout } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { variant } from '../os/dbus.ts';
import { HalError } from '../os/errors.ts';
import { type Device, type NmObjects, type Properties, ROOT } from './nm-objects.ts';
import { forgetOwn } from './saved.ts';

/** NMActiveConnectionState. */
const ACTIVE = 2;
const DEACTIVATED = 4;
const POLL_MS = 500;
const GONE_MS = 5_000;

/** The dnsmasq of a network that has just been closed has the address for a moment yet. */
const TRIES = 4;
const AGAIN_MS = 1_500;
/** Such an end comes soon; a card that cannot open one takes longer, and does not the next time. */
const SOON_MS = 10_000;

/**
 * @param persist `volatile`: it goes with its end, and with NetworkManager's.
 * @returns the active connection.
 */
export async function activate(
  nm: NmObjects,
  card: Device,
  profile: object,
  persist: 'disk' | 'volatile',
): Promise<string> {
  const options = { persist: variant('s', persist) };
  const body = [profile, card.path, '/', options];
  const member = 'AddAndActivateConnection2';
  return String((await nm.call(ROOT, '', member, 'a{sa{sv}}ooa{sv}', body))[1]);
}

export async function untilActive(
  nm: NmObjects,
  active: string,
  what: string,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<void> {
  const failed = (cause?: unknown) => new HalError('IO', `${what}: not connected`, { cause });
  const look = async (signal: AbortSignal) => {
    let isUp = false;
    while (!signal.aborted) {
      // NetworkManager removes it once it has failed. It may also be busy for some seconds, with
      // the end of the network before.
      const all = await nm.properties(active, '.Connection.Active').catch((cause: unknown) => {
        nm.signal.throwIfAborted();
        if (cause instanceof HalError && cause.code === 'TIMEOUT') return {} as Properties;
        throw failed(cause);
      });
      // It says so before its dnsmasq has its address: one that cannot have it ends at once.
      if (all['State'] === ACTIVE && isUp) return;
      isUp = all['State'] === ACTIVE;
      if (Number(all['State']) >= DEACTIVATED) throw failed();
      await pause(clock, POLL_MS, signal);
    }
  };
  const timeoutError = () => new HalError('TIMEOUT', `${what}: not connected in time`);
  await withTimeout(look, { clock, timeoutMs, timeoutError, signal: nm.signal });
}

/** Resolves when it is gone, and its clients with it; after some seconds in any case. */
export async function deactivate(nm: NmObjects, active: unknown, clock: Clock): Promise<void> {
  await nm.call(ROOT, '', 'DeactivateConnection', 'o', [active]);
  for (const endMs = clock.monotonicMs() + GONE_MS; clock.monotonicMs() < endMs; ) {
    const { State } = await nm.propertiesOrNone(String(active), '.Connection.Active');
    if (State === undefined || Number(State) >= DEACTIVATED) return;
    if (!(await pause(clock, POLL_MS, nm.signal))) return;
  }
}

/** A network of the box's own, found by its UUID; what is left of one before is taken away. */
export async function openOwn(
  nm: NmObjects,
  device: Device,
  {
    uuid,
    profile,
    what,
  }: { readonly uuid: string; readonly profile: object; readonly what: string },
  limit: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const startMs = limit.clock.monotonicMs();
    await forgetOwn(nm, uuid);
    const active = await activate(nm, device, profile, 'volatile');
    try {
      return await untilActive(nm, active, what, limit);
    } catch (error) {
      nm.signal.throwIfAborted();
      const isSoon = limit.clock.monotonicMs() - startMs < SOON_MS;
      const isAgain = error instanceof HalError && error.code === 'IO' && isSoon;
      if (tries === TRIES || !isAgain || !(await pause(limit.clock, AGAIN_MS, nm.signal)))
        throw error;
    }
  }
}
