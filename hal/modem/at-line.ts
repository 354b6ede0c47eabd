/** Asks AT commands on a serial port, one at a time. */

import { existsSync } from 'node:fs';
import { anySignal, pause, turns } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { openSerialPort } from '../os/serial.ts';
import { cutLines, finalOf } from './at-parse.ts';

/** Lines of one answer that are kept; the bound is for a modem gone mad. */
const MAX_LINES = 64;
const PORT_CHECK_MS = 500;

interface AtAnswer {
  readonly final: 'ok' | 'error';
  readonly lines: readonly string[];
}

/** A serial port that a modem answers on. */
export interface AtLine extends AsyncDisposable {
  /** Of the port that is open. */
  readonly path: string;
  /**
   * One command at a time; others wait their turn. Rejects with `HalError` TIMEOUT,
   * after which the line is closed, since a late answer would be taken for the next
   * command's; or GONE.
   */
  ask(command: string, timeoutMs: number, signal: AbortSignal): Promise<AtAnswer>;
  /** Aborts when the line can no longer be used. */
  readonly closed: AbortSignal;
}

export async function openAtLine(path: string, baudRate: number, clock: Clock): Promise<AtLine> {
  const port = await openSerialPort({ path, baudRate });
  const closed = new AbortController();
  const lose = () => closed.abort(new HalError('GONE', `${path}: the modem went`));
  let rest = '';
  let onLine: (line: string) => void = () => {};
  port.on('close', lose);
  port.on('error', lose);
  port.on('data', (bytes: Buffer) => {
    const cut = cutLines(rest + bytes.toString('latin1'));
    rest = cut.rest;
    for (const line of cut.lines) onLine(line);
  });

  const askNow = async (command: string, timeoutMs: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    closed.signal.throwIfAborted();
    const lines: string[] = [];
    const answered = new AbortController();
    let final: AtAnswer['final'] | undefined;
    onLine = (line) => {
      // An echo, until ATE0 has taken effect; some modems echo in capitals.
      if (line.toUpperCase() === command.toUpperCase()) return;
      if (lines.length < MAX_LINES) lines.push(line);
      final ??= finalOf(line);
      if (final !== undefined) answered.abort();
    };
    port.write(`${command}\r`, 'latin1');
    using ends = anySignal(signal, closed.signal, answered.signal);
    // serialport reported an unplug only at the next write, once, on a loaded machine: so the
    // port's node is looked for as well. Some answers take minutes.
    for (let leftMs = timeoutMs; leftMs > 0 && !ends.signal.aborted; leftMs -= PORT_CHECK_MS) {
      await pause(clock, Math.min(PORT_CHECK_MS, leftMs), ends.signal);
      if (!existsSync(path)) lose();
    }
    onLine = () => {};
    if (final !== undefined) return { final, lines };
    // What has no answer yet would be answered into the next command.
    const late = new HalError('TIMEOUT', `${path}: no answer to ${command.slice(0, 8)}`);
    if (!closed.signal.aborted) closed.abort(late);
    signal.throwIfAborted();
    throw closed.signal.reason;
  };
  const inTurn = turns();
  return {
    path,
    closed: closed.signal,
    ask: (command, timeoutMs, signal) => inTurn(() => askNow(command, timeoutMs, signal)),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
}

/**
 * One open port for all who ask: a tty belongs to the program that opens it first. It
 * closes behind its last user.
 */
export function shareLine(open: () => Promise<AtLine>): () => Promise<AtLine> {
  let shared: { readonly line: Promise<AtLine>; users: number } | undefined;
  let closing: Promise<unknown> = Promise.resolve();
  return async () => {
    const mine = shared ?? { line: closing.then(open), users: 0 };
    shared = mine;
    mine.users += 1;
    const release = async (line?: AtLine) => {
      mine.users -= 1;
      if (mine.users > 0) return;
      if (shared === mine) shared = undefined;
      closing = Promise.resolve(line?.[Symbol.asyncDispose]()).catch(() => undefined);
      await closing;
    };
    try {
      const line = await mine.line;
      // Later callers open it again.
      line.closed.addEventListener('abort', () => {
        if (shared === mine) shared = undefined;
      });
      const { ask, closed, path } = line;
      return { ask, closed, path, [Symbol.asyncDispose]: () => release(line) };
    } catch (error) {
      await release();
      throw error;
    }
  };
}
