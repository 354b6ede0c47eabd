/** Opens pseudo terminals, which act as serial cables. */
import { closeSync, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { ioctl } from '../../hal/os/libc/ioctl.ts';

/** A pseudo terminal: a serial cable between a driver and a test. */
export interface Pty extends AsyncDisposable {
  /** The driver's end, as a device path. */
  readonly path: string;
  /** Bytes from the driver. */
  onData(listener: (bytes: Buffer) => void): void;
  write(bytes: string | Uint8Array): void;
  /** Pulls the cable: the driver's end hangs up. */
  unplug(): void;
}

const UNLOCK = 0x40045431n;
const GET_NUMBER = 0x80045430n;
const O_NOCTTY = 0o400;

export function openPty(): Pty {
  const master = openSync('/dev/ptmx', 0o2 | O_NOCTTY);
  ioctl(master, UNLOCK, Buffer.alloc(4), 'unlock');
  const number = Buffer.alloc(4);
  ioctl(master, GET_NUMBER, number, 'number');
  const path = `/dev/pts/${number.readUInt32LE(0)}`;
  // Held open, so that the driver may close its end and open it again.
  let slave: number | undefined = openSync(path, 0o2 | O_NOCTTY);
  const stream = new ReadStream(master);
  stream.on('error', () => undefined);
  const hangUp = () => {
    if (slave !== undefined) closeSync(slave);
    slave = undefined;
    stream.destroy();
  };
  return {
    path,
    onData: (listener) => stream.on('data', listener),
    write: (bytes) => stream.write(bytes),
    unplug: hangUp,
    [Symbol.asyncDispose]: async () => hangUp(),
  };
}
