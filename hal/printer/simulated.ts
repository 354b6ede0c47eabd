/** A simulated printer. */

import { pause } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import type { Log } from '../os/log.ts';
import { openPrinter } from './device.ts';
import type { Paper } from './paper/escpos-render.ts';
import type { Printer } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import { Mechanism, type MechanismState } from './simulated-mechanism.ts';
import type { OpenTransport } from './transport/transport.ts';

export interface SimulatedPrinterOptions {
  readonly profile: PrinterProfile;
  readonly clock: Clock;
  readonly log: Log;
  readonly rollMm: number;
  /** Each piece of paper as it comes out. */
  readonly onPaper: (paper: Paper) => void;
}

export interface SimulatedPrinter {
  readonly printer: Printer;
  /** The way to it, for a test that pulls the cable in mid-job. */
  readonly open: OpenTransport;
  setCover(isOpen: boolean): void;
  insertRoll(lengthMm: number): void;
  hasPaper(): boolean;
  /** A printer that answers nothing, as many clones do. */
  setSilent(isSilent: boolean): void;
  setPlugged(isPlugged: boolean): void;
}

const POLL_MS = 10;

/**
 * A printer with a paper roll, behind the same bytes as a real one: jobs are
 * rendered as ESC/POS, sent, parsed and printed as a picture.
 */
export function openSimulatedPrinter(options: SimulatedPrinterOptions): SimulatedPrinter {
  const { profile, clock, onPaper } = options;
  const state: MechanismState = { leftMm: options.rollMm, isCoverOpen: false, isSilent: false };
  const mechanism = new Mechanism(profile, state, onPaper);
  let isPlugged = true;
  const check = () => {
    if (!isPlugged) throw new HalError('GONE', 'simulated printer: unplugged');
  };
  const open: OpenTransport = async () => {
    check();
    return {
      name: 'simulated',
      write: async (bytes, _signal, onSent) => {
        check();
        mechanism.take(bytes);
        onSent?.(bytes.length);
      },
      read: async (timeoutMs, signal) => {
        check();
        const early = mechanism.answers();
        if (early.length > 0 || timeoutMs === 0) return early;
        // A wait for new paper must let the box go on.
        await pause(clock, Math.min(timeoutMs, POLL_MS), signal);
        signal.throwIfAborted();
        return mechanism.answers();
      },
      // Paper is torn off when the job is over, cut or not.
      [Symbol.asyncDispose]: async () => mechanism.tearOff(),
    };
  };
  return {
    printer: openPrinter(open, profile, options),
    open,
    setCover: (next) => {
      state.isCoverOpen = next;
      mechanism.run();
    },
    insertRoll: (lengthMm) => {
      state.leftMm = lengthMm;
      mechanism.run();
    },
    hasPaper: () => state.leftMm > 0,
    setSilent: (next) => {
      state.isSilent = next;
    },
    setPlugged: (next) => {
      isPlugged = next;
      if (!next) mechanism.switchOff();
    },
  };
}
