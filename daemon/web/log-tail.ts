/** The newest lines of the log, for the operator's page. */
import { type Log, type LogLevel, renderValue } from '../../hal/os/log.ts';

export interface LogLine {
  /** Counts from 1. */
  readonly seq: number;
  /** Unix time in ms. */
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  /** `key=value` pairs. */
  readonly fields: string;
}

/** A megabyte at most; a page gets the newest {@link SHOWN_MAX}, and finds the others. */
const LINES_MAX = 4_000;
const SHOWN_MAX = 200;
const FIELDS_MAX_LENGTH = 400;
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const FAULTS: readonly LogLevel[] = ['warn', 'error'];

export class LogTail {
  readonly #lines: LogLine[] = [];
  #seq = 0;
  /** What runs before this one have left, as text; see crew/saved-log.ts. */
  before = '';

  add(line: Omit<LogLine, 'seq'>): void {
    this.#seq += 1;
    this.#lines.push({ seq: this.#seq, ...line });
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }

  /** Lines after the one with number `seq`, oldest first; the newest of them where there are many. */
  after(seq: number): readonly LogLine[] {
    const newest = this.#lines.slice(-SHOWN_MAX);
    return seq >= this.#seq ? [] : newest.filter((line) => line.seq > seq);
  }

  all(): readonly LogLine[] {
    return this.#lines;
  }

  /** Whether a line after the one with number `seq` is a warning, or an error. */
  hasWarned(seq: number): boolean {
    return this.#lines.some((line) => line.seq > seq && FAULTS.includes(line.level));
  }

  /** The newest lines that hold all words, in any case; oldest first. */
  find(words: string, max: number): readonly LogLine[] {
    const wanted = words.toLowerCase().split(/\s+/);
    const holds = ({ level, message, fields }: LogLine) => {
      const text = `${level} ${message} ${fields}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    };
    return this.#lines.filter(holds).slice(-max);
  }
}

/** As one line of text. */
export function renderLogLine({ atMs, level, message, fields }: Omit<LogLine, 'seq'>): string {
  return [new Date(atMs).toISOString(), level, message, fields].join(' ');
}

/** The same log; lines of `level` and above are also added to `tail`. */
export function tailLog(log: Log, tail: LogTail, level: LogLevel, wallMs: () => number): Log {
  return follow(log, {}, (at, message, fields) => {
    if (LEVELS.indexOf(at) < LEVELS.indexOf(level)) return;
    tail.add({ atMs: wallMs(), level: at, message, fields: renderFields(fields) });
  });
}

type Fields = Readonly<Record<string, unknown>>;
type Note = (level: LogLevel, message: string, fields: Fields) => void;

function follow(log: Log, bound: Fields, note: Note): Log {
  const line = (level: LogLevel) => (message: string, fields?: Fields) => {
    log[level](message, fields);
    note(level, message, { ...bound, ...fields });
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => follow(log.with(fields), { ...bound, ...fields }, note),
  };
}

function renderFields(fields: Fields): string {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  const pairs = known.map(([key, value]) => `${key}=${renderValue(value)}`);
  return pairs.join(' ').slice(0, FIELDS_MAX_LENGTH);
}
