/** Keeps the end of the log on the disk, for the support file after the box has crashed. */
import { join } from 'node:path';
import { pause, withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { readRegular } from '../../../hal/os/files/read-regular.ts';
import { type Log, messageOf, redact, stackOf } from '../../../hal/os/log.ts';
import { saveFile } from '../../../hal/os/save-file.ts';
import { type LogTail, renderLogLine } from '../log-tail.ts';

export interface KeptLogDeps {
  readonly logTail: LogTail;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

const FILE = 'log-before.txt';
const BYTES_MAX = 64 * 1024;
/** A box that warns without end writes 92 MB a day to an SD card: one that is well writes nothing. */
const SAVE_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 10_000;
/** A disk that hangs does not keep the box from its end. */
const LAST_SAVE_MS = 2_000;

/**
 * Runs the box. Its log is saved when it ends, for whatever reason, and not later than a minute
 * after a warning, for an end that it does not see: a power cut, or SIGKILL.
 *
 * Settles as `run` does: a disk that takes nothing, or hangs, changes nothing.
 */
export async function keepingLog(deps: KeptLogDeps, run: () => Promise<void>): Promise<void> {
  const { logTail, clock } = deps;
  const kept = new KeptLog(deps);
  const ended = new AbortController();
  const following = kept.follow(ended.signal);
  try {
    await run();
  } catch (error) {
    const fields = stackOf(error).replaceAll(/\s*\n\s*/g, ' | ');
    logTail.add({ atMs: clock.wallMs(), level: 'error', message: 'ended by an error', fields });
    throw error;
  } finally {
    ended.abort();
    const last = following.then(() => kept.save());
    const timeoutError = () => new Error('the disk hangs');
    const limit = { clock, timeoutMs: LAST_SAVE_MS, timeoutError };
    await withTimeout(() => last, limit).catch(() => undefined);
  }
}

class KeptLog {
  readonly #deps: KeptLogDeps;
  readonly #path: string;
  #savedSeq = 0;
  #hasFailed = false;

  constructor(deps: KeptLogDeps) {
    this.#deps = deps;
    this.#path = join(deps.stateFolder, FILE);
    deps.logTail.before = readEnd(this.#path);
  }

  async follow(signal: AbortSignal): Promise<void> {
    const { clock, logTail } = this.#deps;
    let savedMs = Number.NEGATIVE_INFINITY;
    while (await pause(clock, LOOK_EVERY_MS, signal)) {
      const isDue = clock.monotonicMs() - savedMs >= SAVE_EVERY_MS;
      if (!isDue || !logTail.hasWarned(this.#savedSeq)) continue;
      savedMs = clock.monotonicMs();
      await this.save();
    }
  }

  /** What runs before have left goes on above: one that crashes at once does not push it out. Never rejects. */
  async save(): Promise<void> {
    const { logTail, log } = this.#deps;
    const lines = logTail.all();
    this.#savedSeq = lines.at(-1)?.seq ?? 0;
    const text = `${logTail.before}${lines.map((line) => `${renderLogLine(line)}\n`).join('')}`;
    try {
      await saveFile(this.#path, endOf(redact(text)));
    } catch (error) {
      if (!this.#hasFailed) log.warn('log not kept', { reason: messageOf(error) });
      this.#hasFailed = true;
    }
  }
}

/** Whole lines. */
function endOf(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= BYTES_MAX) return text;
  const end = bytes.subarray(-BYTES_MAX).toString();
  return end.slice(end.indexOf('\n') + 1);
}

function readEnd(path: string): string {
  try {
    return endOf(readRegular(path, 2 * BYTES_MAX).toString());
  } catch {
    return '';
  }
}
