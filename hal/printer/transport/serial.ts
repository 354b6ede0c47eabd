import { SerialPort } from 'serialport';
import { halErrorOf } from '../../errors.ts';
import type { Clock } from '../../os/clock.ts';
import { streamTransport } from './stream.ts';
import type { OpenTransport } from './transport.ts';

/** A printer on a serial line, 8N1 with hardware flow control where it is wired. */
export function serialTransport(
  path: string,
  baudRate: number,
  clock: Clock,
  rtscts = false,
): OpenTransport {
  return async (signal) => {
    signal.throwIfAborted();
    const port = new SerialPort({ path, baudRate, rtscts, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(halErrorOf(error, path)) : resolve()));
    });
    return streamTransport(path, port, clock);
  };
}
