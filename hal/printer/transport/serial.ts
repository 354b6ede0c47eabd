/** The way to a printer on a serial line. */

import type { Clock } from '../../os/clock.ts';
import { openSerialPort } from '../../os/serial.ts';
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
    const port = await openSerialPort({ path, baudRate, rtscts });
    return streamTransport(path, port, clock, {
      drain: () => called((done) => port.drain(done)),
      close: async () => {
        if (!port.isOpen) return;
        // The kernel would wait half a minute for a printer that takes nothing.
        await called((done) => port.flush(done)).catch(() => undefined);
        await called((done) => port.close(done));
      },
    });
  };
}

function called(call: (done: (error: Error | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}
