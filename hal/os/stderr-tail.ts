/** The last lines that a child wrote to stderr. */

import { type Log, readJournalLine, redact } from './log.ts';

/** Lines that are kept for a failure message. */
const TAIL_LINES = 8;
const LINE_CHARS = 400;
/** An entry of a journal carries a stack. */
const ENTRY_CHARS = 8_000;

/**
 * Keeps the last lines of a child's stderr and passes each on to the journal:
 * what the child logged at its own level, other programs' words for debugging.
 */
export class StderrTail {
  readonly #log: Log;
  readonly #lines: string[] = [];
  #rest = '';

  constructor(log: Log) {
    this.#log = log;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, ENTRY_CHARS);
    for (const line of lines) this.#keep(line);
  }

  lines(): readonly string[] {
    return this.#rest === '' ? this.#lines : [...this.#lines, shorten(this.#rest)];
  }

  #keep(line: string): void {
    const short = shorten(line);
    if (short === '') return;
    const entry = readJournalLine(line);
    if (entry !== undefined) {
      // It is in the journal already; a failure shows only what the child wrote itself.
      this.#log[entry.level](entry.message, entry.fields);
      return;
    }
    this.#lines.push(short);
    if (this.#lines.length > TAIL_LINES) this.#lines.shift();
    this.#log.debug('stderr', { line: short });
  }
}

const shorten = (line: string) => redact(line.trim().slice(0, ENTRY_CHARS)).slice(0, LINE_CHARS);
