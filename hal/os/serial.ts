/** Opens serial ports. */

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
  // XOFF is for the host to heed: pictures have bytes that look like it, in the other direction.
  const port = new SerialPort({ ...settings, xon, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(openFault(error, path)) : resolve()));
  });
  return port;
}

/** serialport has the errno in its message's words only. */
function openFault(error: Error, path: string): HalError {
  const { message } = error;
  if (/No such (file|device)/i.test(message)) {
    return new HalError('NOT_FOUND', `${path}: it is not there`, { cause: error });
  }
  if (/Permission denied/i.test(message)) {
    const advice = `${path}: no permission; add this user to the group dialout`;
    return new HalError('NOT_PERMITTED', advice, { cause: error });
  }
  if (/lock|busy|temporarily unavailable/i.test(message)) {
    return new HalError('DEVICE_BUSY', `${path}: another program has it`, { cause: error });
  }
  return halErrorOf(error, path);
}
