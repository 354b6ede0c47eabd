/** Saves the end of the log on the disk, for the support file after the box has crashed. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause, withTimeout } from '../../../hal/os/async.ts';
import { readRegular } from '../../../hal/os/files/read-regular.ts';
import { type ClockAndLog, messageOf, redact, stackOf } from '../../../hal/os/log.ts';
import { saveFile } from '../../../hal/os/save-file.ts';
import { type LogTail, renderLogLine } from '../log-tail.ts';

export interface SavedLogDeps extends ClockAndLog {
  readonly logTail: LogTail;
  readonly stateFolder: string;
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
export async function savingLog(deps: SavedLogDeps, run: () => Promise<void>): Promise<void> {
  const { clock } = deps;
  const kept = new SavedLog(deps);
  const ended = new AbortController();
  const following = kept.follow(ended.signal);
  // Node ends the process after it, and waits for nothing.
  const onUncaught = (error: unknown) => kept.crash(error);
  process.on('uncaughtExceptionMonitor', onUncaught);
  try {
    await run();
  } catch (error) {
    kept.note(error);
    throw error;
  } finally {
    process.off('uncaughtExceptionMonitor', onUncaught);
    ended.abort();
    const last = following.then(() => kept.save());
    const timeoutError = () => new Error('the disk hangs');
    const limit = { clock, timeoutMs: LAST_SAVE_MS, timeoutError };
    await withTimeout(() => last, limit).catch(() => undefined);
  }
}

class SavedLog {
  readonly #deps: SavedLogDeps;
  readonly #path: string;
  #savedSeq = 0;
  #hasFailed = false;

  constructor(deps: SavedLogDeps) {
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

  /** What ended the box, with its stack. */
  note(error: unknown): void {
    const { logTail, clock } = this.#deps;
    const fields = stackOf(error).replaceAll(/\s*\n\s*/g, ' | ');
    logTail.add({ atMs: clock.wallMs(), level: 'error', message: 'ended by an error', fields });
  }

  /** Never rejects. */
  async save(): Promise<void> {
    const { logTail, log } = this.#deps;
    this.#savedSeq = logTail.all().at(-1)?.seq ?? 0;
    try {
      await saveFile(this.#path, this.#text());
    } catch (error) {
      if (!this.#hasFailed) log.warn('log not saved', { reason: messageOf(error) });
      this.#hasFailed = true;
    }
  }

  /** At once: the process ends behind it. Never throws. */
  crash(error: unknown): void {
    this.note(error);
    try {
      writeFileSync(`${this.#path}.new`, this.#text(), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // The error itself is printed by Node.
    }
  }

  /** What runs before have left goes on above: one that crashes at once does not push it out. */
  #text(): string {
    const { logTail } = this.#deps;
    const lines = logTail.all().map((line) => `${renderLogLine(line)}\n`);
    return endOf(redact(`${logTail.before}${lines.join('')}`));
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
