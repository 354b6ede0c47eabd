/** Translates ModemManager's properties. */

import type { ModemState, Registration, Sim, Technology } from './port.ts';

/**
 * ModemManager's D-Bus properties as a {@link ModemState}. Pure, and any values
 * give a state: what has the wrong type counts as absent.
 */
export const MM = 'org.freedesktop.ModemManager1';

export type Properties = Readonly<Record<string, unknown>>;
export type Interfaces = Readonly<Record<string, Properties>>;

/** What GetManagedObjects answers: path, interface, property. */
export function parseManagedObjects(value: unknown): ReadonlyMap<string, Interfaces> {
  return new Map(
    Object.entries(record(value)).map(([path, interfaces]) => [
      path,
      Object.fromEntries(
        Object.entries(record(interfaces)).map(([name, properties]) => [name, record(properties)]),
      ),
    ]),
  );
}

export function modemStateOf(
  path: string,
  interfaces: Interfaces,
  bearers: readonly Properties[],
): ModemState {
  const modem = interfaces[`${MM}.Modem`] ?? {};
  const threeGpp = interfaces[`${MM}.Modem.Modem3gpp`] ?? {};
  const operator = text(threeGpp.OperatorName) ?? text(threeGpp.OperatorCode);
  const interfaceName = netPort(modem.Ports);
  const port = text(modem.PrimaryPort);
  const pinTriesLeft = number(record(modem.UnlockRetries)[SIM_PIN]);
  return {
    id: text(modem.EquipmentIdentifier) ?? path,
    model: [text(modem.Manufacturer), text(modem.Model)].filter(Boolean).join(' ') || 'modem',
    registration: registrationOf(modem, threeGpp),
    technology: technologyOf(number(modem.AccessTechnologies) ?? 0),
    sim: simOf(modem),
    addresses: bearers.flatMap(addressesOf),
    ...(operator === undefined ? {} : { operator }),
    ...(interfaceName === undefined ? {} : { interfaceName }),
    ...(port === undefined ? {} : { port }),
    ...(pinTriesLeft === undefined ? {} : { pinTriesLeft }),
    ...signalOfModem(interfaces[`${MM}.Modem.Signal`] ?? {}),
  };
}

/** MM_MODEM_LOCK_SIM_PIN */
const SIM_PIN = 2;

/** MMModemState. */
function registrationOf(modem: Properties, threeGpp: Properties): Registration {
  // MM_MODEM_3GPP_REGISTRATION_STATE_DENIED
  if (number(threeGpp.RegistrationState) === 3) return 'denied';
  const state = number(modem.State) ?? 0;
  if (state === -1) return 'failed';
  if (state === 2) return 'locked';
  if (state === 1 || (state >= 3 && state <= 5)) return 'off';
  if (state === 6 || state === 7) return 'searching';
  if (state === 11) return 'connected';
  return state >= 8 && state <= 10 ? 'registered' : 'unknown';
}

/** MMModemAccessTechnology bits. */
export function technologyOf(bits: number): Technology {
  const has = (...positions: readonly number[]) => positions.some((at) => (bits >>> at) & 1);
  if (has(15)) return has(14) ? '5g-nsa' : '5g';
  if (has(14, 16, 17)) return 'lte';
  if (has(5, 6, 7, 8, 9)) return '3g';
  return has(1, 2, 3, 4) ? '2g' : 'unknown';
}

/** MMModemLock, and MMModemStateFailedReason 2: no SIM. */
function simOf(modem: Properties): Sim {
  if (number(modem.State) === -1 && number(modem.StateFailedReason) === 2) return 'absent';
  const lock = number(modem.UnlockRequired);
  if (lock === SIM_PIN) return 'pin';
  if (lock === 4) return 'puk';
  // PIN2 and PUK2 guard nothing that the box uses.
  if (lock === 1 || lock === 3 || lock === 5) return 'ready';
  const sim = text(modem.Sim);
  return sim === '/' ? 'absent' : 'unknown';
}

/** The newest technology that has figures. ModemManager reports -32768 or so for none. */
function signalOfModem(signal: Properties): Partial<ModemState> {
  for (const name of ['Nr5g', 'Lte']) {
    const values = record(signal[name]);
    const rsrp = inRange(values.rsrp, -160, -20);
    if (rsrp === undefined) continue;
    const rsrq = inRange(values.rsrq, -50, 30);
    const snr = inRange(values.snr, -40, 60);
    return {
      rsrpDbm: rsrp,
      ...(rsrq === undefined ? {} : { rsrqDb: rsrq }),
      ...(snr === undefined ? {} : { sinrDb: snr }),
    };
  }
  return {};
}

/** MM_MODEM_PORT_TYPE_NET is 2. */
function netPort(ports: unknown): string | undefined {
  if (!Array.isArray(ports)) return undefined;
  const net = ports.find((port) => Array.isArray(port) && port[1] === 2);
  return Array.isArray(net) ? text(net[0]) : undefined;
}

function addressesOf(bearer: Properties): string[] {
  if (bearer.Connected !== true) return [];
  return ['Ip4Config', 'Ip6Config'].flatMap((name) => text(record(bearer[name]).address) ?? []);
}

function record(value: unknown): Properties {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Properties) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function inRange(value: unknown, min: number, max: number): number | undefined {
  const figure = number(value);
  return figure !== undefined && figure >= min && figure <= max ? figure : undefined;
}
