/** Tests of reading modems from ModemManager. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readModems } from '../../../hal/modem/mm-read.ts';
import { type Interfaces, MM } from '../../../hal/modem/mm-state.ts';
import type { Dbus, DbusCall } from '../../../hal/os/dbus.ts';
import { HalError } from '../../../hal/os/errors.ts';

const test = suite('reading modems off the bus');

const never = new AbortController().signal;
const PATH = '/modem/0';

/** A bus with one modem, whose properties a test changes, and the calls it got. */
function openBus(modem: Record<string, unknown>, bearers: Record<string, unknown> = {}) {
  const calls: DbusCall[] = [];
  const answer = (call: DbusCall): unknown => {
    if (call.member === 'GetManagedObjects') {
      const interfaces: Interfaces = { [`${MM}.Modem`]: modem, [`${MM}.Modem.Signal`]: {} };
      return { [PATH]: interfaces };
    }
    if (call.member === 'Setup') throw new HalError('IO', 'it cannot measure');
    if (call.path in bearers) return bearers[call.path];
    throw new HalError('NOT_FOUND', `${call.path} went`);
  };
  const bus: Pick<Dbus, 'call'> = {
    call: async (call) => {
      calls.push(call);
      return [answer(call)];
    },
  };
  return { bus: bus as Dbus, calls };
}

test('a modem is set to measure once it is enabled, again after it was off, and may refuse', async () => {
  const modem = { EquipmentIdentifier: '1', State: 3 };
  const { bus, calls } = openBus(modem);
  const asked = new Set<string>();
  const read = async (state: number) => {
    modem.State = state;
    assert.is((await readModems(bus, asked, never)).length, 1);
    return calls.splice(0).filter(({ member }) => member === 'Setup').length;
  };
  const setups = [];
  for (const state of [3, 6, 8, 11, 3, 8, 8]) setups.push(await read(state));
  assert.equal(setups, [0, 1, 0, 0, 0, 1, 0]);
});

test('a bearer that goes between two calls is left out, the others have their addresses', async () => {
  const { bus } = openBus(
    { EquipmentIdentifier: '1', State: 11, Bearers: ['/bearer/0', '/bearer/1'] },
    { '/bearer/1': { Connected: true, Ip4Config: { address: '10.1.2.3' } } },
  );
  const [state] = await readModems(bus, new Set(), never);
  assert.equal(state?.addresses, ['10.1.2.3']);
});

test('bytes are counted by the interface, and a name that is none of ours is not looked up', async () => {
  const readWith = async (name: string) => {
    const { bus } = openBus({ EquipmentIdentifier: '1', State: 11, Ports: [[name, 2]] });
    const [state] = await readModems(bus, new Set(), never);
    return typeof state?.rxBytesTotal;
  };
  assert.is(await readWith('lo'), 'number');
  assert.is(await readWith('wwan-gone'), 'undefined');
  assert.is(await readWith('../net/lo'), 'undefined');
});

test.run();
