/** Addresses of the box's pages, for those who read of it elsewhere. */
import { openAccess } from '../../pipelines/http/access/access.ts';
import type { Config } from '../config/config.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

export interface Pages {
  /** The operator's page. */
  readonly operator?: string;
  /** What guests open. */
  readonly viewers?: string;
  /** A picture of what guests see: the newest poster while live, else the mark of the page. */
  readonly picture?: string;
}

type Facts = Pick<BoxSnapshot, 'playerUrl' | 'operatorUrl' | 'drop' | 'shedLoads'>;

const POSTER = '/posters/live-640';
const MARK = '/icon-512.png';

/** @returns Their addresses now; without those that are not known yet. */
export function openPages(
  config: Pick<Config, 'clips' | 'edge'>,
  clock: { wallMs(): number },
): (box: Facts) => Pages {
  const { clips, edge } = config;
  // Those of an edge are its upstream's.
  const hasPosters = edge.upstream !== '' || (clips.folder !== '' && clips.poster_every_s > 0);
  const sign = openSign(clips.token_secret_file, clock);
  return (box) => {
    const operator = reachable(box.operatorUrl);
    const viewers = reachable(box.playerUrl);
    const isShed = box.shedLoads.some(({ load }) => load === 'previews');
    const isShown = box.drop.phase === 'live' && hasPosters && !isShed;
    const poster = isShown ? sign(POSTER) : undefined;
    return {
      ...(operator && { operator }),
      ...(viewers && { viewers, picture: new URL((poster ?? MARK).slice(1), viewers).href }),
    };
  };
}

/** Where posters take a token, an address that holds for a day. */
function openSign(
  secretFile: string,
  clock: { wallMs(): number },
): (path: string) => string | undefined {
  try {
    return openAccess(secretFile, () => Math.floor(clock.wallMs() / 1000)).sign;
  } catch {
    // The media process names what is wrong with the secret.
    return () => undefined;
  }
}

/** A box without a network is called `localhost`. */
function reachable(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  return new URL(address).hostname === 'localhost' ? undefined : address;
}
