/** The driver for modems by AT commands. */

import { existsSync } from 'node:fs';
import { anySignal, pause } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { messageOf } from '../os/log.ts';
import { type AtLine, openAtLine, shareLine } from './at-line.ts';
import { AT_QUERIES, type AtAnswers, modemStateOfAt } from './at-parse.ts';
import { explainError } from './cme-errors.ts';
import { countersOf, interfaceBesideTty } from './counters.ts';
import type { ModemsOs } from './modem-manager.ts';
import {
  checkPin,
  type ModemAction,
  type ModemState,
  type Modems,
  type ModemsState,
} from './port.ts';
import { FollowedTty } from './tty-place.ts';

const POLL_MS = 5000;
const PORT_CHECK_MS = 500;
const RETRY_MS = 1000;
/** A modem that is busy with its network answers late what it answers at once else. */
const ANSWER_MS = 5000;
/** Leaving the network (AT+CFUN: 15 s), or the SIM's own work on a PIN (5 s). */
const ACTION_MS = 30_000;
/** What may take longer; Quectel EC2x&EG9x AT Commands Manual, "Maximum Response Time". */
const LATE_MS: Readonly<Record<string, number>> = { 'AT+COPS?': 180_000 };

/** One modem on a serial port, for machines without ModemManager. */
export function openAtModem(path: string, baudRate: number, os: ModemsOs): Modems {
  const port = new FollowedTty(path);
  const take = shareLine(async () => await openAtLine(await port.now(), baudRate, os.clock));
  const command = async (commands: readonly string[], signal: AbortSignal) => {
    await using line = await take();
    for (const one of commands) await must(line, one, signal);
  };
  return {
    driver: `AT on ${path}`,
    canPower: false,
    changes: (signal) => changes({ path, port, take }, os, signal),
    act: async (_id, action, signal) => command(commandsOf(action), signal),
    sendPin: async (_id, pin, signal) => command([`AT+CPIN="${checkPin(pin)}"`], signal),
  };
}

function commandsOf(action: ModemAction): readonly string[] {
  switch (action) {
    case 'enable':
      return ['AT+CFUN=1'];
    case 'reconnect':
      return ['AT+CFUN=4', 'AT+CFUN=1'];
    case 'reset':
      return ['AT+CFUN=1,1'];
    case 'power':
      throw new HalError('UNSUPPORTED', 'AT modem: its supply cannot be switched');
  }
}

/** The message has the modem's last line only: an echo of the command would reveal a PIN. */
async function must(line: AtLine, command: string, signal: AbortSignal): Promise<void> {
  const { final, lines } = await line.ask(command, ACTION_MS, signal);
  if (final === 'ok') return;
  throw new HalError(
    'BAD_REPLY',
    `${command.slice(0, 8)}: ${explainError(lines.at(-1) ?? 'refused')}`,
  );
}

interface Port {
  /** Of the config. */
  readonly path: string;
  readonly port: FollowedTty;
  readonly take: () => Promise<AtLine>;
}

async function* changes(
  { path: wanted, port, take }: Port,
  { clock, log }: ModemsOs,
  signal: AbortSignal,
): AsyncGenerator<ModemsState> {
  let reported = '';
  while (!signal.aborted) {
    try {
      await using line = await take();
      const { path } = line;
      using ends = anySignal(signal, line.closed);
      await line.ask('ATE0', ANSWER_MS, signal);
      // Errors with their number, else they are all ERROR.
      await line.ask('AT+CMEE=1', ANSWER_MS, signal);
      while (!signal.aborted) {
        const state: ModemsState = {
          phase: 'known',
          modems: [await readModem(line, path, signal)],
        };
        await port.answered(path);
        if (JSON.stringify(state) !== reported) yield state;
        reported = JSON.stringify(state);
        await untilNextPoll(path, clock, ends.signal);
        line.closed.throwIfAborted();
      }
    } catch (error) {
      if (signal.aborted) return;
      const state: ModemsState = { phase: 'away', reason: messageOf(error) };
      if (JSON.stringify(state) !== reported) {
        log.warn('modem away', { path: wanted, reason: state.reason });
        yield state;
      }
      reported = JSON.stringify(state);
      await pause(clock, RETRY_MS, signal);
    }
  }
}

/** Until the next poll, or until the port's node is gone. */
async function untilNextPoll(path: string, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let leftMs = POLL_MS; leftMs > 0 && !signal.aborted; leftMs -= PORT_CHECK_MS) {
    await pause(clock, Math.min(PORT_CHECK_MS, leftMs), signal);
    if (!existsSync(path)) throw new HalError('GONE', `${path}: the modem went`);
  }
}

async function readModem(line: AtLine, path: string, signal: AbortSignal): Promise<ModemState> {
  const modem = { ...modemStateOfAt(await askAll(line, signal), path), port: path };
  const interfaceName = await interfaceBesideTty(path);
  if (interfaceName === undefined) return modem;
  return { ...modem, interfaceName, ...(await countersOf(interfaceName)) };
}

async function askAll(line: AtLine, signal: AbortSignal): Promise<AtAnswers> {
  const answers: Record<string, readonly string[]> = {};
  for (const query of AT_QUERIES) {
    answers[query] = (await line.ask(query, LATE_MS[query] ?? ANSWER_MS, signal)).lines;
  }
  return answers;
}
