/** What a preview of the live page's link says below the title, and a page without JavaScript. Pure. */
import type { DropProgress } from '../drop-json.ts';
import type { Dictionary } from '../text/en.ts';
import { fill } from '../text/fill.ts';
import type { Language } from '../text/language.ts';

/** What is known of the drop. */
export type DescribedDrop = Pick<DropProgress, 'isOver' | 'liveSince' | 'hasReplay'> & {
  /** RFC 3339; empty where it is not known. Of the next drop, where this one is over. */
  readonly startsAt: string;
};

/** @param timeZone IANA name; that of the box, and so of the venue, where it is left out. */
export function describeDrop(
  { isOver, liveSince, hasReplay, startsAt }: DescribedDrop,
  { lang, text }: { readonly lang: Language; readonly text: Dictionary },
  nowMs: number,
  timeZone?: string,
): string {
  if (liveSince !== '') return text.liveNow;
  const startsMs = Date.parse(startsAt);
  const date = startsMs > nowMs ? localDate(startsMs, lang, timeZone) : undefined;
  if (!isOver) return date === undefined ? text.video : fill(text.startsAt, { date });
  const over = hasReplay ? text.watchReplay : text.over;
  return date === undefined ? over : `${over} · ${fill(text.nextDrop, { date })}`;
}

/** With the time zone: who reads it in a message may be in another. */
function localDate(ms: number, lang: Language, timeZone: string | undefined): string {
  return new Date(ms).toLocaleString(lang, {
    ...({ weekday: 'long', day: 'numeric', month: 'long' } as const),
    ...({ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const),
    ...(timeZone === undefined ? {} : { timeZone }),
  });
}
