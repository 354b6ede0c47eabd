/** Keeps the networks for guests and crew as the config wants them, and takes them away at the end. */
import type { NetworkHelper } from '../../hal/network/client.ts';
import { GUESTS_ADDRESS, PORTAL_PORT, type Reply, type Shaped } from '../../hal/network/plan.ts';
import { pause, withTimeout } from '../../hal/os/async.ts';
import { HalError } from '../../hal/os/errors.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import type { Network, SharedRole, SharedSettings } from '../../hal/wifi/port.ts';
import type { OwnNetwork } from '../model/hotspot.ts';
import { type Failure, failureOf, helperFailure, openingFailure } from './faults.ts';
import { runGuestsPortal } from './portal.ts';
import { closeStaleNetworks } from './stale-networks.ts';
import { type WantedNetworks, withOverBudget } from './wanted.ts';

export interface OwnNetworksDeps extends ClockAndLog {
  readonly helper: NetworkHelper;
  readonly network: Pick<Network, 'shared' | 'isShared' | 'openShared' | 'closeShared'>;
  /** The first set-up has the Wi-Fi card, and the guests' address. */
  readonly isSetUp: () => boolean;
  /** Interfaces of links whose data budget is used up. */
  readonly spent: () => readonly string[];
  /** Whether the box is started again at once, and not this part of it alone. */
  readonly isRestarting: () => boolean;
  readonly onChange: (networks: readonly OwnNetwork[] | undefined) => void;
  readonly portal?: { readonly address: string; readonly port: number };
}

/** Rules that somebody has flushed are missing for so long at most. */
const LOOK_EVERY_MS = 5_000;
/** A network that does not open is tried again, each time in a row after twice as long. */
const RETRY_MAX_MS = 60_000;
/** The box ends meanwhile. */
const END_MS = 8_000;

/** Until `signal` aborts. Never fails. */
export async function runOwnNetworks(
  wanted: WantedNetworks,
  deps: OwnNetworksDeps,
  signal: AbortSignal,
): Promise<void> {
  const networks = new OwnNetworks(wanted, deps);
  while (!signal.aborted) {
    if (deps.isSetUp()) await networks.look(signal);
    else networks.wait();
    await pause(deps.clock, LOOK_EVERY_MS, signal);
  }
  await networks.end();
}

/** Of a network that did not open. */
interface Retry {
  readonly state: OwnNetwork;
  readonly waitMs: number;
  /** By the monotonic clock. */
  readonly atMs: number;
}

class OwnNetworks {
  readonly #wanted: WantedNetworks;
  readonly #deps: OwnNetworksDeps;
  #isAsked = false;
  /** The rules were in force when the helper last answered. */
  #isHeld = false;
  /** What is up for them has the settings of today. */
  readonly #current = new Set<SharedRole>();
  readonly #retries = new Map<SharedRole, Retry>();
  #reported = '';
  #portal: { readonly stop: () => Promise<void> } | undefined;

  constructor(wanted: WantedNetworks, deps: OwnNetworksDeps) {
    this.#wanted = wanted;
    this.#deps = deps;
  }

