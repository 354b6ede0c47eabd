/** Tests of ModemManager over D-Bus. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dbus from '@particle/dbus-next';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openModemManager } from '../../../hal/modem/modem-manager.ts';
import { NM, readNmDevices } from '../../../hal/modem/nm-state.ts';
import type { ModemsState } from '../../../hal/modem/port.ts';
import { unlessAborted } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { closeBus, openDbus } from '../../../hal/os/dbus.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { messageOf, silentLog } from '../../../hal/os/log.ts';
import { startBus } from '../../support/dbus/private-bus.ts';
import { errorReply, startFakeManager } from '../../support/modem/modem-manager.ts';

const test = suite('ModemManager over D-Bus');
const os = { clock: systemClock, log: silentLog };
/** Of the driver. */
const POLL_MS = 5_000;
const never = new AbortController().signal;

/** The next state that fits, however slow the machine is. */
async function nextWhere(
  states: AsyncIterator<ModemsState>,
  what: string,
  fits: (state: ModemsState) => boolean,
) {
  const limit = AbortSignal.timeout(60_000);
  try {
    for (;;) {
      const { value, done } = await unlessAborted(states.next(), limit);
      if (done === true) throw new Error('they have ended');
      if (fits(value)) return value;
    }
  } catch (cause) {
    throw new Error(`no state with ${what}`, { cause });
  }
}

const isKnown = (registration: string) => (state: ModemsState) =>
  state.phase === 'known' && state.modems[0]?.registration === registration;
const isAway = (state: ModemsState) => state.phase === 'away';

test('states follow signals, a restart of ModemManager and one of the bus', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bus-'));
  let bus = await startBus(folder);
  const { address } = bus;
  const stop = new AbortController();
  // What is polled is not read again within this test: a signal says it.
  const sleep = (ms: number, signal?: AbortSignal) =>
    systemClock.sleep(ms === POLL_MS ? 3_600_000 : ms, signal);
  const modems = openModemManager({ ...os, clock: { ...systemClock, sleep } }, address);
  const states = modems.changes(stop.signal)[Symbol.asyncIterator]();
  await nextWhere(states, 'no ModemManager', isAway);

  let manager = await startFakeManager(address, 8);
  await nextWhere(states, 'a registered modem', isKnown('registered'));
  manager.change(11);
  await nextWhere(states, 'the change by signal', isKnown('connected'));

  manager.stop();
  const away = await nextWhere(states, 'ModemManager away', isAway);
  assert.match(away.phase === 'away' ? away.reason : '', 'ModemManager has ended');
  manager = await startFakeManager(address, 8);
  await nextWhere(states, 'ModemManager back', isKnown('registered'));

  await bus.stop();
  await nextWhere(states, 'the bus away', isAway);
  bus = await startBus(folder);
  manager = await startFakeManager(address, 11);
  await nextWhere(states, 'the bus back', isKnown('connected'));

  const last = states.next();
  stop.abort();
  assert.is((await last).done, true);
  manager.stop();
  await bus.stop();
});

test('actions call ModemManager; what it cannot do and whom it does not know are refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bus-'));
  const bus = await startBus(folder);
  const manager = await startFakeManager(bus.address, 8);
  const modems = openModemManager(os, bus.address);
  await modems.act('867530900000017', 'reconnect', never);
  await modems.act('867530900000017', 'reset', never);
  const acted = manager.calls.filter((call) => call !== 'GetManagedObjects');
  assert.equal(acted, ['Enable false', 'Enable true', 'Reset']);
  const codeOf = (work: Promise<void>) =>
    work.catch((error: unknown) => (error instanceof HalError ? error.code : error));
  assert.is(await codeOf(modems.act('867530900000017', 'power', never)), 'UNSUPPORTED');
  assert.is(await codeOf(modems.act('missing', 'reset', never)), 'NOT_FOUND');
  manager.stop();
  await bus.stop();
});

async function errorOf(work: Promise<unknown>): Promise<HalError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HalError, String(error));
  return error;
}

