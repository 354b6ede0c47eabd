/** The one line of text under the drop's title: a countdown, or a message. */

/** Whether the drop's start is known, and whether it has started. */
export type Countdown =
  | { readonly phase: 'unknown'; readonly isUnreachable: boolean }
  /** Unix time in ms, by the box's clock. */
  | { readonly phase: 'counting'; readonly startsMs: number }
  /** There was a picture: no countdown comes after that. */
  | { readonly phase: 'started' };

/** Screen readers read `message` aloud, and not `countdown`, which changes every second. */
export interface NoticeText {
  readonly message: string;
  readonly countdown: string;
}

/** @param message Shown where there is no countdown. */
export function renderNotice(countdown: Countdown, message: string, nowMs: number): NoticeText {
  if (countdown.phase === 'unknown') {
    return { message: countdown.isUnreachable ? 'Connecting…' : '', countdown: '' };
  }
  const leftMs = countdown.phase === 'counting' ? countdown.startsMs - nowMs : 0;
  return leftMs > 0
    ? { message: '', countdown: `Starts in ${renderTime(Math.ceil(leftMs / 1000))}` }
    : { message, countdown: '' };
}

/** `12:34`, and from an hour on `1:23:45`. */
function renderTime(s: number): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const minutes = `${twoDigits(Math.floor(s / 60) % 60)}:${twoDigits(s % 60)}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${minutes}` : minutes;
}
