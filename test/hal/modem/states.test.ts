/** States of modems from D-Bus values and AT answers. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AT_QUERIES, cutLines, finalOf, modemStateOfAt } from '../../../hal/modem/at-parse.ts';
import {
  MM,
  modemStateOf,
  parseManagedObjects,
  technologyOf,
} from '../../../hal/modem/mm-state.ts';
import { nmDeviceOf } from '../../../hal/modem/nm-state.ts';

const test = suite('modem states');

const REGISTRATIONS: readonly string[] = [
  'failed',
  'locked',
  'off',
  'searching',
  'denied',
  'registered',
  'connected',
  'unknown',
];

const modem = (properties: Record<string, unknown>, signal = {}) => ({
  [`${MM}.Modem`]: {
    EquipmentIdentifier: '867530900000017',
    Manufacturer: 'Quectel',
    Model: 'RM500Q',
    State: 11,
    AccessTechnologies: 1 << 14,
    UnlockRequired: 3,
    Ports: [
      ['cdc-wdm0', 6],
      ['wwan0', 2],
    ],
    ...properties,
  },
  [`${MM}.Modem.Modem3gpp`]: { OperatorName: 'Sim Telecom', RegistrationState: 1 },
  [`${MM}.Modem.Signal`]: signal,
});

test('a connected modem with its operator, interface, address and LTE figures', () => {
  const signal = {
    Lte: { rsrp: -95, rsrq: -11.5, snr: 9.4 },
    Nr5g: { rsrp: -32768, rsrq: -32768 },
  };
  const bearers = [
    { Connected: true, Ip4Config: { address: '10.1.2.3' }, Ip6Config: {} },
    { Connected: false, Ip4Config: { address: '10.9.9.9' } },
  ];
  assert.equal(modemStateOf('/m/0', modem({}, signal), bearers), {
    id: '867530900000017',
    model: 'Quectel RM500Q',
    registration: 'connected',
    technology: 'lte',
    sim: 'ready',
    operator: 'Sim Telecom',
    interfaceName: 'wwan0',
    addresses: ['10.1.2.3'],
    rsrpDbm: -95,
    rsrqDb: -11.5,
    sinrDb: 9.4,
  });
});

test('technologies: 5G alone, on an LTE anchor, LTE, 3G, 2G, none', () => {
  const bits = [1 << 15, (1 << 15) | (1 << 14), 1 << 14, 1 << 5, 1 << 4, 0];
  assert.equal(bits.map(technologyOf), ['5g', '5g-nsa', 'lte', '3g', '2g', 'unknown']);
});

test('SIM and registration: PIN, PUK, missing, denied, off', () => {
  const of = (properties: Record<string, unknown>) => {
    const { sim, registration } = modemStateOf('/m/0', modem(properties), []);
    return [registration, sim];
  };
  assert.equal(of({ State: 2, UnlockRequired: 2 }), ['locked', 'pin']);
  assert.equal(of({ State: 2, UnlockRequired: 4 }), ['locked', 'puk']);
  assert.equal(of({ State: -1, StateFailedReason: 2, UnlockRequired: 0 }), ['failed', 'absent']);
  assert.equal(of({ State: 3 }), ['off', 'ready']);
  const denied = { ...modem({ State: 7 }), [`${MM}.Modem.Modem3gpp`]: { RegistrationState: 3 } };
  assert.is(modemStateOf('/m/0', denied, []).registration, 'denied');
});

test('any D-Bus values give a state', async () => {
  const names = [
    'State',
    'Ports',
    'Sim',
    'AccessTechnologies',
    'UnlockRequired',
    'Model',
    'Lte',
    'rsrp',
    'Bearers',
    'RegistrationState',
    'Nr5g',
  ];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, '', '/', 11, 2, -1, Number.NaN, 1e9),
      fc.bigInt(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('any')),
    ),
  })).any;
  const interfaces = fc.dictionary(
    fc.constantFrom(`${MM}.Modem`, `${MM}.Modem.Modem3gpp`, `${MM}.Modem.Signal`),
    value,
  );
  await fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('/m/0', '/m/1'), interfaces),
      value,
      (objects, odd) => {
        for (const [path, one] of parseManagedObjects(objects)) {
          const state = modemStateOf(path, one, []);
          assert.ok(REGISTRATIONS.includes(state.registration));
          assert.ok(state.rsrpDbm === undefined || (state.rsrpDbm >= -160 && state.rsrpDbm <= -20));
          assert.type(state.id, 'string');
        }
        assert.ok(parseManagedObjects(odd) instanceof Map);
        nmDeviceOf(odd);
      },
    ),
    { numRuns: 300 },
  );
});

test('NetworkManager devices: a modem by its IP interface', () => {
  const device = { Interface: 'cdc-wdm0', IpInterface: 'wwan0', DeviceType: 8, State: 100 };
  assert.equal(nmDeviceOf(device), { interfaceName: 'wwan0', kind: 'modem', state: 'connected' });
  assert.is(nmDeviceOf({ Interface: 'eth0', DeviceType: 1, State: 20 })?.state, 'away');
  assert.is(nmDeviceOf({}), undefined);
});

test('AT answers of an LTE modem', () => {
  const state = modemStateOfAt(
    {
      'AT+CGSN': ['867530900000017', 'OK'],
      'AT+CGMM': ['RM500Q-SIM', 'OK'],
      'AT+CPIN?': ['+CPIN: READY', 'OK'],
      'AT+CREG?': ['+CREG: 2,1,"00A1","01A2B3C4",7', 'OK'],
      'AT+CEREG?': ['+CEREG: 2,5,"00A1","01A2B3C4",7', 'OK'],
      'AT+C5GREG?': ['ERROR'],
      'AT+COPS?': ['+COPS: 0,0,"Sim Telecom",7', 'OK'],
      'AT+CESQ': ['+CESQ: 99,99,255,255,20,60', 'OK'],
      'AT+CGPADDR=1': ['+CGPADDR: 1,"10.1.2.3"', 'OK'],
    },
    '/dev/ttyUSB2',
  );
  assert.equal(state, {
    id: '867530900000017',
    model: 'RM500Q-SIM',
    registration: 'connected',
    technology: 'lte',
    sim: 'ready',
    addresses: ['10.1.2.3'],
    operator: 'Sim Telecom',
    rsrpDbm: -81,
    rsrqDb: -10,
  });
});

test('AT: a locked SIM, a missing one, an unregistered modem', () => {
  const of = (pin: string, cereg = '+CEREG: 0,2') => {
    const { sim, registration } = modemStateOfAt({ 'AT+CPIN?': [pin], 'AT+CEREG?': [cereg] }, 'x');
    return [sim, registration];
  };
  assert.equal(of('+CPIN: SIM PIN'), ['pin', 'locked']);
  assert.equal(of('+CPIN: SIM PUK'), ['puk', 'locked']);
  assert.equal(of('+CME ERROR: 10'), ['absent', 'failed']);
  assert.equal(of('+CPIN: READY'), ['ready', 'searching']);
  assert.equal(of('+CPIN: READY', '+CEREG: 0,3'), ['ready', 'denied']);
});

test('any AT lines give a state, and any bytes are cut into lines', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '+CESQ: 1,2',
      '+CREG: ,,',
      '+COPS: 0,0,"',
      '+CPIN:',
      'OK',
      'ERROR',
      '+CGPADDR: 1,',
    ),
  );
  await fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...AT_QUERIES), fc.array(line)),
      fc.string(),
      (answers, text) => {
        const state = modemStateOfAt(answers, 'port');
        assert.ok(REGISTRATIONS.includes(state.registration));
        assert.ok((state.rsrpDbm ?? -100) >= -141 && (state.rsrpDbm ?? -100) <= -44);
        assert.ok(cutLines(text).lines.every((one) => one !== '' && !/[\r\n]/.test(one)));
      },
    ),
  );
  assert.equal(cutLines('a"b\r\n\r\nc"\r\nd\r\n'), { lines: ['a"b c"', 'd'], rest: '' });
  assert.equal(cutLines('+COPS: 0,0,"A\n'), { lines: [], rest: '+COPS: 0,0,"A\n' });
  // A quote that is never closed ends with the answer.
  assert.equal(cutLines('+X: "\r\n\r\nOK\r\n').lines, ['+X: "', 'OK']);
  assert.equal(cutLines('\r\nOK\r\n+CS'), { lines: ['OK'], rest: '+CS' });
  assert.equal(['OK', '+CME ERROR: 10', 'ERROR', '+CSQ: 1'].map(finalOf), [
    'ok',
    'error',
    'error',
    undefined,
  ]);
});

test('a name with line breaks is one line, however the bytes come', () => {
  const answer = '\r\n+COPS: 0,0,"Caf\r\n\r\nRadio\n",7\r\n\r\nOK\r\n';
  const wanted = ['+COPS: 0,0,"Caf Radio ",7', 'OK'];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }), (steps) => {
      let [rest, at] = ['', 0];
      const lines: string[] = [];
      for (const step of [...steps, answer.length]) {
        const cut = cutLines(rest + answer.slice(at, at + step));
        lines.push(...cut.lines);
        rest = cut.rest;
        at += step;
      }
      assert.equal(
        lines.map((line) => line.replace(/\s+/g, ' ')),
        wanted,
      );
    }),
  );
  const state = modemStateOfAt({ 'AT+COPS?': cutLines(answer).lines }, 'port');
  assert.is(state.operator?.replace(/\s+/g, ' ').trim(), 'Caf Radio');
});

test.run();
