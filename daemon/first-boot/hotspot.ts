/** The box's own hotspot: opened where there is no network, with a page that leads into one. */
import { anySignal, Condition, pause } from '../../hal/os/async.ts';
import { HalError } from '../../hal/os/errors.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import type { Network, NetworkState, WifiLogin, WifiNetwork } from '../../hal/wifi/port.ts';
import { isInRoom } from '../model/addresses.ts';
import type { HotspotInfo } from '../model/hotspot.ts';
import { HotspotClients } from './hotspot-clients.ts';
import { type HotspotFacts, type HotspotState, stepHotspot } from './hotspot-step.ts';
import { type JoinFailure, joinFailureOf, notJoined } from './join-failure.ts';
import { keepPortal, type PortalDeps } from './portal-server.ts';
import type { SetUp } from './progress.ts';

/** NetworkManager's own choice for shared networks; dnsmasq-shared.d/venuebox.conf names it too. */
export const HOTSPOT_ADDRESS = '10.42.0.1';
const LOOK_EVERY_MS = 2_500;
/** A box in its network only has to notice that it is gone. */
const IN_NETWORK_MS = 15_000;
/** The page that asked for it shows the hand-over first. */
const HAND_OVER_MS = 4_000;

export interface HotspotDeps extends ClockAndLog {
  readonly network: Network;
  readonly setUp: SetUp;
  /** A network for guests is configured: once set up, the box opens none beside it. */
  readonly hasGuests: () => boolean;
  /** From the checks to the end of a drop. */
  readonly isOnAir: () => boolean;
  /** Modems of the uplink: one may show as Ethernet. */
  readonly modems: () => readonly string[];
  readonly ssid: string;
  readonly password: string;
  /** Its `pageUrl` is read again at each look: settings may move the page. */
  readonly portal: Pick<PortalDeps, 'address' | 'port' | 'pageUrl'>;
  /** Called when it opens or closes, and when a network was not joined. */
  readonly onChange: (hotspot: HotspotInfo | undefined) => void;
  /** The set-up is done: what needs a restart gets it. */
  readonly onFinished: () => void;
  /** Whether the box is started again at once: phones stay on the hotspot meanwhile. */
  readonly isRestarting: () => boolean;
}

export class Hotspot {
  /** Those who use it now. */
  readonly clients: HotspotClients;
  readonly #deps: HotspotDeps;
  readonly #wake = new Condition();
  #state: HotspotState;
  #network: NetworkState | undefined;
  #found: readonly WifiNetwork[] = [];
  #reported = '';
  /** The venue's Wi-Fi that the box is not in, and why. */
  #missed: JoinFailure = {};
  #portal: { readonly stop: () => Promise<void>; readonly pageUrl: string } | undefined;

  constructor(deps: HotspotDeps) {
    this.#deps = deps;
    this.clients = new HotspotClients(deps.portal.address, deps.clock, () => this.isOpen);
    this.#state = { phase: 'waiting', sinceMs: deps.clock.monotonicMs() };
  }

  /** As it was a few seconds ago; undefined where nothing manages networks. */
  get network(): NetworkState | undefined {
    return this.#network;
  }

  get isOpen(): boolean {
    return this.#network?.wifi === 'hotspot';
  }

  async scan(signal: AbortSignal): Promise<readonly WifiNetwork[]> {
    const now = await this.#deps.network.scan(signal).catch(() => []);
    // A card that serves a hotspot often sees nothing but itself.
    if (now.length > 0) this.#found = now;
    return this.#found;
  }

  /** All is answered: into the chosen network, or on with the one that is there. */
  async finish(): Promise<void> {
    await this.#deps.setUp.startJoining();
    this.#wake.notifyAll();
  }

