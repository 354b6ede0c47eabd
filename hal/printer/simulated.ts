/** A simulated printer. */

import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import type { Log } from '../os/log.ts';
import { openPrinter } from './device.ts';
import { parseEscPos } from './escpos-parse.ts';
import { type Paper, renderPaper } from './escpos-render.ts';
import type { Printer } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import type { OpenTransport } from './transport/transport.ts';

/** 203 dpi. */
const DOTS_PER_MM = 8;

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
  setCover(isOpen: boolean): void;
  insertRoll(lengthMm: number): void;
  hasPaper(): boolean;
  /** A printer that answers nothing, as many clones do. */
  setSilent(isSilent: boolean): void;
  setPlugged(isPlugged: boolean): void;
}

/**
 * A printer with a paper roll, behind the same bytes as a real one: jobs are
 * rendered as ESC/POS, sent, parsed and printed as a picture.
 */
export function openSimulatedPrinter(options: SimulatedPrinterOptions): SimulatedPrinter {
  const { profile, onPaper } = options;
  const state: PrinterState = {
    leftMm: options.rollMm,
    isCoverOpen: false,
    isSilent: false,
    isPlugged: true,
  };
  const open: OpenTransport = async () => {
    let held = Buffer.alloc(0);
    const check = () => {
      if (!state.isPlugged) throw new HalError('GONE', 'simulated printer: unplugged');
    };
    check();
    return {
      name: 'simulated',
      write: async (bytes, _signal, onSent) => {
        check();
        for (const command of parseEscPos(bytes)) {
          if (command.kind === 'status-request' && !state.isSilent) {
            held = Buffer.concat([held, Buffer.from([statusByte(state, command.which)])]);
          }
        }
        const paper = renderPaper(bytes, profile);
        if (paper.picture.height > 0) {
          state.leftMm -= paper.picture.height / DOTS_PER_MM;
          onPaper(paper);
        }
        onSent?.(bytes.length);
      },
      read: async () => {
        check();
        const bytes = held;
        held = Buffer.alloc(0);
        return bytes;
      },
      [Symbol.asyncDispose]: async () => {},
    };
  };
  return {
    printer: openPrinter(open, profile, options),
    setCover: (next) => {
      state.isCoverOpen = next;
    },
    insertRoll: (lengthMm) => {
      state.leftMm = lengthMm;
    },
    hasPaper: () => state.leftMm > 0,
    setSilent: (next) => {
      state.isSilent = next;
    },
    setPlugged: (next) => {
      state.isPlugged = next;
    },
  };
}

interface PrinterState {
  leftMm: number;
  isCoverOpen: boolean;
  isSilent: boolean;
  isPlugged: boolean;
}

/** The answer to a status request, see `StatusKind`. */
function statusByte({ leftMm, isCoverOpen }: PrinterState, which: number): number {
  const isOut = leftMm <= 0;
  const isStopped = isOut || isCoverOpen;
  if (which === 1) return 0x12 | (isStopped ? 0x08 : 0);
  if (which === 2) return 0x12 | (isCoverOpen ? 0x04 : 0) | (isOut ? 0x20 : 0);
  if (which === 4) return 0x12 | (leftMm < 1000 ? 0x0c : 0) | (isOut ? 0x60 : 0);
  return 0x12;
}
