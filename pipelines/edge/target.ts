/** Playlists, media, posters and what the page says: the rest of an upstream is nobody's business here. */
const OF_A_BOX = /^\/(?:live\/|posters\/|t\/|drop\.json$)/;
const OF_ANY = /^\/live\//;
/** Letters, digits and a few signs; no dot segments and nothing percent-coded, so none are hidden. */
const PLAIN_PATH = /^(?:\/(?!\.)[\w~!$&'()*+,;=:@.-]{1,255}){1,8}$/;

/**
 * Where an address of this box lies at the upstream; undefined for what is not
 * passed on. No path a viewer can think of leads anywhere else.
 *
 * A box (`http://10.0.0.5:8080`) has the same addresses as this one. Of any other
 * origin the multivariant playlist is named (`https://host/show/main.m3u8`): it is
 * `/live/index.m3u8` here, and what lies beside and below it is below `/live/`.
 */
export function openTarget(upstream: URL): (pathAndQuery: string) => URL | undefined {
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

/** Without it the last name of the path would be replaced. */
function withSlash(base: URL): URL {
  const whole = new URL(base);
  if (!whole.pathname.endsWith('/')) whole.pathname += '/';
  return whole;
}
