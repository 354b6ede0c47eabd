/** A receipt printer in simulated time: slow, with a buffer, late answers, and a person's faults. */
import type { Clock } from '../../hal/os/clock.ts';
import { HalError } from '../../hal/os/errors.ts';
import type { PrinterProfile } from '../../hal/printer/profiles.ts';
import { Mechanism, type MechanismState } from '../../hal/printer/simulated-mechanism.ts';
import { type OpenTransport, STALL_MS } from '../../hal/printer/transport/transport.ts';

const ROLL_MM = 50_000;
const BUFFER_BYTES = 16_384;
/** What a transfer of usblp may carry, or less. */
const CHUNK_BYTES = 4_096;
const POLL_MS = 20;
const PIECE_BYTES = 16;

export interface Build {
  readonly profile: PrinterProfile;
  readonly mmPerS: number;
  /** Status requests are answered in their turn, as cheap ones do, and not at once. */
  readonly answersInTurn: boolean;
  /** It answers questions that ask whether a job came out, as its profile promises. */
  readonly confirms: boolean;
  /** The box may end, or the cable be pulled, before the next chunk. */
  readonly chunkMs: number;
}

export class SlowPrinter {
  /** All lines of text that came out, piece by piece of paper. */
  readonly papers: (readonly string[])[] = [];
  /** Each answer comes so much later. */
  answerMs = 0;
  readonly #build: Build;
  readonly #clock: Clock;
  readonly #state: MechanismState = { leftMm: ROLL_MM, isCoverOpen: false, isSilent: false };
  readonly #mechanism: Mechanism;
  readonly #realTime: Mechanism;
  #buffer: Buffer = Buffer.alloc(0);
  #lastTwo: Buffer = Buffer.alloc(0);
  #answers: { readonly atMs: number; readonly bytes: Buffer }[] = [];
  #isPlugged = true;
  /** Counts replugs: an open file is of one plugging in. */
  #plugs = 0;
  #leftMm = 0;

  constructor(build: Build, clock: Clock) {
    this.#build = build;
    this.#clock = clock;
    this.#mechanism = new Mechanism(build.profile, this.#state, ({ text }) =>
      this.papers.push(text),
    );
    this.#realTime = new Mechanism(build.profile, this.#state, () => undefined);
  }

  /** Prints what it manages in this time. */
  work(ms: number): void {
    const perStepMm = (this.#build.mmPerS * ms) / 1000;
    this.#leftMm = Math.min(this.#leftMm + perStepMm, perStepMm);
    while (this.#buffer.length > 0 && this.#leftMm > 0) {
      const beforeMm = this.#state.leftMm;
      this.#mechanism.take(this.#buffer.subarray(0, PIECE_BYTES));
      this.#buffer = this.#buffer.subarray(PIECE_BYTES);
      this.#leftMm -= beforeMm - this.#state.leftMm;
      this.#answer(this.#mechanism.answers(), !this.#build.answersInTurn);
    }
  }

  setPaper(leftMm: number): void {
    this.#state.leftMm = leftMm;
  }

  openCover(): void {
    this.#state.isCoverOpen = true;
  }

  /** What the printer has is printed on; what it answers meanwhile is lost. */
  pullCable(): void {
    this.#isPlugged = false;
    this.#answers = [];
  }

  switchOff(): void {
    this.pullCable();
    this.#buffer = Buffer.alloc(0);
    this.#lastTwo = Buffer.alloc(0);
    this.#mechanism.switchOff();
  }

  repair(): void {
    if (!this.#isPlugged) this.#plugs += 1;
    this.#isPlugged = true;
    this.#state.leftMm = ROLL_MM;
    this.#state.isCoverOpen = false;
    this.#mechanism.run();
    this.#answer(this.#mechanism.answers(), !this.#build.answersInTurn);
  }

  /** The way to it for the box. */
  readonly open: OpenTransport = async () => {
    const plug = this.#plugs;
    const check = () => {
      if (!this.#isPlugged || plug !== this.#plugs) throw new HalError('GONE', 'unplugged');
    };
    check();
    return {
      name: 'slow',
      write: async (bytes, signal, onSent) => {
        let movedMs = this.#clock.monotonicMs();
        for (let sent = 0; sent < bytes.length; ) {
          signal.throwIfAborted();
          check();
          const free = BUFFER_BYTES - this.#buffer.length;
          const piece = bytes.subarray(sent, sent + Math.min(CHUNK_BYTES, free));
          if (piece.length === 0) {
            if (this.#clock.monotonicMs() - movedMs > STALL_MS) throw stalled();
            await this.#clock.sleep(POLL_MS, signal);
            continue;
          }
          this.#receive(piece);
          sent += piece.length;
          movedMs = this.#clock.monotonicMs();
          onSent?.(sent);
          await this.#clock.sleep(this.#build.chunkMs, signal);
        }
      },
      read: async (timeoutMs, signal) => {
        const endMs = this.#clock.monotonicMs() + timeoutMs;
        for (;;) {
          signal.throwIfAborted();
          check();
          const bytes = this.#take();
          const leftMs = endMs - this.#clock.monotonicMs();
          if (bytes.length > 0 || leftMs <= 0) return bytes;
          await this.#clock.sleep(Math.min(POLL_MS, leftMs), signal);
        }
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  };

  #receive(bytes: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const seen = Buffer.concat([this.#lastTwo, bytes]);
    this.#lastTwo = seen.subarray(-2);
    if (this.#build.answersInTurn) return;
    for (const [at, which] of seen.entries()) {
      const isRequest = seen[at - 2] === 0x10 && seen[at - 1] === 0x04;
      if (isRequest) this.#realTime.take(Uint8Array.of(0x10, 0x04, which));
    }
    this.#answer(this.#realTime.answers(), false);
  }

  /** @param isWithoutStatus Its status was answered when it was asked. */
  #answer(bytes: Buffer, isWithoutStatus: boolean): void {
    const isStatus = (byte: number) => (byte & 0x93) === 0x12;
    const { confirms } = this.#build;
    const wanted = bytes.filter((byte) => (isStatus(byte) ? !isWithoutStatus : confirms));
    if (wanted.length === 0 || !this.#isPlugged) return;
    const atMs = this.#clock.monotonicMs() + this.answerMs;
    this.#answers.push({ atMs, bytes: Buffer.from(wanted) });
  }

  #take(): Buffer {
    const nowMs = this.#clock.monotonicMs();
    const due = this.#answers.filter(({ atMs }) => atMs <= nowMs);
    this.#answers = this.#answers.filter(({ atMs }) => atMs > nowMs);
    return Buffer.concat(due.map(({ bytes }) => bytes));
  }
}

const stalled = () => new HalError('TIMEOUT', 'it takes no byte');
