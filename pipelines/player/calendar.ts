/** The drop as a calendar entry (RFC 5545). */

const DURATION_MS = 2 * 3_600_000;
/** Octets; a longer line is folded (RFC 5545 §3.1). */
const LINE_MAX = 75;

export interface CalendarEntry {
  readonly title: string;
  readonly startsMs: number;
  readonly url: string;
}

/** It lasts two hours, as the end of a drop is not known before. */
export function renderCalendar({ title, startsMs, url }: CalendarEntry, nowMs: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//venuebox//venuebox//EN',
    'BEGIN:VEVENT',
    `UID:${startsMs}@venuebox`,
    `DTSTAMP:${renderTime(nowMs)}`,
    `DTSTART:${renderTime(startsMs)}`,
    `DTEND:${renderTime(startsMs + DURATION_MS)}`,
    `SUMMARY:${escapeText(title)}`,
    `URL:${url}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join('');
}

function renderTime(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n|\r/g, '\\n');
}

function foldLine(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const bytes = new TextEncoder().encode(character).length;
    if (octets + bytes > LINE_MAX) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += bytes;
  }
  return folded;
}
