import unix from 'unix-dgram';
import { type Log, messageOf } from './log.ts';

/** Tells systemd how a service is: sd_notify(3), without its library. */
export interface Notify extends Disposable {
  /** True where somebody listens. */
  readonly isHeard: boolean;
  /** Lines like `READY=1`. A loss is logged once, and never thrown. */
  tell(...lines: readonly string[]): void;
}

/** Nobody started us as a service. */
const DEAF: Notify = { isHeard: false, tell: () => undefined, [Symbol.dispose]: () => undefined };

/** @param path `NOTIFY_SOCKET`, or undefined where systemd did not start this. */
export function openNotify(path: string | undefined, log: Log): Notify {
  if (path === undefined || path === '') return DEAF;
  if (!path.startsWith('/')) {
    // An abstract socket, or a virtual machine's: unix-dgram knows paths only.
    log.warn('systemd not told', { reason: `NOTIFY_SOCKET is no path: ${path}` });
    return DEAF;
  }
  const socket = unix.createSocket('unix_dgram');
  let hasFailed = false;
  const fail = (error: unknown) => {
    if (!hasFailed) log.warn('systemd not told', { reason: messageOf(error) });
    hasFailed = true;
  };
  socket.on('error', fail);
  return {
    isHeard: true,
    tell: (...lines) => {
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
