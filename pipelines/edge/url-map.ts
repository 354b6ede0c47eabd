/** Maps addresses of this box to those of the upstream. */

/** Playlists, media, posters, pictures of the drop and of what is sold, and when it starts; nothing else of a box. */
const OF_A_BOX = /^\/(?:live\/|posters\/|t\/|picture-\w{1,32}\.[a-z]{3,4}$|drop\.(?:json|ics)$)/;
const OF_ANY = /^\/live\//;
/** Letters, digits and a few signs; no dot segments, and no percent-encoding that could hide them. */
const PLAIN_PATH = /^(?:\/(?!\.)[\w~!$&'()*+,;=:@.-]{1,255}){1,8}$/;

/**
 * The returned function gives the upstream's address for one of this box, or undefined
 * for what an edge does not serve. No request can reach any other address.
 *
 * A box (`http://10.0.0.5:8080`) has the same addresses as this one. Of any other
 * origin the multivariant playlist is named (`https://host/show/main.m3u8`): it is
 * `/live/index.m3u8` here, and what lies beside and below it is below `/live/`.
 */
export function openUrlMap(upstream: URL): (pathAndQuery: string) => URL | undefined {
  const isPlaylist = upstream.pathname.endsWith('.m3u8');
  const base = isPlaylist ? new URL('.', upstream) : withSlash(upstream);
  const passed = isPlaylist ? OF_ANY : OF_A_BOX;
  return (pathAndQuery) => {
    const [path = '', query] = pathAndQuery.split('?', 2);
    if (!passed.test(path) || !PLAIN_PATH.test(path)) return undefined;
    const below = isPlaylist ? path.slice('/live/'.length) : path.slice(1);
    const isMain = isPlaylist && path === '/live/index.m3u8';
    const found = isMain ? new URL(upstream) : new URL(`./${below}`, base);
    if (query !== undefined) found.search = query;
    return found;
  };
}

/** Without a final slash the last name of the path would be replaced. */
function withSlash(base: URL): URL {
  const url = new URL(base);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
