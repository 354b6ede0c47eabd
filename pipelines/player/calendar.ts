/** The drop as a calendar entry (RFC 5545). */

/** Of a drop whose end is not planned. */
const DURATION_MS = 2 * 3_600_000;
/** Octets; a longer line is folded (RFC 5545 §3.1). */
const LINE_MAX = 75;

export interface CalendarEntry {
  /** Of the drop; empty where it has none. */
  readonly id: string;
  readonly title: string;
  readonly startsMs: number;
  /** As planned; NaN where it is not. */
  readonly endsMs: number;
  readonly url: string;
}

export function renderCalendar(entry: CalendarEntry, nowMs: number): string {
  const { title, startsMs, endsMs, url } = entry;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//venuebox//venuebox//EN',
    'BEGIN:VEVENT',
    `UID:${uidOf(entry)}`,
    `DTSTAMP:${renderTime(nowMs)}`,
    `DTSTART:${renderTime(startsMs)}`,
    `DTEND:${renderTime(endsMs > startsMs ? endsMs : startsMs + DURATION_MS)}`,
    `SUMMARY:${escapeText(title)}`,
    `URL:${url}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join('');
}

/** By it a calendar moves the entry of a drop that is moved. Other boxes may have a drop of that id. */
function uidOf({ id, startsMs, url }: CalendarEntry): string {
  if (id === '') return `${startsMs}@venuebox`;
  return `${id}@${URL.canParse(url) ? new URL(url).hostname : 'venuebox'}`;
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
