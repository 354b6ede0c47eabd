/** The id of a drop, which begins with the time of its start, with `-` for `:`. */

/** RFC 3339; empty for an id that has none. */
export function startOf(dropId = ''): string {
  const [, day, hours, minutes, seconds] =
    /^(\d{4}-\d{2}-\d{2}T)(\d{2})-(\d{2})-(\d{2})Z(?:-|$)/.exec(dropId) ?? [];
  return day === undefined ? '' : `${day}${hours}:${minutes}:${seconds}Z`;
}
