/** The connection to the system's message bus, D-Bus. */

import type { Socket } from 'node:net';
import dbus from '@particle/dbus-next';
import { anySignal, type TimeLimit, withTimeout } from './async.ts';
import type { Clock } from './clock.ts';
import { HalError } from './errors.ts';

/** One object's method. */
export interface DbusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Of `body`, in D-Bus's letters. */
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/**
 * A message bus: ModemManager, NetworkManager and logind are behind it. Values
 * come as plain data: variants are unwrapped, 64-bit numbers are bigint.
 */
export interface Dbus extends AsyncDisposable {
  /** Rejects with `HalError`: NOT_FOUND where the name has no owner, TIMEOUT, GONE with the bus. */
  call(call: DbusCall, signal: AbortSignal, timeoutMs?: number): Promise<readonly unknown[]>;
  /**
   * Calls back for each signal of `sender`, and when that name changes its owner:
   * `isOwned` is false when it has none any more, which a crash looks like.
   */
  watch(sender: string, onSignal: (isOwned: boolean) => void, signal: AbortSignal): Promise<void>;
  /** Aborts when the bus is lost. */
  readonly lost: AbortSignal;
}

const SYSTEM_BUS = 'unix:path=/run/dbus/system_bus_socket';
const CALL_TIMEOUT_MS = 5000;
const CONNECT_TIMEOUT_MS = 3000;
const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

/** D-Bus error names by what a caller can do. */
const NAME_UNOWNED: ReadonlySet<string> = new Set([
  'org.freedesktop.DBus.Error.ServiceUnknown',
  'org.freedesktop.DBus.Error.NameHasNoOwner',
  'org.freedesktop.DBus.Error.UnknownObject',
  'org.freedesktop.DBus.Error.UnknownMethod',
]);

/** Connects to the system bus, or to `address`. Rejects with `HalError`. */
export async function openDbus(
  clock: Clock,
  signal: AbortSignal,
  address: string = SYSTEM_BUS,
): Promise<Dbus> {
  const lost = new AbortController();
  let bus: dbus.MessageBus;
  try {
    // `systemBus` takes no address; this is the same client.
    bus = dbus.sessionBus({ busAddress: address });
  } catch (error) {
    throw new HalError('NOT_FOUND', 'D-Bus: no system bus', { cause: error });
  }
  const lose = (error: unknown) =>
    lost.abort(new HalError('GONE', 'D-Bus: lost', { cause: error }));
  bus.on('error', lose);
  // dbus-next reports errors, but not of a bus that ends in an orderly way.
  streamOf(bus)?.on('close', () => lose(new Error('the bus closed the connection')));

  const call: Dbus['call'] = async (what, stop, timeoutMs = CALL_TIMEOUT_MS) => {
    const { signature = '', body = [] } = what;
    const message = new dbus.Message({ ...what, signature, body: [...body] });
    const reply = bus.call(message).catch((error: unknown) => {
      throw failureOf(error, what);
    });
    using ends = anySignal(stop, lost.signal);
    const limit = timeLimit(`${what.interface}.${what.member}`, timeoutMs, clock, ends.signal);
    const answer = await withTimeout(() => reply, limit);
    return (answer?.body ?? []).map(plain);
  };
  const watch: Dbus['watch'] = (...args) => watchSender(bus, call, ...args);
  const close = async () => {
    if (!lost.signal.aborted) lost.abort(new HalError('GONE', 'D-Bus: closed'));
    closeBus(bus);
  };
  try {
    const greet = (stop: AbortSignal) => call({ ...BUS, member: 'GetId' }, stop);
    await withTimeout(greet, timeLimit('D-Bus', CONNECT_TIMEOUT_MS, clock, signal));
  } catch (error) {
    await close();
    throw error;
  }
  return { call, watch, lost: lost.signal, [Symbol.asyncDispose]: close };
}

async function watchSender(
  bus: dbus.MessageBus,
  call: Dbus['call'],
  sender: string,
  onSignal: (isOwned: boolean) => void,
  stop: AbortSignal,
): Promise<void> {
  const owners = new Set<string>();
  const learn = async () => {
    const [owner] = await call(
      { ...BUS, member: 'GetNameOwner', signature: 's', body: [sender] },
      stop,
    );
    if (typeof owner === 'string') owners.add(owner);
  };
  bus.on('message', (message: dbus.Message) => {
    if (stop.aborted) return;
    if (message.member === 'NameOwnerChanged' && message.body[0] === sender) {
      const owner: unknown = message.body[2];
      const isOwned = typeof owner === 'string' && owner !== '';
      if (isOwned) owners.add(owner);
      onSignal(isOwned);
    } else if (message.sender !== undefined && owners.has(message.sender)) {
      onSignal(true);
    }
  });
  const match = (rule: string) =>
    call({ ...BUS, member: 'AddMatch', signature: 's', body: [rule] }, stop);
  await match(`type='signal',sender='${sender}'`);
  await match(
    `type='signal',sender='${BUS.destination}',member='NameOwnerChanged',arg0='${sender}'`,
  );
  // It may have no owner yet: then its first owner is reported.
  await learn().catch(() => undefined);
}

function timeLimit(what: string, timeoutMs: number, clock: Clock, signal: AbortSignal): TimeLimit {
  const timeoutError = () => new HalError('TIMEOUT', `${what}: no answer in ${timeoutMs} ms`);
  return { clock, timeoutMs, timeoutError, signal };
}

function failureOf(error: unknown, { interface: name, member }: DbusCall): HalError {
  const type = dbusErrorName(error);
  const code = NAME_UNOWNED.has(type) ? 'NOT_FOUND' : 'IO';
  return new HalError(code, `${name}.${member} failed`, { cause: error });
}

/** Such as `org.freedesktop.DBus.Error.ServiceUnknown`; empty for what is no answer of D-Bus. */
export function dbusErrorName(error: unknown): string {
  return error instanceof dbus.DBusError ? error.type : '';
}

/** A value with its type, where a method takes a dictionary of anything (`a{sv}`). */
export function variant(signature: string, value: unknown): unknown {
  return new dbus.Variant(signature, value);
}

/** Variants unwrapped, through arrays and dictionaries. */
function plain(value: unknown): unknown {
  if (value instanceof dbus.Variant) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** The socket below a bus: no part of dbus-next's types. */
/**
 * `disconnect` only ends this half: a bus that hangs would keep the socket open for ever, and
 * dbus-next throws, where nobody can catch it, when it answers what still comes in.
 */
export function closeBus(bus: dbus.MessageBus): void {
  bus.disconnect();
  streamOf(bus)?.destroy();
}

function streamOf(bus: dbus.MessageBus): Socket | undefined {
  const inner = bus as unknown as { _connection?: { stream?: Socket } };
  return inner._connection?.stream;
}
