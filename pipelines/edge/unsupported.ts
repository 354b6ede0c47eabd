/** Finds features of a playlist that an edge does not support. */

/** Of tags whose attributes may name a part of a file (RFC 8216bis §4.4.4, §4.4.5). */
const RANGE = /^#EXT-X-(?:BYTERANGE:|(?:PART|MAP|PRELOAD-HINT):(?:[^"\n]|"[^"\n]*")*?BYTERANGE)/m;
/** Not of addresses with a scheme or a host: clients fetch those elsewhere. */
const RELATIVE = '(?![a-z][a-z0-9+.-]*:|//)';
const QUERY_LINE = new RegExp(`^(?!#)${RELATIVE}[^\\n?]*\\?`, 'im');
const QUERY_ATTRIBUTE = new RegExp(`^#EXT-X-[^\\n]*[:,]URI="${RELATIVE}[^"\\n?]*\\?`, 'im');

/**
 * An edge sends no `Range` upstream and drops queries that it does not know.
 *
 * @returns the reason as a line; undefined where all is supported.
 */
export function findUnsupported(playlist: string): string | undefined {
  // A network's sign-in page is not a playlist.
  if (!playlist.startsWith('#EXTM3U')) return undefined;
  if (RANGE.test(playlist)) return 'its playlists use byte ranges, which an edge does not support';
  return QUERY_LINE.test(playlist) || QUERY_ATTRIBUTE.test(playlist)
    ? 'its playlists use addresses with a query, which an edge does not support'
    : undefined;
}
