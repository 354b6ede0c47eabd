/**
 * What of a config goes into a message. A value may be the password that somebody wrote into
 * the wrong key, and the whole file may be another one than was meant.
 */
import { redact } from '../../hal/os/log.ts';

/** Of a value or of a key. */
const CHARS_MAX = 80;
/** A secret in a longer one may begin or end anywhere. */
const WHOLE_CHARS_MAX = 1_000;
const LINE_CHARS_MAX = 500;
const LINES_MAX = 50;

/** Keys whose values are secrets, or names of files in whose place a secret may stand. */
const SECRET_KEY =
  /(?:^|_)(?:pins?|pass\w*|secrets?|tokens?|credentials|keys?|hash|login|stream_id)(?:_|$)/i;
/** In an address: all that follows. */
const SECRET_PARAMETER = /([\w-]*(?:pass|pw|secret|token|key|auth|streamid)[\w-]*=).*/is;

/** `, not "8O80"`; nothing for a secret, or for more than one value. */
export function shownValue(path: readonly (string | number)[], value: unknown): string {
  if (value === null || typeof value === 'object') return '';
  if (path.some((key) => SECRET_KEY.test(String(key)))) return '';
  if (typeof value !== 'string') return `, not ${String(value)}`;
  return `, not "${shownText(value)}"`;
}

/** A text of the config, for a message. */
export function shownText(text: string): string {
  if (text.length > WHOLE_CHARS_MAX) return `… ${text.length} characters`;
  const plain = text.replace(/^(?:.*:\/\/)?.*@/s, '…@').replace(SECRET_PARAMETER, '$1…');
  return shorten(redact(plain), CHARS_MAX);
}

/** A line of another file may look like a key: it is shown only where it could be a word. */
const WORD = /^[\w.-]{1,40}$/;

/** A key, of the config or of something that is none. */
export function shownKey(path: readonly (string | number)[]): string {
  return path.map((key) => (WORD.test(String(key)) ? key : '…')).join('.');
}

/** All faults in lines that a terminal shows as they are. */
export function shownFaults(faults: readonly string[]): readonly string[] {
  const shown = faults.slice(0, LINES_MAX).map((line) => shorten(line, LINE_CHARS_MAX));
  const more = faults.length - shown.length;
  return more === 0 ? shown : [...shown, `${more} more faults; is this the file that was meant?`];
}

/** Control characters could move the cursor, or look like lines of the journal. */
function shorten(text: string, max: number): string {
  const printable = text.slice(0, 2 * max).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�');
  return printable.length > max ? `${printable.slice(0, max)}…` : printable;
}
