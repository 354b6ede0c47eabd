/**
 * The process that reads the code off key frames of the stream. It runs at low
 * priority, while a code is shown: neither viewers nor encoders wait for it.
 */
import { setPriority } from 'node:os';
import { untilAborted } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import { type Parent, runAsWorker } from '../../hal/os/worker-child.ts';
import { decodeStill } from '../clips/still.ts';
import type { FromScanner, Reading, ToScanner } from './messages.ts';
import { pixelsNear, readPixels } from './read-code.ts';

const NICENESS = 10;

async function readAll({ area, stills }: ToScanner, signal: AbortSignal): Promise<FromScanner> {
  const readings: Reading[] = [];
  try {
    // One after the other: each decoder is a process of its own.
    for (const { rendition, movie } of stills) {
      const picture = await decodeStill({ chunks: [Buffer.from(movie, 'base64')] }, signal);
      const pixels = await pixelsNear(picture, area);
      const text = pixels && readPixels(pixels);
      readings.push({ rendition, ...(text === undefined ? {} : { text }) });
    }
    return { type: 'read', readings };
  } catch (error) {
    return { type: 'failed', reason: messageOf(error) };
  }
}

async function run(
  { send, onCommand }: Parent<ToScanner, FromScanner>,
  signal: AbortSignal,
): Promise<void> {
  // Before any thread starts, since threads inherit it.
  setPriority(NICENESS);
  onCommand((command) => void readAll(command, signal).then(send));
  await untilAborted(signal);
}

runAsWorker<Record<string, never>, ToScanner, FromScanner>((_, parent, signal) =>
  run(parent, signal),
);
