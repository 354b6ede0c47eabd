/** A substitute LTE modem behind a tty. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { type AtModemState, answering, freshModem } from '../../support/modem/at-modem.ts';
import { run } from './kernel.ts';

/** An LTE modem behind a tty; opens it again when the cable was pulled. */
export async function startAtModem(path: string): Promise<AtModemState & AsyncDisposable> {
  const stop = new AbortController();
  const modem = freshModem();
  const serving = (async () => {
    while (!stop.signal.aborted) {
      await serve(path, modem, stop.signal).catch(() => undefined);
      await sleep(100);
    }
  })();
  return Object.assign(modem, {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await serving;
    },
  });
}

async function serve(path: string, modem: AtModemState, signal: AbortSignal): Promise<void> {
  await run('stty', '-F', path, 'raw', '-echo');
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()));
  });
  port.on(
    'data',
    answering(modem, (text) => port.write(text)),
  );
  await new Promise<void>((resolve) => {
    port.on('error', () => resolve());
    port.on('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  if (port.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
}
