/** What `+CME ERROR` numbers mean. */

import type { Sim } from './port.ts';

/** 3GPP TS 27.007 §9.2.1 and §9.2.2: general errors, and those of a network's data. */
const CME_ERRORS: Readonly<Record<number, string>> = {
  0: 'phone failure',
  1: 'no connection to phone',
  2: 'phone adapter link reserved',
  3: 'operation not allowed',
  4: 'operation not supported',
  5: 'PH-SIM PIN required',
  6: 'PH-FSIM PIN required',
  7: 'PH-FSIM PUK required',
  10: 'SIM not inserted',
  11: 'SIM PIN required',
  12: 'SIM PUK required',
  13: 'SIM failure',
  14: 'SIM busy',
  15: 'SIM wrong',
  16: 'incorrect password',
  17: 'SIM PIN2 required',
  18: 'SIM PUK2 required',
  20: 'memory full',
  21: 'invalid index',
  22: 'not found',
  23: 'memory failure',
  24: 'text string too long',
  25: 'invalid characters in text string',
  26: 'dial string too long',
  27: 'invalid characters in dial string',
  30: 'no network service',
  31: 'network timeout',
  32: 'network not allowed: emergency calls only',
  40: 'network personalisation PIN required',
  41: 'network personalisation PUK required',
  42: 'network subset personalisation PIN required',
  43: 'network subset personalisation PUK required',
  44: 'service provider personalisation PIN required',
  45: 'service provider personalisation PUK required',
  46: 'corporate personalisation PIN required',
  47: 'corporate personalisation PUK required',
  48: 'hidden key required',
  49: 'EAP method not supported',
  50: 'incorrect parameters',
  100: 'unknown',
  103: 'illegal MS',
  106: 'illegal ME',
  107: 'GPRS services not allowed',
  111: 'PLMN not allowed',
  112: 'location area not allowed',
  113: 'roaming not allowed in this location area',
  132: 'service option not supported',
  133: 'requested service option not subscribed',
  134: 'service option temporarily out of order',
  148: 'unspecified GPRS error',
  149: 'PDP authentication failure',
  150: 'invalid mobile class',
};

/** What an error says of the SIM; 14 (busy) and the rest say nothing. */
const SIM_ERRORS: Readonly<Record<number, Sim>> = { 10: 'absent', 11: 'pin', 12: 'puk' };

const CME_ERROR = /^\+CME ERROR: *(.+)$/i;

/** The number of a `+CME ERROR`, whose words a modem may send instead (AT+CMEE=2). */
export function cmeErrorOf(line: string): number | undefined {
  const [, what = ''] = CME_ERROR.exec(line) ?? [];
  if (/^\d{1,4}$/.test(what)) return Number(what);
  const words = what.toLowerCase();
  const found = Object.entries(CME_ERRORS).find(([, text]) => text.toLowerCase() === words);
  return found && Number(found[0]);
}

/** Undefined where none of the lines is an error of the SIM. */
export function simOfErrors(lines: readonly string[]): Sim | undefined {
  return lines.flatMap((line) => SIM_ERRORS[cmeErrorOf(line) ?? -1] ?? [])[0];
}

/** The line with its number in words; any other line as it is. */
export function explainError(line: string): string {
  const [, what = ''] = CME_ERROR.exec(line) ?? [];
  const words = /^\d{1,4}$/.test(what) ? CME_ERRORS[Number(what)] : undefined;
  return words === undefined ? line : `${line} (${words})`;
}
