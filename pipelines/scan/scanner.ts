/** Reads the code off the stream, now and then, in a process of its own. */
import { anySignal, Condition, pause } from '../../hal/os/async.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { entryPoint } from '../../hal/os/process.ts';
import { type RestartPolicy, supervise } from '../../hal/os/supervise.ts';
import { openSwitch } from '../../hal/os/switch.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { openWorker } from '../../hal/os/worker.ts';
import type { FromScanner, Scan, Still, ToScanner, WantedScan } from './messages.ts';

export interface ScannerDeps extends ClockAndLog {
  /** One key frame of each rendition from this media time on; none before all have one. */
  readonly stills: (sinceUs: number) => readonly Still[];
  /** Media time, in us. */
  readonly nowUs: () => number;
  readonly onScan: (scan: Scan) => void;
}

export interface Scanner {
  /** Undefined: no code is shown, and no process runs. */
  set(wanted: WantedScan | undefined): void;
  readonly run: Task;
}

/** Pictures that were taken in this time after a change may still be without it. */
const SETTLE_US = 1_000_000;
/** Between two scans: each decodes a picture of every rendition. */
const EVERY_MS = 5_000;
/** While no picture is there yet. */
const RETRY_MS = 500;
/** A decoder that fails is given up after ten seconds, and there are four renditions at most. */
const ANSWER_MAX_MS = 60_000;
const POLICY: RestartPolicy = { firstPauseMs: 1_000, longestPauseMs: 60_000, healthyMs: 60_000 };
const WORKER = {
  name: 'scan',
  entry: entryPoint(import.meta.url, './main'),
  graceMs: 1_000,
  // It may be without a processor for long: nothing else runs at a lower priority.
  silentMaxMs: 120_000,
};

export function openScanner(deps: ScannerDeps): Scanner {
  const { clock, log } = deps;
  const worker = openWorker<Record<string, never>, ToScanner, FromScanner>(WORKER, deps);
  const answered = new Condition();
  let answer: FromScanner | undefined;
  let isReady = false;
  let wanted: (WantedScan & { readonly sinceMs: number }) | undefined;
  let count = 0;

  const onAnswer = (message: FromScanner) => {
    answer = message;
    answered.notifyAll();
  };
  /** Whether there was a picture to read. */
  const scan = async (signal: AbortSignal): Promise<boolean> => {
    const asked = wanted;
    if (asked === undefined || !isReady) return false;
    // Media time restarts with each stream.
    const ageUs = (clock.monotonicMs() - asked.sinceMs) * 1000;
    const stills = deps.stills(deps.nowUs() - ageUs + SETTLE_US);
    if (stills.length === 0) return false;
    answer = undefined;
    worker.send({ type: 'read', area: asked.area, stills });
    using limit = anySignal(signal, AbortSignal.timeout(ANSWER_MAX_MS));
    while (answer === undefined && !limit.signal.aborted) await answered.wait(limit.signal);
    const got = answer as FromScanner | undefined;
    if (got?.type === 'failed') log.warn('QR code not read', { reason: got.reason });
    // What is wanted meanwhile may be another code.
    if (got?.type !== 'read' || wanted !== asked) return true;
    count += 1;
    deps.onScan({ id: asked.id, count, readings: got.readings });
    return true;
  };
  const scanning: Task = async (signal) => {
    while (!signal.aborted) await pause(clock, (await scan(signal)) ? EVERY_MS : RETRY_MS, signal);
  };
  const runOnce: Task = async (signal) => {
    const onStart = () => {
      isReady = true;
    };
    try {
      await worker.run({ settings: {}, onMessage: onAnswer, onStart }, signal);
    } finally {
      isReady = false;
      onAnswer({ type: 'failed', reason: 'the process that reads it has ended' });
    }
  };
  const reading: Task = (signal) =>
    supervise('scan', runOnce, { policy: POLICY, clock, log }, signal);
  const running = openSwitch((signal) => runAll([scanning, reading], signal));
  return {
    set: (next) => {
      wanted = next && { ...next, sinceMs: clock.monotonicMs() };
      running.set(next !== undefined);
    },
    run: running.run,
  };
}
