/** What the page says in place of the picture, or beside it. Pure. */
import type { Dictionary } from './text/en.ts';
import { fill } from './text/fill.ts';

/** What is known of the drop. */
export interface View {
  readonly isPlaying: boolean;
  /** There is a picture, and the browser plays it after a tap only. */
  readonly needsTap: boolean;
  /** There was a picture: no countdown comes after that. */
  readonly hasPlayed: boolean;
  /** The stream has ended, and no other has started. */
  readonly hasEnded: boolean;
  /** Undefined before the first answer of the box. */
  readonly drop: { readonly startsAt: string; readonly isOver: boolean } | undefined;
  /** The box did not answer the last request. */
  readonly isUnreachable: boolean;
}

/** Screen readers read `message` aloud, and not `countdown`, which changes every second. */
export interface Notice {
  readonly state: 'live' | 'tap' | 'before' | 'waiting' | 'ended' | 'offline';
  readonly message: string;
  readonly countdown: string;
}

/** @param nowMs Unix time in ms, by the clock that the start goes by. */
export function renderNotice(view: View, text: Dictionary, nowMs: number): Notice {
  const { drop, isPlaying, isUnreachable } = view;
  if (isPlaying) return { state: 'live', message: '', countdown: '' };
  if (view.hasEnded || drop?.isOver) return { state: 'ended', message: text.over, countdown: '' };
  if (view.needsTap) return { state: 'tap', message: text.liveNow, countdown: '' };
  if (drop === undefined) {
    const message = isUnreachable ? text.connecting : '';
    return { state: isUnreachable ? 'offline' : 'waiting', message, countdown: '' };
  }
  const leftMs = view.hasPlayed ? 0 : Date.parse(drop.startsAt) - nowMs;
  if (leftMs > 0) {
    const time = renderTime(Math.ceil(leftMs / 1000));
    return { state: 'before', message: '', countdown: fill(text.startsIn, { time }) };
  }
  return isUnreachable
    ? { state: 'offline', message: text.connecting, countdown: '' }
    : { state: 'waiting', message: text.waiting, countdown: '' };
}

interface Reported {
  readonly startsAt: string;
  readonly isOver?: boolean;
  readonly liveSince?: string;
}

/**
 * What a page has seen of one stream says nothing of the next drop: once that is announced, its
 * countdown is shown to those who stayed, too; and once one that was over is to come again.
 *
 * @param heldStartsAt The start of the drop that was live here last; undefined: none was.
 */
export function forNext(
  view: View,
  { startsAt, isOver = false, liveSince = '' }: Reported,
  heldStartsAt: string | undefined,
  nowMs: number,
): View {
  if (isOver || liveSince !== '') return view;
  const isNext = heldStartsAt !== undefined && startsAt !== heldStartsAt;
  const isHeldAgain = view.drop?.isOver === true;
  if (!isHeldAgain && !(isNext && Date.parse(startsAt) > nowMs)) return view;
  return {
    ...view,
    hasPlayed: false,
    hasEnded: false,
    // Without an end seen it may be of a stream that begins just now.
    needsTap: view.needsTap && !view.hasEnded,
  };
}

interface ComingDrop {
  readonly isOver?: boolean;
  /** RFC 3339; empty where it is not known. Of the next drop, where this one is over. */
  readonly startsAt: string;
  readonly next?: { readonly title: string };
}

/** When the drop starts, or once it is over the next one; empty where that is not ahead. */
export function renderStart(
  { isOver = false, startsAt, next }: ComingDrop,
  { text, lang }: { readonly text: Dictionary; readonly lang: string },
  nowMs: number,
): string {
  const startsMs = Date.parse(startsAt);
  if (!(startsMs > nowMs)) return '';
  const date = new Date(startsMs).toLocaleString(lang, {
    ...({ weekday: 'long', day: 'numeric', month: 'long' } as const),
    ...({ hour: '2-digit', minute: '2-digit' } as const),
  });
  if (!isOver) return fill(text.startsAt, { date });
  const title = next === undefined ? '' : ` · ${next.title}`;
  return `${fill(text.nextDrop, { date })}${title}`;
}

/** `12:34`, and from an hour on `1:23:45`. */
export function renderTime(s: number): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const minutes = `${twoDigits(Math.floor(s / 60) % 60)}:${twoDigits(s % 60)}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${minutes}` : minutes;
}
