/** What `+CME ERROR` numbers mean. */

/** 3GPP TS 27.007 §9.2: those that a modem with a SIM sends. */
const CME_ERRORS: Readonly<Record<number, string>> = {
  0: 'phone failure',
  3: 'operation not allowed',
  4: 'operation not supported',
  5: 'PH-SIM PIN required',
  10: 'SIM not inserted',
  11: 'SIM PIN required',
  12: 'SIM PUK required',
  13: 'SIM failure',
  14: 'SIM busy',
  15: 'SIM wrong',
  16: 'incorrect password',
  17: 'SIM PIN2 required',
  18: 'SIM PUK2 required',
  30: 'no network service',
  31: 'network timeout',
  32: 'network not allowed: emergency calls only',
  100: 'unknown',
  103: 'illegal MS',
  106: 'illegal ME',
  107: 'GPRS services not allowed',
  111: 'PLMN not allowed',
  112: 'location area not allowed',
  113: 'roaming not allowed in this location area',
  148: 'unspecified GPRS error',
  149: 'PDP authentication failure',
};

/** The line with its number in words; any other line as it is. */
export function explainError(line: string): string {
  const [, number] = /^\+CME ERROR: (\d{1,4})$/.exec(line) ?? [];
  const words = number === undefined ? undefined : CME_ERRORS[Number(number)];
  return words === undefined ? line : `${line} (${words})`;
}
