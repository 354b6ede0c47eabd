/** What guests get: the page, posters, its code, and the shop. Pure. */
import type { Line } from '../../model/readiness.ts';
import { localTime, round } from '../../model/rounding.ts';
import { type Facts, fail, pass, seconds, warn } from './line.ts';

const SLOW_MS = 3_000;
/** Of the second round: the first one fills the cache. */
const HITS_MIN = 0.8;

export function pageLine({ box: { playerUrl }, probes: { page } }: Facts): Line {
  const name = 'guests’ page';
  if (page === undefined && playerUrl !== undefined)
    return warn(name, 'not tried now', 'Run the checks while nothing is live.');
  if (page === undefined)
    return warn(name, 'its address is not known yet', 'Connect the box to a network.');
  if (page.failure !== undefined || page.loadedMs === undefined) {
    const why = page.failure ?? 'no answer';
    return fail(
      name,
      `${page.url}: ${why}`,
      'Check viewers.address, and that phones are in the same network as the box.',
    );
  }
  const seen = `${page.url}: ${page.files ?? 0} files in ${seconds(page.loadedMs)}`;
  return page.loadedMs > SLOW_MS
    ? warn(name, seen, 'Slow: check the network between the box and this address.')
    : pass(name, seen);
}

export function edgeLine({ plan, probes: { page } }: Facts): Line | readonly Line[] {
  const name = 'cache hits';
  if (page?.files === undefined || page.failure !== undefined) return [];
  if (page.hasEdge !== true) {
    return plan.isPublished
      ? warn(
          name,
          'no cache answers in front of the box',
          'Each distant guest uses the uplink: let the CDN cache what the box marks as cacheable.',
        )
      : pass(name, 'guests of this network are served by the box itself');
  }
  const hits = page.edgeHits ?? 0;
  const seen = `${hits} of ${page.files} files from the cache`;
  return hits < HITS_MIN * page.files
    ? warn(name, seen, 'Check that the CDN keeps Cache-Control and query strings as they are.')
    : pass(name, seen);
}

const FORMATS = ['avif', 'webp', 'jpeg'] as const;

export function postersLine({ plan, probes: { posters } }: Facts): Line {
  const name = 'posters';
  if (!plan.hasPosters) return pass(name, 'none are configured');
  if (posters === undefined)
    return warn(name, 'not tried now', 'Run the checks while nothing is live.');
  if (posters.failure !== undefined) {
    return fail(
      name,
      posters.failure,
      'Install gstreamer1.0-libav: it decodes the picture for posters.',
    );
  }
  const missing = FORMATS.filter((format) => (posters.files[format] ?? 0) === 0);
  const seen = FORMATS.map(
    (format) => `${posters.files[format] ?? 0} ${format.toUpperCase()}`,
  ).join(', ');
  const took = posters.tookMs === undefined ? '' : ` in ${seconds(posters.tookMs)}`;
  return missing.length > 0
    ? fail(
        name,
        `${missing.join(', ')} missing: ${seen}`,
        'Run venuebox doctor; sharp was built without it.',
      )
    : pass(name, `${seen}${took}`);
}

/** The code that leads guests to the page, as a phone reads it off the paper. */
export function codeLine({ probes: { pageCode } }: Facts): Line {
  const name = 'page code';
  if (pageCode === undefined)
    return warn(name, 'the address is not known yet', 'Connect the box to a network.');
  const { wanted, read } = pageCode;
  if (read === undefined) {
    return fail(
      name,
      `the code of ${wanted} cannot be read back`,
      'Use a shorter viewers.address, or wider paper.',
    );
  }
  return read === wanted
    ? pass(name, `reads ${read}`)
    : fail(
        name,
        `it reads ${read.slice(0, 100)}, not ${wanted}`,
        'Restart the box, and print the address again.',
      );
}

/** The code in the picture, as the box reads it off each rendition. */
export function pictureCodeLine({ box: { overlay } }: Facts): Line | readonly Line[] {
  const name = 'code in the picture';
  if (overlay?.missing !== undefined) {
    return fail(name, `it is not there: ${overlay.missing}`, 'Set another link for the code.');
  }
  if (overlay?.shown === undefined) return [];
  const { link, sizePct, readability, readings } = overlay.shown;
  const counts = readings.map(({ rendition, read, of }) => `${rendition} ${read} of ${of}`);
  const seen = `${link} at ${Math.round(sizePct)} %: ${counts.join(', ') || 'no picture read yet'}`;
  switch (readability) {
    case 'readable':
      return pass(name, seen);
    case 'unreadable':
      return fail(name, seen, 'Move it to a calmer corner, or use a shorter link.');
    case 'doubtful':
    case 'unknown':
      return warn(name, seen, 'Run the checklist again while the picture runs.');
  }
}

export function shopLine({ box: { shop, drop }, plan }: Facts): Line {
  const name = 'catalogue';
  if (shop === undefined || shop.articles.length === 0) return pass(name, 'nothing is sold');
  if (shop.fault !== undefined) {
    return fail(
      name,
      `no order is taken: ${shop.fault.reason}`,
      'See the alert; venuebox ledger verify shows more.',
    );
  }
  const { articles, window } = shop;
  const what = `${articles.length} ${articles.length === 1 ? 'article' : 'articles'} of ${shop.drop}`;
  if (shop.isOver === true) return pass(name, `${what}: payments for the last drop still come in`);
  const isWindowOver = window?.phase === 'over';
  const soldOut = articles.filter(({ left }) => left === 0).map(({ name: title }) => title);
  const gone = soldOut.length === 0 ? '' : `; sold out: ${soldOut.join(', ').slice(0, 200)}`;
  // On air that is as it should be, and another id would begin its numbers again.
  if (drop.phase === 'live' || drop.phase === 'ending') {
    return pass(name, `${what}${isWindowOver ? ': its first minutes are over' : ''}${gone}`);
  }
  if (isWindowOver) {
    return warn(
      name,
      `${what}: its first minutes are over`,
      'Give another drop a new drop.id; one that is run again goes on as it is.',
    );
  }
  if (soldOut.length > 0) {
    return warn(name, `${what}${gone}`, 'Raise the stock; another drop gets a new drop.id.');
  }
  const first =
    window === undefined
      ? ''
      : `, first minutes: ${round(window.leftMs / 60_000, 1)} min from the first frame`;
  const start = plan.startsAt === '' ? '' : `; starts ${localTime(Date.parse(plan.startsAt))}`;
  return pass(name, `${what}${first}${start}`);
}
