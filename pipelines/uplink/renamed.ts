/** Follows the network interfaces of links that get another name: renamed, or plugged in again. */
import { readdir, readFile, realpath } from 'node:fs/promises';
import type { WantedLink } from './links.ts';

/** What an interface is, whatever it is called. */
export interface InterfaceId {
  /** The kernel's number: it stays over a new name, and a replug gives another one. */
  readonly index: number;
  /** The USB or PCI function: it stays over a replug into the same socket. */
  readonly place?: string;
  /** Its own, not one that was made up. Modems of one kind may all have the same. */
  readonly mac?: string;
}

export type Interfaces = ReadonlyMap<string, InterfaceId>;

export async function readInterfaces(sys = '/sys'): Promise<Interfaces> {
  const names = await readdir(`${sys}/class/net`).catch((): string[] => []);
  const found = names.map(async (name) => {
    const folder = `${sys}/class/net/${name}`;
    const read = async (file: string) =>
      (await readFile(`${folder}/${file}`, 'utf8').catch(() => '')).trim();
    const [index, mac, isMadeUp] = [
      await read('ifindex'),
      await read('address'),
      (await read('addr_assign_type')) !== '0',
    ];
    const place = await realpath(`${folder}/device`).catch(() => undefined);
    const isMac = !isMadeUp && /^[\da-f:]{17}$/.test(mac) && !/^[0:]+$/.test(mac);
    const id = { index: Number(index), ...(place && { place }), ...(isMac && { mac }) };
    return [name, id] as const;
  });
  return new Map(await Promise.all(found));
}

/** What stays over a restart of the machine, by the interface's name in the config. */
export type KnownInterfaces = Readonly<
  Record<string, { readonly place?: string | undefined; readonly mac?: string | undefined }>
>;

/** The kernel numbers from 1. */
const NO_INDEX = 0;

/** The name of no interface. */
const MISSING = '';

/** Remembers what the configured interfaces are, and what they are called now. Pure. */
export class FollowedInterfaces {
  readonly #known: Map<string, InterfaceId>;

  /** @param known From before, on the disk. */
  constructor(known: KnownInterfaces = {}) {
    this.#known = new Map(
      Object.entries(known).map(([device, { place, mac }]) => [
        device,
        { index: NO_INDEX, ...(place && { place }), ...(mac && { mac }) },
      ]),
    );
  }

  known(): KnownInterfaces {
    const all = [...this.#known].map(([device, { index: _, ...id }]) => [device, id] as const);
    return Object.fromEntries(all);
  }

  /** The links with the present names of their interfaces. */
  follow(wanted: readonly WantedLink[], now: Interfaces): readonly WantedLink[] {
    const devices = [...new Set(wanted.flatMap(({ device }) => device ?? []))];
    const names = this.#match(devices, now);
    // A name is what it says, unless another link's interface has it now.
    for (const device of devices) {
      const isTaken = [...names.values()].includes(device);
      if (!names.has(device)) names.set(device, isTaken ? MISSING : device);
    }
    for (const [device, name] of names) {
      const id = now.get(name);
      if (id !== undefined) this.#known.set(device, id);
    }
    return wanted.map((link) => {
      const { device } = link;
      return device === undefined ? link : { ...link, device: names.get(device) ?? device };
    });
  }

  /** The surest first, each interface once. */
  #match(devices: readonly string[], now: Interfaces): Map<string, string> {
    const pairs = devices.flatMap((device) => {
      const known = this.#known.get(device);
      if (known === undefined) return [];
      return [...now].map(([name, id]) => {
        const score = likeness(known, id, now) + (name === device ? 0.5 : 0);
        return { device, name, score };
      });
    });
    const names = new Map<string, string>();
    const taken = new Set<string>();
    const likely = pairs.filter(({ score }) => score >= 1);
    for (const { device, name } of likely.toSorted((a, b) => b.score - a.score)) {
      if (names.has(device) || taken.has(name)) continue;
      names.set(device, name);
      taken.add(name);
    }
    return names;
  }
}

/** 0: another interface. */
function likeness(known: InterfaceId, id: InterfaceId, now: Interfaces): number {
  if (known.index === id.index) return 8;
  if (known.place !== undefined && known.place === id.place) return 4;
  const isSame = known.mac !== undefined && known.mac === id.mac;
  const isOnly = [...now.values()].filter(({ mac }) => mac === id.mac).length === 1;
  return isSame && isOnly ? 2 : 0;
}
