import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AT_QUERIES, cutLines, finalOf, modemStateOfAt } from '../../../hal/modem/at-parse.ts';
import { type LadderState, startLadder, stepLadder } from '../../../hal/modem/ladder.ts';
import {
  MM,
  modemStateOf,
  parseManagedObjects,
  technologyOf,
} from '../../../hal/modem/mm-state.ts';
import { nmDeviceOf } from '../../../hal/modem/nm-state.ts';
import { type ModemAction, type Registration, signalOf } from '../../../hal/modem/port.ts';
import { DEMO_TRACES, modemAt, openSimulatedModems } from '../../../hal/modem/simulated.ts';
import { systemClock } from '../../../hal/os/clock.ts';

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
  assert.equal(cutLines('\r\nOK\r\n+CS'), { lines: ['OK'], rest: '+CS' });
  assert.equal(['OK', '+CME ERROR: 10', 'ERROR', '+CSQ: 1'].map(finalOf), [
    'ok',
    'error',
    'error',
    undefined,
  ]);
});

/** Ten hours of one state, looked at every second. */
function climb(registration: Registration | undefined, canPower: boolean, seconds = 36_000) {
  let state = startLadder(0);
  const taken: [atS: number, action: ModemAction][] = [];
  for (let s = 0; s < seconds; s += 1) {
    const step = stepLadder(state, s * 1000, registration, canPower);
    state = step.state;
    if (step.action !== undefined) taken.push([s, step.action]);
  }
  return taken;
}

test('a modem that stays away is reconnected, reset, and powered, ever more seldom', () => {
  const taken = climb('searching', true);
  assert.equal(taken.slice(0, 4), [
    [45, 'reconnect'],
    [105, 'reset'],
    [225, 'power'],
    [465, 'power'],
  ]);
  const gaps = taken.slice(1).map(([s], index) => s - (taken[index]?.[0] ?? 0));
  assert.ok(gaps.every((gap) => gap <= 1800) && gaps.at(-1) === 1800);
});

test('without a switched supply a reset is the last rung, and nothing reaches an unplugged modem', () => {
  assert.equal(
    climb('registered', false, 300).map(([, action]) => action),
    ['reconnect', 'reset', 'reset'],
  );
  assert.equal(climb(undefined, false), []);
  assert.is(climb(undefined, true)[0]?.[1], 'power');
});

test('a locked SIM and a denied one are left to people', () => {
  assert.equal(climb('locked', true), []);
  assert.equal(climb('denied', true), []);
});

test('the ladder starts over after two healthy minutes, and not before', () => {
  const after = (connectedS: number): ModemAction | undefined => {
    let state: LadderState = startLadder(0);
    let last: ModemAction | undefined;
    for (let s = 0; s < 500 + connectedS; s += 1) {
      const isConnected = s >= 110 && s < 110 + connectedS;
      const step = stepLadder(state, s * 1000, isConnected ? 'connected' : 'searching', true);
      state = step.state;
      if (s >= 110 + connectedS) last ??= step.action;
    }
    return last;
  };
  assert.is(after(60), 'power');
  assert.is(after(180), 'reconnect');
});

test('signal bands as a person would call them', () => {
  const told = [
    { rsrpDbm: -75, sinrDb: 20 },
    { rsrpDbm: -95, sinrDb: 8 },
    { rsrpDbm: -112, sinrDb: 20 },
    { rsrpDbm: -75, sinrDb: -1 },
    {},
  ].map(signalOf);
  assert.equal(told, ['good', 'fair', 'poor', 'poor', 'unknown']);
});

test('a trace keeps what a point does not name, and unplugs', () => {
  const [first] = DEMO_TRACES;
  assert.ok(first);
  assert.is(modemAt(first, 70)?.technology, 'lte');
  assert.is(modemAt(first, 70)?.operator, 'Sim A');
  assert.is(modemAt(first, 240 + 70)?.technology, 'lte');
  const points = [
    { fromS: 5, state: 'unplugged' as const },
    { fromS: 9, state: {} },
  ];
  const trace = { id: 'x', points, repeatS: 0 };
  assert.equal(
    [0, 6, 10].map((s) => modemAt(trace, s)?.registration),
    ['searching', undefined, 'searching'],
  );
});

test('simulated modems tell their trace as it goes, and a reset as a search', async () => {
  const points = [{ fromS: 0, state: { registration: 'connected' as const } }];
  const modems = openSimulatedModems([{ id: 'x', points, repeatS: 0 }], systemClock);
  const stop = new AbortController();
  const told: string[] = [];
  for await (const state of modems.changes(stop.signal)) {
    if (state.phase === 'known') told.push(state.modems[0]?.registration ?? 'none');
    if (told.length === 1) await modems.act('x', 'reset', stop.signal);
    if (told.length === 2) stop.abort();
  }
  assert.equal(told, ['connected', 'searching']);
});

test.run();
