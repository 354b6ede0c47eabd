/** Networks through NetworkManager's D-Bus interface. */
import { pause } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { openDbus, variant } from '../os/dbus.ts';
import { HalError } from '../os/errors.ts';
import {
  type AccessPoint,
  keyManagementOf,
  networksOf,
  quietChannel,
  ssidOf,
} from './access-points.ts';
import { activate, deactivate, openOwn, untilActive } from './activation.ts';
import { type Device, isEthernet, NmObjects, ROOT } from './nm-objects.ts';
import type {
  HotspotSettings,
  Network,
  NetworkState,
  SharedRole,
  SharedSettings,
  WifiLogin,
  WifiNetwork,
} from './port.ts';
import { HOTSPOT_UUID, hotspotProfile, venueProfile } from './profiles.ts';
import { forget, savedNetworks } from './saved.ts';
import { closeShared, isShared, openShared, sharedDevices } from './shared.ts';

/** NMDeviceType, NMDeviceState. */
const WIFI = 2;
const UNAVAILABLE = 20;
const DISCONNECTED = 30;
const ACTIVATED = 100;

const POLL_MS = 500;
/** A card takes some seconds from channel to channel. */
const SCAN_MS = 6_000;
const HOTSPOT_MS = 30_000;
/** With a router that is slow to give out addresses. */
const JOIN_MS = 60_000;

/** @param address Of another bus than the system's, for tests. */
export function openNetworkManager(clock: Clock, address?: string): Network {
  const onBus = async <T>(signal: AbortSignal, work: (nm: Manager) => Promise<T>): Promise<T> => {
    await using bus = await openDbus(clock, signal, address);
    return await work(new Manager(new NmObjects(bus, signal), clock));
  };
  return {
    look: (signal) => onBus(signal, (nm) => nm.look()),
    scan: (signal) => onBus(signal, (nm) => nm.scan()),
    openHotspot: (settings, signal) => onBus(signal, (nm) => nm.openHotspot(settings)),
    closeHotspot: (signal) => onBus(signal, (nm) => nm.closeHotspot()),
    join: (login, signal) => onBus(signal, (nm) => nm.join(login)),
    shared: (signal) => onBus(signal, (nm) => nm.shared()),
    isShared: (settings, signal) => onBus(signal, (nm) => nm.isShared(settings)),
    openShared: (settings, signal) => onBus(signal, (nm) => nm.openShared(settings)),
    closeShared: (role, signal) => onBus(signal, (nm) => nm.closeShared(role)),
  };
}

/** Why, as far as it shows: NetworkManager itself gives up on a password, and waits for an address. */
function notJoined({ ssid, password }: WifiLogin, isInReach: boolean, cause: unknown): unknown {
  if (!(cause instanceof HalError)) return cause;
  if (!isInReach) return new HalError('GONE', `${ssid}: not in reach`, { cause });
  if (cause.code !== 'IO' || password === '') return cause;
  return new HalError('NOT_PERMITTED', `${ssid}: not connected, by its password`, { cause });
}

/** A port without a cable is unavailable. */
function isWithoutAddress({ State }: Device): boolean {
  const state = Number(State ?? 0);
  return state > UNAVAILABLE && state !== ACTIVATED;
}

/** Beyond `ACTIVATED` it is leaving a network, or has failed to join one. */
function readiness({ State }: Device): number {
  const state = Number(State ?? 0);
  return state > ACTIVATED ? DISCONNECTED : state;
}

/** One connection to the bus. */
class Manager {
  readonly #nm: NmObjects;
  readonly #clock: Clock;

  constructor(nm: NmObjects, clock: Clock) {
    this.#nm = nm;
    this.#clock = clock;
  }

