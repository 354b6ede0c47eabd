/** The way to a printer on a serial line. */

import type { Clock } from '../../os/clock.ts';
import { openSerialPort } from '../../os/serial.ts';
import { streamTransport } from './stream.ts';
import type { OpenTransport } from './transport.ts';

/** How a printer's serial port is set: the same on its switches, or on its self-test. */
export interface SerialLine {
  readonly baudRate: number;
  readonly parity?: 'none' | 'even' | 'odd';
  /** How it stops the box while its buffer is full. */
  readonly flow?: 'none' | 'hardware' | 'software';
}

/** A printer on a serial line, with 8 data bits and one stop bit. */
export function serialTransport(path: string, line: SerialLine, clock: Clock): OpenTransport {
  const { baudRate, parity = 'none', flow = 'none' } = line;
  return async (signal) => {
    signal.throwIfAborted();
    const port = await openSerialPort({
      ...{ path, baudRate, parity },
      rtscts: flow === 'hardware',
      xon: flow === 'software',
    });
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
