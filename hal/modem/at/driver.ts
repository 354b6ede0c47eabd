import { SerialPort } from 'serialport';
import { HalError, halErrorOf } from '../../errors.ts';
import { type Clock, isAbort } from '../../os/clock.ts';
import { messageOf } from '../../os/log.ts';
import type { ModemsOs } from '../modem-manager.ts';
import type { ModemAction, Modems, ModemsState } from '../port.ts';
import { AT_QUERIES, type AtAnswers, cutLines, finalOf, modemStateOfAt } from './parse.ts';

const POLL_MS = 5000;
const RETRY_MS = 1000;
const ANSWER_MS = 3000;

/** One modem on a serial port, for machines without ModemManager. */
export function openAtModem(path: string, baudRate: number, os: ModemsOs): Modems {
  const withLine = async <T>(work: (line: AtLine) => Promise<T>): Promise<T> => {
    await using line = await openAtLine(path, baudRate, os.clock);
    return await work(line);
  };
  return {
    driver: `AT on ${path}`,
    changes: (signal) => changes(path, baudRate, os, signal),
    act: (_id, action, signal) =>
      withLine(async (line) => {
        for (const command of commandsOf(action)) await must(line, command, signal);
      }),
    sendPin: (_id, pin, signal) =>
      withLine(async (line) => {
        if (!/^\d{4,8}$/.test(pin)) throw new HalError('BAD_REPLY', 'PIN: not 4 to 8 digits');
        await must(line, `AT+CPIN="${pin}"`, signal);
      }),
  };
}

function commandsOf(action: ModemAction): readonly string[] {
  switch (action) {
    case 'enable':
      return ['AT+CFUN=1'];
    case 'disable':
      return ['AT+CFUN=4'];
    case 'reconnect':
      return ['AT+CFUN=4', 'AT+CFUN=1'];
    case 'reset':
      return ['AT+CFUN=1,1'];
    case 'power':
      throw new HalError('UNSUPPORTED', 'AT modem: its supply cannot be switched');
  }
}

async function must(line: AtLine, command: string, signal: AbortSignal): Promise<void> {
  const { final, lines } = await line.ask(command, signal);
  if (final !== 'ok')
    throw new HalError('BAD_REPLY', `${command.slice(0, 8)}: ${lines.join(' | ')}`);
}

async function* changes(
  path: string,
  baudRate: number,
  { clock, log }: ModemsOs,
  signal: AbortSignal,
): AsyncGenerator<ModemsState> {
  let told = '';
  while (!signal.aborted) {
    try {
      await using line = await openAtLine(path, baudRate, clock);
      await line.ask('ATE0', signal);
      while (!signal.aborted) {
        const modem = modemStateOfAt(await askAll(line, signal), path);
        const state: ModemsState = { phase: 'known', modems: [modem] };
        if (JSON.stringify(state) !== told) yield state;
        told = JSON.stringify(state);
        await pause(clock, POLL_MS, AbortSignal.any([signal, line.closed]));
        line.closed.throwIfAborted();
      }
    } catch (error) {
      if (signal.aborted) return;
      const state: ModemsState = { phase: 'away', reason: messageOf(error) };
      if (JSON.stringify(state) !== told) {
        log.warn('modem away', { path, reason: state.reason });
        yield state;
      }
      told = JSON.stringify(state);
      await pause(clock, RETRY_MS, signal);
    }
  }
}

async function askAll(line: AtLine, signal: AbortSignal): Promise<AtAnswers> {
  const answers: Record<string, readonly string[]> = {};
  for (const query of AT_QUERIES) answers[query] = (await line.ask(query, signal)).lines;
  return answers;
}

interface AtLine extends AsyncDisposable {
  /** One command at a time. Rejects with `HalError` TIMEOUT or GONE. */
  ask(
    command: string,
    signal: AbortSignal,
  ): Promise<{ readonly final: 'ok' | 'error'; readonly lines: readonly string[] }>;
  readonly closed: AbortSignal;
}

async function openAtLine(path: string, baudRate: number, clock: Clock): Promise<AtLine> {
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(halErrorOf(error, path)) : resolve()));
  });
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
  return {
    closed: closed.signal,
    ask: async (command, signal) => {
      const lines: string[] = [];
      const answered = new AbortController();
      let final: 'ok' | 'error' | undefined;
      onLine = (line) => {
        // An echo, until ATE0 is heard; the bound is for a modem gone mad.
        if (line !== command && lines.length < 64) lines.push(line);
        final ??= finalOf(line);
        if (final !== undefined) answered.abort();
      };
      port.write(`${command}\r`, 'latin1');
      await pause(clock, ANSWER_MS, AbortSignal.any([signal, closed.signal, answered.signal]));
      signal.throwIfAborted();
      closed.signal.throwIfAborted();
      if (final === undefined)
        throw new HalError('TIMEOUT', `${path}: no answer to ${command.slice(0, 8)}`);
      return { final, lines };
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  }
}
