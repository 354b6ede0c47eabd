/** Parses the answers to AT commands. */

import { simOfErrors } from './cme-errors.ts';
import type { ModemState, Registration, Sim, Technology } from './port.ts';

/** AT answers (3GPP TS 27.007) as values. Pure: any lines give a state. */
export type Final = 'ok' | 'error';

/** Whether a line ends an answer. */
export function finalOf(line: string): Final | undefined {
  if (line === 'OK') return 'ok';
  return /^(ERROR|\+CM[ES] ERROR.*|NO CARRIER|COMMAND NOT SUPPORT)$/.test(line)
    ? 'error'
    : undefined;
}

const REST_MAX_CHARS = 1024;

/**
 * Cuts what a modem sends into lines; `rest` is what is not complete yet. A name in quotes may
 * have line breaks: a provider writes it into its SIM cards. They become spaces.
 */
export function cutLines(text: string): {
  readonly lines: readonly string[];
  readonly rest: string;
} {
  const parts = text.split(/\r\n|\r|\n/);
  const rest = (parts.pop() ?? '').slice(-REST_MAX_CHARS);
  const lines: string[] = [];
  let open: string[] = [];
  for (const part of parts.map((one) => one.trim())) {
    // The end of an answer ends a quote too that was never closed.
    if (finalOf(part) !== undefined) {
      lines.push(...open.splice(0), part);
      continue;
    }
    if (part === '') continue;
    open.push(part);
    const joined = open.join(' ');
    if (hasOpenQuote(joined) && joined.length < REST_MAX_CHARS) continue;
    lines.push(joined);
    open = [];
  }
  const held = open.map((part) => `${part}\n`).join('') + rest;
  return { lines, rest: held };
}

function hasOpenQuote(line: string): boolean {
  return line.split('"').length % 2 === 0;
}

/** The commands whose answers {@link modemStateOfAt} reads. */
export const AT_QUERIES = [
  'AT+CGSN',
  'AT+CGMM',
  'AT+CPIN?',
  'AT+CREG?',
  'AT+CEREG?',
  'AT+C5GREG?',
  'AT+COPS?',
  'AT+CESQ',
  'AT+CSQ',
  'AT+CGPADDR=1',
] as const;

export type AtAnswers = Readonly<Partial<Record<(typeof AT_QUERIES)[number], readonly string[]>>>;

/** @param fallbackId For a modem that does not report its IMEI: its port. */
export function modemStateOfAt(answers: AtAnswers, fallbackId: string): ModemState {
  const line = (query: keyof AtAnswers, prefix: string) =>
    (answers[query] ?? [])
      .find((one) => one.startsWith(`${prefix}:`))
      ?.slice(prefix.length + 1)
      .trim();
  const imei = (answers['AT+CGSN'] ?? []).find((one) => /^\d{14,16}$/.test(one));
  const operator = /^\d,\d,"([^"]*)"/.exec(line('AT+COPS?', '+COPS') ?? '')?.[1];
  const registrations = [
    parseRegistration(line('AT+C5GREG?', '+C5GREG')),
    parseRegistration(line('AT+CEREG?', '+CEREG')),
    parseRegistration(line('AT+CREG?', '+CREG')),
  ];
  const sim = parseSim(line('AT+CPIN?', '+CPIN'), answers['AT+CPIN?'] ?? []);
  const address = /,\s*"?([0-9a-fA-F.:]+)"?/.exec(line('AT+CGPADDR=1', '+CGPADDR') ?? '')?.[1];
  const isAddress = address !== undefined && address !== '0.0.0.0';
  const best = registrations.find((one) => one?.registration === 'registered');
  return {
    id: imei ?? fallbackId,
    // What starts so came unasked, such as a change of the registration.
    model: (answers['AT+CGMM'] ?? []).find((one) => !/^([+^*]|OK$|ERROR$)/.test(one)) ?? 'modem',
    registration: registrationOf(registrations, sim, isAddress),
    technology: best?.technology ?? 'unknown',
    sim,
    addresses: isAddress ? [address] : [],
    ...(operator ? { operator } : {}),
    ...parseCesq(line('AT+CESQ', '+CESQ')),
  };
}

interface Registered {
  readonly registration: Registration;
  readonly technology: Technology;
}

function registrationOf(
  all: readonly (Registered | undefined)[],
  sim: Sim,
  hasAddress: boolean,
): Registration {
  if (sim === 'pin' || sim === 'puk') return 'locked';
  if (sim === 'absent') return 'failed';
  const states = all.map((one) => one?.registration);
  if (states.includes('registered')) return hasAddress ? 'connected' : 'registered';
  if (states.includes('denied')) return 'denied';
  return states.includes('searching') ? 'searching' : 'unknown';
}

/** `n,stat[,"tac","ci",AcT]`. Home and roaming are both registered. */
function parseRegistration(text: string | undefined): Registered | undefined {
  const [, stat, , , act] = (text ?? '').split(',');
  if (stat === undefined) return undefined;
  const technology = TECHNOLOGIES[Number(act)] ?? 'unknown';
  if (stat === '1' || stat === '5') return { registration: 'registered', technology };
  if (stat === '3') return { registration: 'denied', technology };
  return { registration: stat === '0' || stat === '2' ? 'searching' : 'unknown', technology };
}

/** AcT of 27.007 §7.3. */
const TECHNOLOGIES: Readonly<Record<number, Technology>> = {
  0: '2g',
  1: '2g',
  2: '3g',
  3: '2g',
  4: '3g',
  5: '3g',
  6: '3g',
  7: 'lte',
  9: 'lte',
  10: 'lte',
  11: '5g',
  12: '5g',
  13: '5g-nsa',
};

function parseSim(text: string | undefined, lines: readonly string[]): Sim {
  if (text === 'READY') return 'ready';
  if (text === 'SIM PIN') return 'pin';
  if (text === 'SIM PUK') return 'puk';
  return simOfErrors(lines) ?? 'unknown';
}

/** `rxlev,ber,rscp,ecno,rsrq,rsrp`: the lower end of each step; 255 is not known. */
function parseCesq(text: string | undefined): Pick<ModemState, 'rsrpDbm' | 'rsrqDb'> {
  const values = (text ?? '').split(',').map((part) => Number.parseInt(part, 10));
  const [, , , , rsrq = 255, rsrp = 255] = values;
  return {
    ...(rsrp >= 0 && rsrp <= 97 ? { rsrpDbm: rsrp - 141 } : {}),
    ...(rsrq >= 0 && rsrq <= 34 ? { rsrqDb: rsrq / 2 - 20 } : {}),
  };
}