  async look(): Promise<NetworkState> {
    const devices = await this.#outward();
    const namesOf = (are: (port: Device) => boolean) =>
      devices
        .filter((one) => isEthernet(one) && are(one))
        .map(({ Interface }) => String(Interface));
    const cables = namesOf((one) => one['State'] === ACTIVATED);
    const muteCables = namesOf(isWithoutAddress);
    const cable = {
      ...(cables.length === 0 ? { hasCable: false } : { hasCable: true, cables }),
      ...(muteCables.length === 0 ? {} : { muteCables }),
    };
    const card = await this.#best(devices);
    const phase = await this.#phaseOf(card);
    // What else is saved matters to a box that is in none.
    if (phase.wifi === 'connected') return { ...cable, knowsWifi: true, ...phase };
    const saved = (await savedNetworks(this.#nm)).filter(({ isAutomatic }) => isAutomatic);
    const missed = saved.find(({ ssid }) => ssid !== undefined)?.ssid;
    const known = { knowsWifi: saved.length > 0, ...(missed === undefined ? {} : { missed }) };
    return { ...cable, ...known, ...phase };
  }

  async #phaseOf(card: Device | undefined): Promise<Pick<NetworkState, 'wifi' | 'ssid'>> {
    const state = Number(card?.['State'] ?? 0);
    // Unavailable is also a card that is switched off, which a hotspot switches on.
    if (card === undefined || state < UNAVAILABLE) return { wifi: 'absent' };
    if (state <= DISCONNECTED || state > ACTIVATED) return { wifi: 'off' };
    if (state < ACTIVATED) return { wifi: 'connecting' };
    const active = await this.#nm.activeOf(card);
    if (active?.['Uuid'] === HOTSPOT_UUID) return { wifi: 'hotspot' };
    const ssid = await this.#nameOf(card);
    return { wifi: 'connected', ...(ssid === undefined ? {} : { ssid }) };
  }

  async scan(): Promise<readonly WifiNetwork[]> {
    const card = await this.#card();
    const scannedAt = async () =>
      (await this.#nm.properties(card.path, '.Device.Wireless'))['LastScan'];
    const before = await scannedAt();
    const isAsked = await this.#nm
      .call(card.path, '.Device.Wireless', 'RequestScan', 'a{sv}', [{}])
      .then(() => true)
      // A card that serves a hotspot may refuse: what it saw before is still there.
      .catch(() => false);
    const endMs = this.#clock.monotonicMs() + SCAN_MS;
    while (isAsked && this.#clock.monotonicMs() < endMs && (await scannedAt()) === before) {
      if (!(await pause(this.#clock, POLL_MS, this.#nm.signal))) break;
    }
    const isHotspot = (await this.#nm.activeOf(card))?.['Uuid'] === HOTSPOT_UUID;
    const own = isHotspot ? await this.#nameOf(card) : undefined;
    return networksOf(await this.#nm.accessPoints(card), own ?? '');
  }

  async openHotspot(settings: HotspotSettings): Promise<void> {
    // A new Raspberry Pi OS has Wi-Fi off.
    await this.#nm.set(ROOT, '', 'WirelessEnabled', variant('b', true)).catch(() => undefined);
    const card = await this.#card();
    const profile = hotspotProfile(settings, quietChannel(await this.#nm.accessPoints(card)));
    const own = { uuid: HOTSPOT_UUID, profile, what: 'the hotspot' };
    await openOwn(this.#nm, card, own, { clock: this.#clock, timeoutMs: HOTSPOT_MS });
  }

  async closeHotspot(): Promise<void> {
    for (const card of await this.#nm.devices()) {
      const active = await this.#nm.activeOf(card);
      if (active?.['Uuid'] !== HOTSPOT_UUID) continue;
      await deactivate(this.#nm, card['ActiveConnection'], this.#clock);
    }
  }

  async join(login: WifiLogin): Promise<void> {
    const card = await this.#card();
    const points = await this.#nm.accessPoints(card);
    const isWanted = ({ Ssid }: AccessPoint) => ssidOf(Ssid) === login.ssid;
    const point = points.find(isWanted);
    const profile = venueProfile(login, keyManagementOf(point ?? {}));
    const saved = await savedNetworks(this.#nm);
    const active = await activate(this.#nm, card, profile, 'disk');
    const { Connection: own } = await this.#nm.properties(active, '.Connection.Active');
    try {
      const limit = { clock: this.#clock, timeoutMs: JOIN_MS };
      await untilActive(this.#nm, active, login.ssid, limit);
    } catch (error) {
      await forget(this.#nm, String(own));
      this.#nm.signal.throwIfAborted();
      // Only now: a card that served a hotspot saw nobody else.
      const seen = await this.#nm.accessPoints(card).catch(() => []);
      throw notJoined(login, seen.some(isWanted), error);
    }
    // Of an earlier day, with another password.
    for (const { ssid, path } of saved) if (ssid === login.ssid) await forget(this.#nm, path);
  }

  async shared(): Promise<ReadonlyMap<SharedRole, string>> {
    const found = await sharedDevices(this.#nm, await this.#nm.devices());
    return new Map([...found].map(([{ Interface }, role]) => [role, String(Interface)]));
  }

  async isShared(settings: SharedSettings): Promise<boolean> {
    return await isShared(this.#nm, settings);
  }

  async openShared(settings: SharedSettings): Promise<void> {
    await this.#nm.set(ROOT, '', 'WirelessEnabled', variant('b', true)).catch(() => undefined);
    await openShared(this.#nm, settings, this.#clock);
  }

  async closeShared(role: SharedRole): Promise<void> {
    await closeShared(this.#nm, role, this.#clock);
  }

  /** Devices that the box may reach others by: not those on which it serves guests and crew. */
  async #outward(): Promise<readonly Device[]> {
    const devices = await this.#nm.devices();
    const own = await sharedDevices(this.#nm, devices);
    return devices.filter((one) => !own.has(one));
  }

  async #card(): Promise<Device> {
    const found = await this.#best(await this.#outward());
    if (found === undefined) throw new HalError('NOT_FOUND', 'this machine has no Wi-Fi');
    return found;
  }

  /** The Wi-Fi card that serves the hotspot, else the one that is in a network, else the readiest. */
  async #best(devices: readonly Device[]): Promise<Device | undefined> {
    const cards = devices.filter(({ DeviceType }) => DeviceType === WIFI);
    for (const card of cards) {
      if ((await this.#nm.activeOf(card))?.['Uuid'] === HOTSPOT_UUID) return card;
    }
    return cards.toSorted((a, b) => readiness(b) - readiness(a))[0];
  }

  /** Of the network that a card is on, or serves. */
  async #nameOf(card: Device): Promise<string | undefined> {
    const all = await this.#nm.propertiesOrNone(card.path, '.Device.Wireless');
    const path = String(all['ActiveAccessPoint'] ?? '/');
    return ssidOf((await this.#nm.propertiesOrNone(path, '.AccessPoint'))['Ssid']);
  }
}
