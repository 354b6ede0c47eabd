/** Opens serial ports. */

import { access, constants } from 'node:fs/promises';
import { SerialPort } from 'serialport';
import { HalError, halErrorOf } from './errors.ts';

export interface SerialSettings {
  readonly path: string;
  readonly baudRate: number;
  /** Hardware flow control (RTS and CTS), where it is wired. */
  readonly rtscts?: boolean;
  /** Software flow control: the device sends XOFF and XON. */
  readonly xon?: boolean;
  /** None by default. */
  readonly parity?: 'none' | 'even' | 'odd';
}

/** Claims a serial port, with one stop bit. Rejects with `HalError`. */
export async function openSerialPort(settings: SerialSettings): Promise<SerialPort> {
  const { path, xon = false } = settings;
  await assertUsable(path);
  // XOFF is for the host to heed: pictures have bytes that look like it, in the other direction.
  const port = new SerialPort({ ...settings, xon, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(openFault(error, path)) : resolve()));
  });
  return port;
}

/** By access(2), as serialport has the errno in its message's words only. */
async function assertUsable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const { code } = halErrorOf(cause, path);
    if (code === 'NOT_FOUND') throw new HalError(code, `${path}: it is not there`, { cause });
    if (code !== 'NOT_PERMITTED') throw halErrorOf(cause, path);
    const advice = 'add this user to the group dialout';
    throw new HalError(code, `${path}: no permission`, { cause, advice });
  }
}

/** What access(2) does not show: a port that is locked, and only serialport's words say so. */
function openFault(error: Error, path: string): HalError {
  if (/lock|busy|temporarily unavailable/i.test(error.message)) {
    return new HalError('DEVICE_BUSY', `${path}: another program has it`, { cause: error });
  }
  return halErrorOf(error, path);
}
