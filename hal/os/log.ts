/** The log, which goes to systemd's journal. */

import { pino } from 'pino';
import type { Clock } from './clock.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

type Fields = Readonly<Record<string, unknown>>;

/** A constant message and its fields; see the style guide for what each level means. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** The same log with these fields on every line. */
  with(fields: Fields): Log;
}

/** What most long-lived work needs of the system. */
export interface ClockAndLog {
  readonly clock: Clock;
  readonly log: Log;
}

/** sd-daemon(3) priorities by pino level; journald takes them off the line again. */
const PRIORITY: Readonly<Record<number, string>> = { 20: '<7>', 30: '<6>', 40: '<4>', 50: '<3>' };

const LABEL: Readonly<Record<number, LogLevel>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
};

/**
 * Opens the journal.
 *
 * @param style `journal`: priority and JSON, one line an entry. `people`: for a terminal.
 */
export function openLog(
  level: LogLevel,
  style: 'journal' | 'people',
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const render = style === 'journal' ? renderForJournal : renderForPeople;
  const sink = { write: (json: string) => write(render(json)) };
  return wrap(pino({ level, base: null, timestamp: false }, sink));
}

function wrap(logger: pino.Logger): Log {
  const line =
    (level: LogLevel) =>
    (message: string, fields: Fields = {}) =>
      logger[level](fields, message);
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => wrap(logger.child(fields)),
  };
}

function renderForJournal(json: string): string {
  const level = Number(/"level":(\d+)/.exec(json)?.[1] ?? 30);
  return `${PRIORITY[level] ?? '<6>'}${json}`;
}

/** What {@link openLog} wrote in the style `journal`; undefined for any other line. */
export function readJournalLine(
  line: string,
): { level: LogLevel; message: string; fields: Fields } | undefined {
  const [, json] = /^<[3467]>(\{.*\})\s*$/.exec(line) ?? [];
  try {
    const { level, msg, ...fields } = JSON.parse(json ?? '') as Record<string, unknown>;
    const label = LABEL[Number(level)];
    return label === undefined ? undefined : { level: label, message: String(msg), fields };
  } catch {
    return undefined;
  }
}

function renderForPeople(json: string): string {
  const { level, msg, ...fields } = JSON.parse(json) as { level: number; msg: string };
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${renderValue(value)}`);
  const time = new Date().toTimeString().slice(0, 8);
  return `${time} ${(LABEL[level] ?? '').padEnd(5)} ${msg}${pairs.join('')}\n`;
}

/**
 * A field's value, as people read it. What a device or a guest sent must not be a command to the
 * terminal (ECMA-48, C0 and C1).
 */
export function renderValue(value: unknown): string {
  const isPlain = typeof value === 'string' && !/[\s="\p{Cc}]/u.test(value);
  return isPlain ? value : (JSON.stringify(value) ?? String(value)).replace(/\p{Cc}/gu, '?');
}

/** Drops everything: for tests. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
};

/**
 * The text without logins and passphrases: what GStreamer, a broker or a camera says of an
 * address goes to the journal, to alerts and to the operator's page.
 */
export function redact(text: string): string {
  return text.replace(URL_LOGIN, '://…@').replace(NAMED_SECRET, '$1=…');
}

const URL_LOGIN = /:\/\/[^\s/"'<>]*@/g;
const NAMED_SECRET =
  /\b(passphrase|password|passwd|user-id|user-pw|token|secret)=(?:"(?:[^"\\]|\\.)*"?|[^\s&"',|]+)/gi;

/** The message of anything that was thrown, with those of its causes; see {@link redact}. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return redact(String(error));
  const message = redact(error.message);
  return error.cause === undefined ? message : `${message}: ${messageOf(error.cause)}`;
}

/** Where something was thrown, for the journal: of a defect. */
export function stackOf(error: unknown): string {
  return redact(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
