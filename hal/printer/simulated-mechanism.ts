/** The inside of a simulated printer: its buffer, and a print head that stops without paper. */

import { type Command, parseComplete } from './paper/escpos-parse.ts';
import { type Paper, Roll } from './paper/escpos-render.ts';
import type { PrinterProfile } from './profiles.ts';

/** 203 dpi. */
const DOTS_PER_MM = 8;

export interface MechanismState {
  leftMm: number;
  isCoverOpen: boolean;
  /** Answers nothing, as many clones do. */
  isSilent: boolean;
}

/**
 * Takes bytes as they come, and prints what is complete, in order. Out of paper or open it
 * keeps the rest, and goes on when a person has repaired it, as printers do.
 */
export class Mechanism {
  readonly #profile: PrinterProfile;
  readonly #state: MechanismState;
  readonly #onPaper: (paper: Paper) => void;
  #half: Uint8Array = new Uint8Array();
  /** A request may come in two pieces. */
  #lastTwo: Uint8Array = new Uint8Array();
  #waiting: (Command | 'end')[] = [];
  #answers = Buffer.alloc(0);
  #roll: Roll;

  constructor(profile: PrinterProfile, state: MechanismState, onPaper: (paper: Paper) => void) {
    this.#profile = profile;
    this.#state = state;
    this.#onPaper = onPaper;
    this.#roll = new Roll(profile);
  }

  take(bytes: Uint8Array): void {
    const { commands, rest } = parseComplete(Buffer.concat([this.#half, bytes]));
    this.#half = rest;
    // Answered at once, also in the middle of a picture, and taken for its data there.
    const seen = Buffer.concat([this.#lastTwo, bytes]);
    for (const [at, which] of seen.entries()) {
      const isRequest = seen[at - 2] === 0x10 && seen[at - 1] === 0x04;
      if (isRequest) this.#answer([this.#statusByte(which)]);
    }
    this.#lastTwo = seen.subarray(-2);
    this.#waiting.push(...commands);
    this.run();
  }

  /** Takes the paper away, once all that was sent has come out. */
  tearOff(): void {
    this.#waiting.push('end');
    this.run();
  }

  /** Goes on: after new paper, or a cover that was closed. */
  run(): void {
    while (this.#waiting.length > 0 && !this.#isStopped()) {
      const [command] = this.#waiting.splice(0, 1);
      if (command === undefined) return;
      if (command === 'end') this.#tear();
      else this.#perform(command);
    }
  }

  /** Switched off: what was not printed is lost. */
  switchOff(): void {
    this.#waiting = [];
    this.#half = new Uint8Array();
    this.#lastTwo = new Uint8Array();
    this.#answers = Buffer.alloc(0);
    this.#tear();
  }

  answers(): Buffer {
    const bytes = this.#answers;
    this.#answers = Buffer.alloc(0);
    return bytes;
  }

  #perform(command: Command): void {
    if (command.kind === 'confirm') {
      const { id } = command;
      this.#answer(id === undefined ? [0] : [0x37, 0x22, ...id, 0]);
      return;
    }
    const before = this.#roll.rows;
    this.#roll.take(command);
    this.#state.leftMm -= (this.#roll.rows - before) / DOTS_PER_MM;
  }

  #tear(): void {
    const paper = this.#roll.tear();
    this.#roll = new Roll(this.#profile);
    if (paper.picture.height > 0) this.#onPaper(paper);
  }

  #isStopped(): boolean {
    return this.#state.leftMm <= 0 || this.#state.isCoverOpen;
  }

  #answer(bytes: readonly number[]): void {
    if (this.#state.isSilent) return;
    this.#answers = Buffer.concat([this.#answers, Buffer.from(bytes)]).subarray(-1024);
  }

  /** The answer to a status request, see `StatusKind`. */
  #statusByte(which: number): number {
    const { leftMm, isCoverOpen } = this.#state;
    const isOut = leftMm <= 0;
    if (which === 1) return 0x12 | (this.#isStopped() ? 0x08 : 0);
    if (which === 2) return 0x12 | (isCoverOpen ? 0x04 : 0) | (isOut ? 0x20 : 0);
    if (which === 4) return 0x12 | (leftMm < 1000 ? 0x0c : 0) | (isOut ? 0x60 : 0);
    return 0x12;
  }
}
