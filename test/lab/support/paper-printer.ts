/** The lab's USB printer with a print head: takes bytes from the gadget as fast as it prints. */
import { constants, existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Paper } from '../../../hal/printer/paper/escpos-render.ts';
import type { PrinterProfile } from '../../../hal/printer/profiles.ts';
import { Mechanism, type MechanismState } from '../../../hal/printer/simulated-mechanism.ts';
import { makePrinter } from './usb-gadget.ts';

const ROLL_MM = 50_000;
const TICK_MS = 20;
/**
 * All that the gadget holds (10 x 8 KiB): of a transfer that was read in part it keeps a pointer
 * over an unplug, and the next read ends the kernel.
 */
const READ_BYTES = 131_072;
/** What it has not printed yet; with more it reads no further, as printers do. */
const BUFFER_BYTES = 8_192;

export interface PaperPrinter extends AsyncDisposable {
  /** Each piece of paper that came out. */
  readonly papers: readonly Paper[];
  /** So much paper is left. */
  setPaper(leftMm: number): void;
  setCover(isOpen: boolean): void;
  unplug(): Promise<void>;
  /** Plugged in, with a new roll and its cover closed; resolves when the box's kernel knows it. */
  repair(): Promise<void>;
}

export function openPaperPrinter(profile: PrinterProfile): PaperPrinter {
  const gadget = makePrinter();
  const papers: Paper[] = [];
  const state: MechanismState = { leftMm: ROLL_MM, isCoverOpen: false, isSilent: false };
  const mechanism = new Mechanism(profile, state, (paper) => papers.push(paper));
  let plugged = serve(mechanism, profile);
  let isPlugged = true;
  const unplug = async () => {
    if (!isPlugged) return;
    isPlugged = false;
    gadget.unplug();
    await plugged.stop();
    mechanism.switchOff();
  };
  return {
    papers,
    setPaper: (leftMm) => {
      state.leftMm = leftMm;
    },
    setCover: (isOpen) => {
      state.isCoverOpen = isOpen;
    },
    unplug,
    repair: async () => {
      state.leftMm = ROLL_MM;
      state.isCoverOpen = false;
      mechanism.run();
      if (isPlugged) return;
      isPlugged = true;
      gadget.plug();
      plugged = serve(mechanism, profile);
      // One that is pulled while it is being looked at is given up by the kernel (error -71).
      for (let tries = 0; !existsSync('/dev/usb/lp0') && tries < 500; tries += 1) await sleep(20);
    },
    [Symbol.asyncDispose]: async () => {
      await plugged.stop();
    },
  };
}

/** From one plugging in to its end. */
function serve(mechanism: Mechanism, { hasNativeQr }: PrinterProfile) {
  const stop = new AbortController();
  const { signal } = stop;
  /** A job is under way for some tenths of a second, whether its code is data or dots. */
  const bytesPerTick = hasNativeQr ? 50 : 1_500;
  let waiting: Chunk[] = [];
  const work = async (device: FileHandle) => {
    const bytes = Buffer.alloc(READ_BYTES);
    while (!signal.aborted) {
      const held = waiting.reduce((sum, { rest }) => sum + rest.length, 0);
      const read = held > BUFFER_BYTES ? 0 : await readSome(device, bytes);
      if (read > 0) waiting.push(chunkOf(Buffer.from(bytes.subarray(0, read))));
      waiting = print(mechanism, waiting, bytesPerTick);
      await answer(device, mechanism, signal);
      if (read === 0 || waiting.length > 0) await sleep(TICK_MS);
    }
  };
  const working = (async () => {
    while (!signal.aborted) {
      // ENODEV until the host has chosen the gadget's interface.
      const device = await open('/dev/g_printer0', constants.O_RDWR | constants.O_NONBLOCK).catch(
        () => undefined,
      );
      if (device !== undefined) await work(device).finally(() => device.close());
      await sleep(TICK_MS);
    }
  })();
  return {
    stop: async () => {
      stop.abort();
      await working;
    },
  };
}

async function readSome(device: FileHandle, bytes: Buffer): Promise<number> {
  // Nothing there, or unplugged.
  const read = await device.read(bytes).catch(() => undefined);
  return read?.bytesRead ?? 0;
}

/** What came at once, as far as it is not printed. */
interface Chunk {
  readonly rest: Buffer;
  readonly endsInQuestion: boolean;
}

const chunkOf = (bytes: Buffer): Chunk => ({ rest: bytes, endsInQuestion: isQuestion(bytes) });

/** Prints so many bytes, and returns the rest. Paper is torn off where a question ends what came. */
function print(mechanism: Mechanism, waiting: readonly Chunk[], max: number): Chunk[] {
  const [first, ...others] = waiting;
  if (first === undefined) return [];
  const { rest, endsInQuestion } = first;
  let end = max;
  // What ends a torn picture takes no time.
  while (rest[end] === 0) end += 1;
  mechanism.take(rest.subarray(0, end));
  if (rest.length > end) return [{ rest: rest.subarray(end), endsInQuestion }, ...others];
  if (endsInQuestion) mechanism.tearOff();
  return others;
}

/** What the box asks when a job is over: DLE EOT n, GS r 1, GS ( H. It waits for each answer. */
function isQuestion(chunk: Buffer): boolean {
  const [a, b] = chunk.subarray(-3);
  if ((a === 0x10 && b === 0x04) || (a === 0x1d && b === 0x72)) return true;
  const [c, d, e] = chunk.subarray(-11);
  return c === 0x1d && d === 0x28 && e === 0x48;
}

async function answer(
  device: FileHandle,
  mechanism: Mechanism,
  signal: AbortSignal,
): Promise<void> {
  let answers = mechanism.answers();
  // Full while the host reads nothing (EAGAIN); gone with the plug.
  for (let tries = 0; answers.length > 0 && tries < 200 && !signal.aborted; tries += 1) {
    const written = await device.write(answers).catch(() => undefined);
    answers = answers.subarray(written?.bytesWritten ?? 0);
    if (answers.length > 0) await sleep(5);
  }
}