test('a locked SIM is reported with the tries that are left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bus-'));
  const bus = await startBus(folder);
  const manager = await startFakeManager(bus.address, 2);
  const stop = new AbortController();
  const states = openModemManager(os, bus.address).changes(stop.signal)[Symbol.asyncIterator]();
  const locked: ModemsState = await nextWhere(states, 'a locked modem', isKnown('locked'));
  assert.ok(locked.phase === 'known');
  assert.equal(
    locked.modems.map(({ sim, pinTriesLeft }) => [sim, pinTriesLeft]),
    [['pin', 3]],
  );
  stop.abort();
  await states.next();
  manager.stop();
  await bus.stop();
});

test('a PIN goes to the SIM; a wrong one, no SIM and what is no PIN are distinguished', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bus-'));
  const bus = await startBus(folder);
  let manager = await startFakeManager(bus.address, 2);
  const modems = openModemManager(os, bus.address);
  await modems.sendPin('867530900000017', '4711', never);
  assert.ok(manager.calls.includes('SendPin 4711'));
  const wrong = await errorOf(modems.sendPin('867530900000017', '9182', never));
  assert.is(wrong.code, 'BAD_REPLY');
  assert.not.match(messageOf(wrong), '9182');
  assert.is(
    (await errorOf(modems.sendPin('867530900000017', '0000', never))).code,
    'NOT_PERMITTED',
  );
  const tries = manager.calls.length;
  assert.is((await errorOf(modems.sendPin('867530900000017', '12', never))).code, 'BAD_REPLY');
  assert.equal(manager.calls.slice(tries), ['GetManagedObjects']);
  manager.stop();
  manager = await startFakeManager(bus.address, 2, '/');
  assert.is((await errorOf(modems.sendPin('867530900000017', '4711', never))).code, 'NOT_FOUND');
  manager.stop();
  await bus.stop();
});

/** NetworkManager with two devices, of which one goes between the two calls. */
async function startFakeNetworkManager(address: string) {
  const bus = dbus.sessionBus({ busAddress: address });
  bus.on('error', () => {});
  await bus.requestName(NM, 0);
  const device = {
    Interface: new dbus.Variant('s', 'cdc-wdm0'),
    IpInterface: new dbus.Variant('s', 'wwan0'),
    DeviceType: new dbus.Variant('u', 8),
    State: new dbus.Variant('u', 100),
  };
  bus.on('message', (message: dbus.Message) => {
    if (message.type !== dbus.MessageType.METHOD_CALL) return;
    if (message.member === 'GetDevices') {
      bus.send(dbus.Message.newMethodReturn(message, 'ao', [['/device/0', '/device/1']]));
    } else if (message.path === '/device/0') {
      bus.send(dbus.Message.newMethodReturn(message, 'a{sv}', [device]));
    } else {
      const gone = 'org.freedesktop.DBus.Error.UnknownObject';
      bus.send(errorReply(message, gone, 'it went'));
    }
  });
  return { stop: () => closeBus(bus) };
}

test("NetworkManager's devices are read off the bus; one that goes meanwhile is left out", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bus-'));
  const bus = await startBus(folder);
  await using open = await openDbus(systemClock, never, bus.address);
  assert.is((await errorOf(readNmDevices(open, never))).code, 'NOT_FOUND');
  const manager = await startFakeNetworkManager(bus.address);
  assert.equal(await readNmDevices(open, never), [
    { interfaceName: 'wwan0', kind: 'modem', state: 'connected' },
  ]);
  manager.stop();
  await bus.stop();
});

test('a bus that is not there is reported at once, and a call to a missing service is NOT_FOUND', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bus-'));
  const nowhere = `unix:path=${join(folder, 'none')}`;
  const failed = await openDbus(systemClock, never, nowhere).catch((error: unknown) => error);
  assert.ok(failed instanceof HalError, String(failed));
  assert.is.not(failed.code, 'TIMEOUT', 'nothing is waited for');
  const bus = await startBus(folder);
  await using open = await openDbus(systemClock, never, bus.address);
  const call = { destination: 'org.missing', path: '/', interface: 'org.missing', member: 'X' };
  const refused = await open.call(call, never).catch((error: unknown) => error);
  assert.is(refused instanceof HalError && refused.code, 'NOT_FOUND');
  await bus.stop();
});

test.run();