  wait(): void {
    const reason = 'the first set-up is not finished';
    this.#report(
      this.#wanted.shared.map(({ role, device }) => ({ role, device, phase: 'waiting', reason })),
    );
  }

  /** Sets what is missing. */
  async look(signal: AbortSignal): Promise<void> {
    const held = await this.#hold(signal);
    const up = await this.#up(signal);
    const states: OwnNetwork[] = [];
    for (const settings of this.#wanted.shared) {
      if (signal.aborted) return;
      states.push(await this.#keep(settings, held, up, signal));
    }
    const hasGuests = states.some(({ role, phase }) => role === 'guests' && phase === 'open');
    await this.#followPortal(hasGuests);
    this.#report(states);
  }

  /** All is taken away, unless the box is back soon: those who are in its networks stay there. */
  async end(): Promise<void> {
    const { helper, onChange, isRestarting } = this.#deps;
    await this.#followPortal(false);
    if (!isRestarting()) await this.#takeAway();
    helper[Symbol.dispose]();
    onChange(undefined);
  }

  /** First the networks, then what held them. */
  async #takeAway(): Promise<void> {
    const { clock, helper, network, log } = this.#deps;
    const timeoutError = () => new HalError('TIMEOUT', 'networks: not taken away in time');
    const takeAway = async (signal: AbortSignal) => {
      const closing = this.#wanted.shared.map(({ role }) => network.closeShared(role, signal));
      const closed = await Promise.allSettled(closing);
      // A network that is still there keeps its rules: the helper looks whether it is.
      for (const one of closed) if (one.status === 'rejected') throw one.reason;
      if (!this.#isAsked) return;
      const reply = await helper.ask({ verb: 'undo' }, signal);
      if (!reply.ok) throw new HalError('IO', `networks: ${reply.reason}`);
    };
    await withTimeout(takeAway, { clock, timeoutMs: END_MS, timeoutError }).catch(
      (error: unknown) =>
        log.warn('networks not removed: the helper does it in a minute', {
          reason: messageOf(error),
        }),
    );
  }

  /** Asks the helper for rules and queues. */
  async #hold(signal: AbortSignal): Promise<Reply | Failure> {
    try {
      this.#isAsked = true;
      const plan = withOverBudget(this.#wanted.plan, this.#deps.spent());
      const reply = await this.#deps.helper.ask({ verb: 'apply', plan }, signal);
      this.#isHeld = reply.ok;
      return reply;
    } catch (error) {
      return helperFailure(error);
    }
  }

  async #up(signal: AbortSignal): Promise<ReadonlyMap<SharedRole, string> | Failure> {
    try {
      const wanted = this.#wanted.shared.map(({ role }) => role);
      return await closeStaleNetworks(this.#deps.network, wanted, signal);
    } catch (error) {
      return { code: 'NO_MANAGER', reason: messageOf(error) };
    }
  }

  /** A network is open only while what it needs is in force. */
  async #keep(
    settings: SharedSettings,
    held: Reply | Failure,
    up: ReadonlyMap<SharedRole, string> | Failure,
    signal: AbortSignal,
  ): Promise<OwnNetwork> {
    const { role, device } = settings;
    const { network } = this.#deps;
    const failure = 'ok' in held ? failureOf(held, role) : held;
    if ('code' in up) return { role, device, phase: 'failed', ...(failure ?? up) };
    // Rules that were set stay while the helper is away.
    if (failure?.code === 'NO_ANSWER' && this.#isHeld && up.get(role) === device) {
      return { role, device, phase: 'failed', ...failure };
    }
    const isThere = failure === undefined && up.get(role) === device;
    const isUp = isThere && (await this.#isCurrent(settings, signal));
    if (up.has(role) && !isUp) await network.closeShared(role, signal).catch(() => undefined);
    if (failure !== undefined) return { role, device, phase: 'failed', ...failure };
    const shaped = role === 'crew' && 'shaped' in held ? { shaped: held.shaped } : {};
    if (!isUp) return await this.#open(settings, shaped, signal);
    const reason = this.#noWayOut(shaped.shaped ?? [], device);
    if (reason !== undefined) return { role, device, phase: 'waiting', reason, ...shaped };
    return { role, device, phase: 'open', ...shaped };
  }

  /** Why the crew has no internet, though its network is up. */
  #noWayOut(shaped: readonly Shaped[], device: string): string | undefined {
    const ways = shaped.map((one) => one.device).filter((one) => one !== device);
    const spent = this.#deps.spent();
    if (ways.length === 0 || !ways.every((way) => spent.includes(way))) return undefined;
    return `the data budget of ${ways.join(', ')} is used up`;
  }

  /** Looked at once: one that was left by a box which was killed may have another password. */
  async #isCurrent(settings: SharedSettings, signal: AbortSignal): Promise<boolean> {
    const { role } = settings;
    if (this.#current.has(role)) return true;
    const looked = this.#deps.network.isShared(settings, signal);
    const is = await looked.catch(() => undefined);
    if (is === true) this.#current.add(role);
    return is !== false;
  }

  async #open(
    settings: SharedSettings,
    shaped: Pick<OwnNetwork, 'shaped'>,
    signal: AbortSignal,
  ): Promise<OwnNetwork> {
    const { role, device } = settings;
    const { network, clock, log } = this.#deps;
    const nowMs = clock.monotonicMs();
    const last = this.#retries.get(role);
    if (last !== undefined && nowMs < last.atMs) return last.state;
    try {
      await network.openShared(settings, signal);
      this.#retries.delete(role);
      this.#current.add(role);
      log.info('network open', { for: role, device });
      return { role, device, phase: 'open', ...shaped };
    } catch (error) {
      const isWaiting = error instanceof HalError && error.code === 'GONE';
      if (isWaiting) return { role, device, phase: 'waiting', reason: error.what };
      const state = { role, device, phase: 'failed', ...openingFailure(error) } as const;
      const waitMs = Math.min(RETRY_MAX_MS, last === undefined ? LOOK_EVERY_MS : 2 * last.waitMs);
      this.#retries.set(role, { state, waitMs, atMs: nowMs + waitMs });
      return state;
    }
  }

  async #followPortal(isWanted: boolean): Promise<void> {
    const { clock, log, portal = { address: GUESTS_ADDRESS, port: PORTAL_PORT } } = this.#deps;
    const { guestsPage: pageUrl, hasPortal } = this.#wanted;
    const isOn = isWanted && hasPortal && pageUrl !== undefined;
    if (isOn === (this.#portal !== undefined)) return;
    if (!isOn) {
      await this.#portal?.stop();
      this.#portal = undefined;
      return;
    }
    const over = new AbortController();
    const served = runGuestsPortal({ ...portal, pageUrl, clock, log }, over.signal);
    this.#portal = {
      stop: async () => {
        over.abort();
        await served;
      },
    };
  }

  #report(states: readonly OwnNetwork[]): void {
    const { onChange, log } = this.#deps;
    const text = JSON.stringify(states);
    if (text === this.#reported) return;
    this.#reported = text;
    for (const { role, phase, code, reason } of states) {
      if (phase === 'failed') log.warn('network not open', { for: role, code, reason });
    }
    onChange(states);
  }
}
