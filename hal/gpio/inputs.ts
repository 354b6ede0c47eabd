/** Follows the input lines, also over a loss of their chip. */

import { anySignal, pause } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { type ClockAndLog, messageOf } from '../os/log.ts';
import type { InputChange, InputHandle, InputSpec, Inputs, LineDriver } from './port.ts';
import { ChangeQueue } from './queue.ts';

/** Between two tries to claim lines that are away. A replug is back well within 5 s. */
const RETRY_MS = 1000;
/**
 * How often a quiet line is read, so that a chip that went without a word (sysfs
 * reports nothing) is noticed within a second.
 */
const PROBE_MS = 500;

/** Watches inputs over any driver; claims them again for as long as it takes. */
export function watchInputs(
  driver: LineDriver,
  specs: readonly InputSpec[],
  os: ClockAndLog,
): Inputs {
  return { driver: driver.name, changes: (signal) => changes(driver, specs, os, signal) };
}

async function* changes(
  driver: LineDriver,
  specs: readonly InputSpec[],
  { clock, log }: ClockAndLog,
  signal: AbortSignal,
): AsyncGenerator<InputChange> {
  let lastReason: string | undefined;
  while (!signal.aborted) {
    let reason: string;
    try {
      yield* onePresence(driver, specs, clock, signal, () => {
        if (lastReason !== undefined) log.info('inputs back', { driver: driver.name });
        lastReason = undefined;
      });
      return;
    } catch (error) {
      reason = messageOf(error);
    }
    if (reason !== lastReason) {
      log.warn('inputs away', { driver: driver.name, reason });
      yield { kind: 'gone', reason, atMs: clock.monotonicMs() };
    }
    lastReason = reason;
    await pause(clock, RETRY_MS, signal);
  }
}

/** From claiming the lines until they are gone, which it throws. */
async function* onePresence(
  driver: LineDriver,
  specs: readonly InputSpec[],
  clock: Clock,
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<InputChange> {
  const queue = new ChangeQueue();
  const stop = new AbortController();
  using ends = anySignal(signal, stop.signal);
  const handle = driver.openInputs(
    specs,
    (name, isActive, atMs, lostEdges) => {
      if (lostEdges > 0) queue.lose(lostEdges + 1, atMs);
      else queue.push({ kind: 'edge', name, isActive, atMs });
    },
    (error) => stop.abort(error),
  );
  try {
    yield { kind: 'levels', active: handle.read(), atMs: clock.monotonicMs() };
    onOpen();
    const probing = probe(handle, clock, ends.signal).catch((error: unknown) => stop.abort(error));
    for (;;) {
      const change = await queue.take(ends.signal);
      if (change === undefined) break;
      yield change;
      if (change.kind === 'lost') {
        yield { kind: 'levels', active: handle.read(), atMs: clock.monotonicMs() };
      }
    }
    stop.abort();
    await probing;
    if (!signal.aborted) throw stop.signal.reason;
  } finally {
    stop.abort();
    handle.close();
  }
}

/** Reads until it fails, which it throws, or until `signal` aborts. */
async function probe(handle: InputHandle, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    handle.read();
    await pause(clock, PROBE_MS, signal);
  }
}
