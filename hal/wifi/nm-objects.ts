/** NetworkManager's objects on one connection to the bus: calls and properties. */
import type { Dbus } from '../os/dbus.ts';

const NM = 'org.freedesktop.NetworkManager';
export const ROOT = '/org/freedesktop/NetworkManager';
const PROPERTIES = 'org.freedesktop.DBus.Properties';

export type Properties = Readonly<Record<string, unknown>>;

export interface Device extends Properties {
  readonly path: string;
}

export class NmObjects {
  readonly #bus: Dbus;
  readonly signal: AbortSignal;

  constructor(bus: Dbus, signal: AbortSignal) {
    this.#bus = bus;
    this.signal = signal;
  }

  /** @param path An object, and @param of one of its interfaces, without the name they all begin with. */
  call(
    path: string,
    of: string,
    member: string,
    signature = '',
    body: readonly unknown[] = [],
    signal = this.signal,
  ): Promise<readonly unknown[]> {
    const call = { destination: NM, path, interface: `${NM}${of}`, member, signature, body };
    return this.#bus.call(call, signal);
  }

  async properties(path: string, of: string): Promise<Properties> {
    const body = [`${NM}${of}`];
    const call = { destination: NM, path, interface: PROPERTIES, member: 'GetAll' };
    return ((await this.#bus.call({ ...call, signature: 's', body }, this.signal))[0] ??
      {}) as Properties;
  }

  /** What went away meanwhile has none. */
  async propertiesOrNone(path: string, of: string): Promise<Properties> {
    return await this.properties(path, of).catch(() => {
      this.signal.throwIfAborted();
      return {};
    });
  }

  async set(path: string, of: string, name: string, value: unknown): Promise<void> {
    const call = { destination: NM, path, interface: PROPERTIES, member: 'Set' };
    const body = [`${NM}${of}`, name, value];
    await this.#bus.call({ ...call, signature: 'ssv', body }, this.signal);
  }

  async devices(): Promise<readonly Device[]> {
    const [paths] = await this.call(ROOT, '', 'GetDevices');
    return await Promise.all(
      textsOf(paths).map(async (path) => ({
        ...(await this.propertiesOrNone(path, '.Device')),
        path,
      })),
    );
  }

  /** What a Wi-Fi card has heard. */
  async accessPoints(card: Device): Promise<readonly Properties[]> {
    const { AccessPoints } = await this.properties(card.path, '.Device.Wireless');
    return await Promise.all(
      textsOf(AccessPoints).map((path) => this.propertiesOrNone(path, '.AccessPoint')),
    );
  }

  async activeOf(device: Device): Promise<Properties | undefined> {
    const path = String(device['ActiveConnection'] ?? '/');
    return path === '/' ? undefined : await this.propertiesOrNone(path, '.Connection.Active');
  }
}

/** NMDeviceType: Ethernet, and the port of a container. */
const ETHERNET: readonly unknown[] = [1, 20];

export function isEthernet({ DeviceType }: Device): boolean {
  return ETHERNET.includes(DeviceType);
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
