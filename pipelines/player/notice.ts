/** What the poster tells first: whether the drop is known, and when it starts. */
export type Outlook =
  | { readonly phase: 'asking'; readonly isAway: boolean }
  /** Unix time in ms, by the box's clock. */
  | { readonly phase: 'counting'; readonly startsMs: number }
  /** There was a picture: no countdown comes after that. */
  | { readonly phase: 'started' };

/** `message` is spoken by screen readers, `countdown` is not: it changes every second. */
export interface NoticeText {
  readonly message: string;
  readonly countdown: string;
}

/**
 * One thing at a time: a countdown, or a message.
 *
 * @param said What the player has to say, once nothing comes before it.
 */
export function renderNotice(outlook: Outlook, said: string, nowMs: number): NoticeText {
  if (outlook.phase === 'asking')
    return { message: outlook.isAway ? 'Waiting for the box…' : '', countdown: '' };
  const leftMs = outlook.phase === 'counting' ? outlook.startsMs - nowMs : 0;
  return leftMs > 0
    ? { message: '', countdown: `Starts in ${renderLeft(Math.ceil(leftMs / 1000))}` }
    : { message: said, countdown: '' };
}

function renderLeft(s: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${clock}` : clock;
}
