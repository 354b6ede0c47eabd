/** The newest lines of the log, for the operator's page. */
import type { Log, LogLevel } from '../../hal/os/log.ts';

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

const LINES_MAX = 200;
const FIELDS_MAX_LENGTH = 400;
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export class LogTail {
  readonly #lines: LogLine[] = [];
  #seq = 0;

  add(line: Omit<LogLine, 'seq'>): void {
    this.#seq += 1;
    this.#lines.push({ seq: this.#seq, ...line });
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }

  /** Lines after the one with number `seq`, oldest first. */
  after(seq: number): readonly LogLine[] {
    return seq >= this.#seq ? [] : this.#lines.filter((line) => line.seq > seq);
  }
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

function renderValue(value: unknown): string {
  if (typeof value === 'string' && !/[\s="]/.test(value)) return value;
  return JSON.stringify(value) ?? String(value);
}
