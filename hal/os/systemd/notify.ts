/** Reports to systemd: ready, status, watchdog. */

import unix from 'unix-dgram';
import { type Log, messageOf } from '../log.ts';

/** Reports the state of a service to systemd: sd_notify(3), without its library. */
export interface Notify extends Disposable {
  /** False where systemd did not start this program. */
  readonly hasReceiver: boolean;
  /** Lines like `READY=1`. A loss is logged once, and never thrown. */
  send(...lines: readonly string[]): void;
}

/** Where this was not started as a service. */
const NO_RECEIVER: Notify = {
  hasReceiver: false,
  send: () => undefined,
  [Symbol.dispose]: () => undefined,
};

/** @param path `NOTIFY_SOCKET`, or undefined where systemd did not start this. */
export function openNotify(path: string | undefined, log: Log): Notify {
  if (path === undefined || path === '') return NO_RECEIVER;
  if (!path.startsWith('/')) {
    // An abstract socket, or a virtual machine's: unix-dgram knows paths only.
    log.warn('systemd not notified', { reason: `NOTIFY_SOCKET is not a path: ${path}` });
    return NO_RECEIVER;
  }
  const socket = unix.createSocket('unix_dgram');
  let hasFailed = false;
  const fail = (error: unknown) => {
    if (!hasFailed) log.warn('systemd not notified', { reason: messageOf(error) });
    hasFailed = true;
  };
  socket.on('error', fail);
  return {
    hasReceiver: true,
    send: (...lines) => {
      const bytes = Buffer.from(lines.map((line) => line.replaceAll('\n', ' ')).join('\n'));
      try {
        socket.send(bytes, 0, bytes.length, path, (error) => {
          if (error) fail(error);
          else hasFailed = false;
        });
      } catch (error) {
        fail(error);
      }
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
