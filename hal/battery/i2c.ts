/** Transfers on an I2C bus, with retries and a time limit. */

import { access, constants } from 'node:fs/promises';
import i2c from 'i2c-bus';
import { turns, withTimeout } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { errnoOf, HalError, type HalErrorCode, halErrorOf } from '../os/errors.ts';
import type { I2cBus, Registers } from './registers.ts';

/** A transfer at 100 kHz takes well below 5 ms; clock stretching may cost some tens. */
const TRANSFER_TIMEOUT_MS = 250;
/** A single missing acknowledgement is common on wires shared with a busy HAT. */
const TRIES = 3;
const RETRY_PAUSE_MS = 10;

const REOPEN: ReadonlySet<string> = new Set(['EBUSY', 'ENODEV', 'ESHUTDOWN']);

/**
 * `/dev/i2c-N`, which is there and may be used. Rejects with `HalError`: NOT_FOUND,
 * NOT_PERMITTED.
 */
export async function openI2cBus(number: number, clock: Clock): Promise<I2cBus> {
  // i2c-bus itself opens the file at the first transfer only.
  await access(`/dev/i2c-${number}`, constants.R_OK | constants.W_OK).catch((error: unknown) => {
    throw explained(error, number);
  });
  return lateI2cBus(number, clock);
}

/**
 * `/dev/i2c-N` by i2c-bus's asynchronous calls, opened when a chip is first asked:
 * until it is there each transfer rejects with NOT_FOUND.
 */
export function lateI2cBus(
  number: number,
  clock: Clock,
  open: (number: number) => Promise<i2c.PromisifiedBus> = (at) => i2c.openPromisified(at),
): I2cBus {
  const name = `i2c-${number}`;
  const line = new BusLine(name, clock);
  let isClosed = false;
  let opened: i2c.PromisifiedBus | undefined;
  const close = async () => {
    const bus = opened;
    opened = undefined;
    await bus?.close();
  };
  const transfer = async <T>(work: (bus: i2c.PromisifiedBus) => Promise<T>): Promise<T> => {
    if (isClosed) throw new HalError('GONE', `${name}: it was closed`);
    try {
      opened ??= await open(number);
      return await work(opened);
    } catch (error) {
      // i2c-bus 5.2.3 keeps the descriptor of an address that the kernel refused, and
      // would send the next transfer to address 0 with it: a new bus forgets it. An
      // adapter that was unplugged is only there again once it is reopened.
      if (REOPEN.has(errnoOf(error) ?? '')) await close();
      throw isNotThere(error) ? explained(error, number) : error;
    }
  };
  return {
    name,
    at: (address, signal) => registers(transfer, line, address, signal),
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      // A transfer that still hangs holds the descriptor: closing it would block as well.
      if (!line.isHung) await close();
    },
  };
}

function isNotThere(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT';
}

/** This is common: the I²C bus of a new Pi is off until it is enabled. */
function explained(error: unknown, number: number): HalError {
  if (!isNotThere(error)) return halErrorOf(error, `i2c-${number}`);
  const message = `there is no /dev/i2c-${number}: is I2C switched on?`;
  return new HalError('NOT_FOUND', message, { cause: error });
}

type Transfer = <T>(work: (bus: i2c.PromisifiedBus) => Promise<T>) => Promise<T>;

function registers(
  transfer: Transfer,
  line: BusLine,
  address: number,
  signal: AbortSignal,
): Registers {
  const at = (register: number) => `0x${address.toString(16)} register 0x${register.toString(16)}`;
  const run = <T>(register: number, work: (bus: i2c.PromisifiedBus) => Promise<T>) =>
    line.run(at(register), () => transfer(work), signal);
  return {
    readByte: (register) => run(register, (bus) => bus.readByte(address, register)),
    readWord: async (register) => {
      const word = await run(register, (bus) => bus.readWord(address, register));
      return ((word & 0xff) << 8) | (word >> 8);
    },
    readBlock: (register, length) =>
      run(register, async (bus) => {
        const block = Buffer.alloc(length);
        const { bytesRead } = await bus.readI2cBlock(address, register, length, block);
        return block.subarray(0, bytesRead);
      }),
    writeByte: (register, value) => run(register, (bus) => bus.writeByte(address, register, value)),
  };
}

/** Failures that the next try a moment later may not meet again. */
const RETRYABLE: ReadonlySet<HalErrorCode> = new Set(['GONE', 'IO', 'BAD_REPLY']);

/**
 * One transfer at a time, with a time-out.
 *
 * A hung bus blocks a thread of libuv's pool inside the kernel and cannot be
 * called back. While it does, further transfers are refused at once: the pool
 * has four threads and all file access of this process needs them.
 */
export class BusLine {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #inTurn = turns();
  #hung: Promise<unknown> | undefined;

  constructor(name: string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
  }

  get isHung(): boolean {
    return this.#hung !== undefined;
  }

  /** Rejects with `HalError` after the last try, or with the reason of an aborted `signal`. */
  run<T>(what: string, transfer: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#inTurn(() => this.#try(`${this.#name} ${what}`, transfer, signal));
  }

  async #try<T>(what: string, transfer: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let left = TRIES - 1; ; left -= 1) {
      signal.throwIfAborted();
      try {
        return await this.#once(what, transfer);
      } catch (error) {
        const failure = halErrorOf(error, what);
        if (left === 0 || !RETRYABLE.has(failure.code)) throw failure;
      }
      await this.#clock.sleep(RETRY_PAUSE_MS, signal);
    }
  }

  async #once<T>(what: string, transfer: () => Promise<T>): Promise<T> {
    if (this.#hung !== undefined) throw new HalError('TIMEOUT', `${what}: the bus still hangs`);
    const running = transfer();
    const onEnd = () => {
      this.#hung = undefined;
    };
    const timeoutError = () => {
      this.#hung = running.then(onEnd, onEnd);
      return new HalError('TIMEOUT', `${what}: no answer in ${TRANSFER_TIMEOUT_MS} ms`);
    };
    const limit = { clock: this.#clock, timeoutMs: TRANSFER_TIMEOUT_MS, timeoutError };
    return await withTimeout(() => running, limit);
  }
}
