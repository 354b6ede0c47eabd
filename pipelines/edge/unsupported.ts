/** Of tags whose attributes may name a part of a file (RFC 8216bis §4.4.4, §4.4.5). */
const RANGE = /^#EXT-X-(?:BYTERANGE:|(?:PART|MAP|PRELOAD-HINT):(?:[^"\n]|"[^"\n]*")*?BYTERANGE)/m;
/** Not of addresses with a scheme or a host: those lead past this box. */
const RELATIVE = '(?![a-z][a-z0-9+.-]*:|//)';
const QUERY_LINE = new RegExp(`^(?!#)${RELATIVE}[^\\n?]*\\?`, 'im');
const QUERY_ATTRIBUTE = new RegExp(`^#EXT-X-[^\\n]*[:,]URI="${RELATIVE}[^"\\n?]*\\?`, 'im');

/**
 * What of an origin's playlist an edge does not pass on, as a line: `Range` is not
 * asked for upstream, and queries of its own are dropped. undefined: nothing.
 */
export function findUnsupported(playlist: string): string | undefined {
  // A network's sign-in page is none.
  if (!playlist.startsWith('#EXTM3U')) return undefined;
  if (RANGE.test(playlist))
    return 'its playlists name byte ranges, which this box does not pass on';
  return QUERY_LINE.test(playlist) || QUERY_ATTRIBUTE.test(playlist)
    ? 'its playlists name addresses with a query, which this box does not pass on'
    : undefined;
}
