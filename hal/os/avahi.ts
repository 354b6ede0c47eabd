/** Services announced by mDNS (RFC 6762, 6763), through avahi-daemon on D-Bus. */
import { readFileSync } from 'node:fs';
import { anySignal, Condition } from './async.ts';
import type { Clock } from './clock.ts';
import { type Dbus, dbusErrorName, openDbus } from './dbus.ts';
import { HalError } from './errors.ts';

export interface MdnsService {
  /** For example `_http._tcp`. */
  readonly type: string;
  readonly port: number;
  /** Key and value, at most 255 bytes together (RFC 6763, 6.1). */
  readonly txt: Readonly<Record<string, string>>;
}

export interface Announcement {
  /** Replaces the TXT records of one service. */
  update(service: MdnsService): Promise<void>;
  /**
   * Makes a name one of this machine, beside its own, on one interface, with these of its
   * addresses in place of those before: nothing of it is told elsewhere, or changes there. Resolves
   * with it: `corner.local`, or with a number where another has that name.
   */
  host(name: string, device: string, addresses: readonly string[]): Promise<string>;
  /** That name was taken by another meanwhile, or avahi failed. */
  hasLost(name: string, device: string): Promise<boolean>;
  /** What it is called on the network: `name`, or with a number where another has that name. */
  readonly name: string;
}

const AVAHI = 'org.freedesktop.Avahi';
const SERVER = { destination: AVAHI, path: '/', interface: `${AVAHI}.Server` };
/** All interfaces, and both protocols: AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC. */
const EVERYWHERE = [-1, -1] as const;
const NO_FLAGS = 0;
/** AVAHI_PUBLISH_NO_REVERSE: an address leads back to the machine's own name. */
const NO_REVERSE = 16;
/** AvahiEntryGroupState. */
const UNCOMMITTED = 0;
const ESTABLISHED = 2;
const COLLISION = 3;
/** So many names are tried: `box`, `box #2`, … */
const MAX_NAMES = 20;
/** avahi refuses more than 32 records of one group (`entries-per-entry-group-max`). */
const MAX_ADDRESSES = 30;
/** A label of DNS. */
const MAX_NAME_BYTES = 63;

/**
 * Announces `services` under `name` and calls `work`; they are gone when it ends, when
 * `signal` aborts, or with this process. Rejects with `HalError`: NOT_FOUND where no avahi
 * runs, GONE when it ends or the bus does.
 *
 * @param address Of another bus than the system's, for tests.
 */