  readonly run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await this.#look(signal);
      } catch (error) {
        if (signal.aborted) break;
        this.#explain(error);
      }
      await this.#followPortal();
      const woken = new AbortController();
      using ends = anySignal(signal, woken.signal);
      const waiting = this.#wake.wait(ends.signal).then(() => woken.abort());
      await pause(this.#deps.clock, this.#lookAfterMs(), ends.signal);
      // Else one more waits after each look.
      woken.abort();
      await waiting;
    }
    await this.#portal?.stop();
    await this.#end();
  };

  #lookAfterMs(): number {
    return this.#state.phase === 'network' ? IN_NETWORK_MS : LOOK_EVERY_MS;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { network, setUp, log } = this.#deps;
    // Before: a machine without NetworkManager is set up over its cable.
    if (setUp.progress.phase === 'joining') return await this.#join(signal);
    this.#network = await network.look(signal);
    const { state, action } = stepHotspot(this.#state, this.#facts(this.#network));
    this.#state = state;
    if (action === 'nothing') return;
    if (action === 'open') await this.#open(signal);
    else {
      log.info('hotspot closed', { ssid: this.#deps.ssid });
      await network.closeHotspot(signal);
    }
    this.#network = await network.look(signal);
  }

  #facts(network: NetworkState): HotspotFacts {
    const { setUp, hasGuests, isOnAir, modems, clock } = this.#deps;
    const { usedMs, hasPage } = this.clients;
    // On a modem, and on a phone that shares its internet, is nobody of the crew.
    const cables = network.cables?.filter((name) => isInRoom(name) && !modems().includes(name));
    const hasCable = cables === undefined ? network.hasCable : cables.length > 0;
    return {
      ...{ ...network, hasCable: hasCable || (setUp.isFinished && hasGuests()) },
      ...{ isFirstBoot: !setUp.isFinished, isOnAir: isOnAir(), usedMs, hasPage },
      nowMs: clock.monotonicMs(),
    };
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { network, setUp, ssid, password, portal, log } = this.#deps;
    const found = await this.scan(signal);
    const { missed } = this.#network ?? {};
    // A set-up knows by itself; later it is a network of an earlier day.
    if (setUp.isFinished) this.#missed = missed === undefined ? {} : joinFailureOf(missed, found);
    await network.openHotspot({ ssid, password, address: portal.address }, signal);
    this.clients.forget();
    log.info('hotspot open', { ssid, address: portal.address });
  }

  /** There is one while the hotspot is up, which leads to where the page is now. */
  async #followPortal(): Promise<void> {
    const { setUp, ssid, clock, log, onChange } = this.#deps;
    const portal = { ...this.#deps.portal };
    const { pageUrl } = portal;
    if (this.#portal?.pageUrl === (this.isOpen ? pageUrl : undefined)) return;
    await this.#closePortal();
    if (!this.isOpen) return;
    const over = new AbortController();
    const deps = { ...portal, hasSeen: this.clients.hasSeen };
    const served = keepPortal(deps, { clock, log }, over.signal);
    const stop = async () => {
      over.abort();
      await served;
    };
    this.#portal = { stop, pageUrl };
    const first = setUp.isFinished ? {} : setUp.missed;
    onChange({ ssid, url: pageUrl, ...first, ...this.#missed });
  }

  async #closePortal(): Promise<void> {
    await this.#portal?.stop();
    if (this.#portal !== undefined) this.#deps.onChange(undefined);
    this.#portal = undefined;
  }

  async #join(signal: AbortSignal): Promise<void> {
    const { network, setUp, clock, log, onFinished } = this.#deps;
    const wifi = setUp.chosenWifi();
    if (!(await pause(clock, HAND_OVER_MS, signal))) return;
    if (wifi !== undefined && !(await this.#tryJoin(wifi, signal))) return;
    const wasFinished = setUp.isFinished;
    await setUp.finish();
    log.info(wasFinished ? 'Wi-Fi joined' : 'set-up finished', { wifi: wifi?.ssid });
    if (wifi !== undefined) this.#network = await network.look(signal);
    await this.#followPortal();
    if (!wasFinished) onFinished();
  }

  async #tryJoin(wifi: WifiLogin, signal: AbortSignal): Promise<boolean> {
    const { network, setUp, log } = this.#deps;
    try {
      log.info('joining the Wi-Fi', { ssid: wifi.ssid });
      // Before the card is moved: one that serves a hotspot has seen it earlier.
      const found = await this.scan(signal);
      const isHidden = !found.some(({ ssid }) => ssid === wifi.ssid);
      await this.#closePortal();
      await network.join({ ...wifi, isHidden }, signal);
      this.#missed = {};
      return true;
    } catch (error) {
      signal.throwIfAborted();
      log.warn('Wi-Fi not joined', { ssid: wifi.ssid, reason: messageOf(error) });
      const missed = notJoined(wifi.ssid, error);
      await setUp.reopen(missed);
      // NetworkManager goes back to the one before by itself.
      const hasOther = this.#network?.wifi === 'connected';
      if (!hasOther) await this.#open(signal);
      this.#missed = missed;
      this.#network = await network.look(signal);
      return false;
    }
  }

  /** Once: a machine without NetworkManager has none tomorrow either. */
  #explain(error: unknown): void {
    const isNone = error instanceof HalError && error.code === 'NOT_FOUND';
    // What is only slow to answer has not changed.
    if (isNone) this.#network = undefined;
    const reason = messageOf(error);
    if (reason === this.#reported) return;
    this.#reported = reason;
    if (isNone) this.#deps.log.info('no hotspot: NetworkManager does not run', { reason });
    else this.#deps.log.warn('hotspot failed', { reason });
  }

  /** A box that is stopped takes it along; one that restarts finds it again. */
  async #end(): Promise<void> {
    if (!this.isOpen || this.#deps.isRestarting()) return;
    const untilAnswer = new AbortController().signal;
    await this.#deps.network.closeHotspot(untilAnswer).catch(() => undefined);
  }
}