export async function announce(
  name: string,
  services: readonly MdnsService[],
  clock: Clock,
  work: (announcement: Announcement, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
  address?: string,
): Promise<void> {
  await using bus = await openDbus(clock, signal, address);
  const away = new AbortController();
  using ends = anySignal(signal, bus.lost, away.signal);
  const changed = new Condition();
  const onSignal = (isOwned: boolean) => {
    if (!isOwned) away.abort(new HalError('GONE', 'avahi-daemon has ended'));
    changed.notifyAll();
  };
  await bus.watch(AVAHI, onSignal, ends.signal);
  const openGroup = async () => {
    const [path] = await bus.call({ ...SERVER, member: 'EntryGroupNew' }, ends.signal);
    return new EntryGroup(bus, String(path), changed, ends.signal);
  };
  const group = await openGroup();
  const as = await group.announce(shortened(name), services);
  const update = (service: MdnsService) => group.update(as, service);
  const hosts = new Map<string, EntryGroup>();
  const host: Announcement['host'] = async (of, device, addresses) => {
    const own = hosts.get(`${of} ${device}`) ?? (await openGroup());
    hosts.set(`${of} ${device}`, own);
    return await own.host(of, device, addresses);
  };
  const hasLost: Announcement['hasLost'] = async (of, device) =>
    (await hosts.get(`${of} ${device}`)?.hasLost()) ?? false;
  if (!ends.signal.aborted) await work({ update, host, hasLost, name: as }, ends.signal);
  if (!signal.aborted) ends.signal.throwIfAborted();
}

/** Services that avahi announces together, as its D-Bus interface has it. */
class EntryGroup {
  readonly #bus: Dbus;
  readonly #path: string;
  readonly #changed: Condition;
  readonly #ends: AbortSignal;

  constructor(bus: Dbus, path: string, changed: Condition, ends: AbortSignal) {
    this.#bus = bus;
    this.#path = path;
    this.#changed = changed;
    this.#ends = ends;
  }

  async announce(name: string, services: readonly MdnsService[]): Promise<string> {
    const add = async (as: string) => {
      for (const { type, port, txt } of services) {
        const service = [...EVERYWHERE, NO_FLAGS, as, type, '', '', port, txtRecords(txt)];
        await this.#call('AddService', 'iiussssqaay', service);
      }
    };
    return await this.#addAs(name, add, 'GetAlternativeServiceName');
  }

  async hasLost(): Promise<boolean> {
    return (await this.#state()) > ESTABLISHED;
  }

  async host(name: string, device: string, addresses: readonly string[]): Promise<string> {
    const [machine] = await this.#bus.call({ ...SERVER, member: 'GetHostName' }, this.#ends);
    if (machine === name || addresses.length === 0) {
      await this.#call('Reset');
      return `${name}.local`;
    }
    const [, protocol] = EVERYWHERE;
    const index = indexOf(device);
    const add = async (as: string) => {
      for (const address of addresses.slice(0, MAX_ADDRESSES)) {
        const record = [index, protocol, NO_REVERSE, `${as}.local`, address];
        await this.#call('AddAddress', 'iiuss', record);
      }
    };
    return `${await this.#addAs(name, add, 'GetAlternativeHostName')}.local`;
  }

  /** Returns the name that was free. Rejects with `HalError` when none was. */
  async #addAs(
    name: string,
    add: (as: string) => Promise<void>,
    member: 'GetAlternativeServiceName' | 'GetAlternativeHostName',
  ): Promise<string> {
    let as = name;
    for (let i = 0; i < MAX_NAMES; i += 1) {
      const state = await this.#add(() => add(as));
      if (state === ESTABLISHED || this.#ends.aborted) return as;
      if (state !== COLLISION) break;
      const call = { ...SERVER, member, signature: 's', body: [as] };
      as = String((await this.#bus.call(call, this.#ends))[0]);
    }
    throw new HalError('IO', `avahi does not announce ${name}`);
  }

  async update(as: string, { type, txt }: MdnsService): Promise<void> {
    const service = [...EVERYWHERE, NO_FLAGS, as, type, '', txtRecords(txt)];
    await this.#call('UpdateServiceTxt', 'iiusssaay', service);
  }

  async #add(add: () => Promise<void>): Promise<number> {
    await this.#call('Reset');
    try {
      await add();
      await this.#call('Commit');
    } catch (error) {
      // Another program of this machine has the name.
      if (isCollision(error)) return COLLISION;
      throw error;
    }
    // Registering takes a second of probes (RFC 6762, 8.1).
    while (!this.#ends.aborted) {
      const change = this.#changed.wait(this.#ends);
      const state = await this.#state();
      if (state >= ESTABLISHED) return state;
      await change;
    }
    return UNCOMMITTED;
  }

  async #state(): Promise<number> {
    return Number((await this.#call('GetState'))[0]);
  }

  #call(member: string, signature = '', body: readonly unknown[] = []) {
    const object = { destination: AVAHI, path: this.#path, interface: `${AVAHI}.EntryGroup` };
    return this.#bus.call({ ...object, member, signature, body }, this.#ends);
  }
}

/** Of avahi's and the kernel's; an interface that has gone meanwhile has none. */
function indexOf(device: string): number {
  try {
    return Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'));
  } catch (cause) {
    throw new HalError('GONE', `${device} is gone`, { cause });
  }
}

function isCollision(error: unknown): boolean {
  const { cause } = error instanceof HalError ? error : { cause: undefined };
  return dbusErrorName(cause) === `${AVAHI}.CollisionError`;
}

function txtRecords(txt: Readonly<Record<string, string>>): readonly Buffer[] {
  return Object.entries(txt).map(([key, value]) => Buffer.from(`${key}=${value}`).subarray(0, 255));
}

/** Cut to what a label holds, never inside a character. */
function shortened(name: string): string {
  let text = '';
  for (const character of name) {
    if (Buffer.byteLength(text + character) > MAX_NAME_BYTES) break;
    text += character;
  }
  return text;
}
