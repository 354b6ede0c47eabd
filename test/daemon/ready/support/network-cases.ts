/** What is wrong with links, page and survey, one line of the checklist at a time. */
import type { LinkProbe } from '../../../../daemon/ready/checklist/line.ts';
import { type Case, LINKS, modem, PROBES, URL } from './ready-box.ts';
import { SURVEY } from './results.ts';

const links = (change: Partial<LinkProbe>) => ({ links: { ...LINKS, ...change } });
const [five, lte] = LINKS.links as readonly [
  LinkProbe['links'][number],
  LinkProbe['links'][number],
];
const first = (change: Partial<typeof five>) => links({ links: [{ ...five, ...change }, lte] });
const page = (change: object) => ({ page: { ...PROBES.page, ...change } });

const WISHES = {
  ...{ code: 'page', corner: 'bottom-right' as const, sizePct: 22 },
  ...{ title: '', name: '', line: '' },
};
const overlay = (readability: 'unknown' | 'readable' | 'unreadable') => {
  const readings = [{ rendition: 'low', read: 1, of: 5 }];
  return { ...WISHES, shown: { link: URL, sizePct: 40, readability, readings } };
};

export const NETWORK_CASES: readonly Case[] = [
  [
    'a link that is down',
    'link five',
    'fail',
    /antenna, SIM/,
    { probes: first({ isUsable: false, reason: 'no answer' }) },
  ],
  [
    'a link that was not tried',
    'link lte',
    'warn',
    /nothing is live/,
    { probes: { links: undefined } },
  ],
  [
    'poor radio',
    'link five',
    'warn',
    /antenna to a window/,
    { box: { modems: { phase: 'known', modems: [modem('wwan0', '5g', -119)] } } },
  ],
  ['a lossy link', 'link five', 'warn', /loses packets/, { probes: first({ lossPct: 5 }) }],
  ['a slow link', 'link five', 'warn', /latency_ms must be/, { probes: first({ rttMs: 700 }) }],
  [
    'a link too weak to be a backup',
    'link five',
    'warn',
    /cannot carry 4.0 Mb\/s/,
    { probes: first({ aloneBps: 1e6 }) },
  ],
  [
    'one link only',
    'failover',
    'warn',
    /second modem/,
    { box: { plannedLinks: [{ id: 'five' }] } },
  ],
  [
    'one of two is up',
    'failover',
    'fail',
    /second link up/,
    { probes: links({ links: [five, { ...lte, isUsable: false }] }) },
  ],
  [
    'no link takes over',
    'failover',
    'fail',
    /depends on this one/,
    { probes: links({ drill: { link: 'five' } }) },
  ],
  [
    'a slow failover',
    'failover',
    'warn',
    /Slow/,
    { probes: links({ drill: { link: 'five', takenOverBy: 'lte', failoverMs: 5_000, lost: 0 } }) },
  ],
  [
    'a failover with a gap',
    'failover',
    'warn',
    /saw a gap/,
    { probes: links({ drill: { link: 'five', takenOverBy: 'lte', failoverMs: 500, lost: 12 } }) },
  ],
  [
    'LTE first',
    'failover',
    'warn',
    /5G antenna/,
    { probes: links({ drill: { link: 'lte', takenOverBy: 'five', failoverMs: 500, lost: 0 } }) },
  ],
  [
    'no receiver',
    'SRT receiver',
    'fail',
    /address, port and passphrase/,
    { probes: links({ phase: 'connecting' }) },
  ],
  [
    'a latency of two round trips',
    'SRT receiver',
    'warn',
    /2000 or more/,
    { probes: links({ rttMs: 500 }) },
  ],
  [
    'a page that does not answer',
    'guests’ page',
    'fail',
    /viewers.address/,
    { probes: page({ failure: 'ECONNREFUSED' }) },
  ],
  ['a slow page', 'guests’ page', 'warn', /Slow/, { probes: page({ loadedMs: 9_000 }) }],
  ['no address', 'guests’ page', 'warn', /Connect the box/, { probes: { page: undefined } }],
  [
    'a published page without a cache',
    'cache hits',
    'warn',
    /CDN cache/,
    { plan: { isPublished: true } },
  ],
  [
    'a cache that misses',
    'cache hits',
    'warn',
    /Cache-Control/,
    { probes: page({ hasEdge: true, edgeHits: 2 }) },
  ],
  [
    'no poster can be made',
    'posters',
    'fail',
    /gstreamer1.0-libav/,
    { probes: { posters: { failure: 'no decoder', files: {} } } },
  ],
  [
    'no AVIF',
    'posters',
    'fail',
    /doctor/,
    { probes: { posters: { files: { webp: 3, jpeg: 3 } } } },
  ],
  [
    'a code that cannot be read',
    'page code',
    'fail',
    /shorter/,
    { probes: { pageCode: { wanted: URL } } },
  ],
  [
    'a code of another address',
    'page code',
    'fail',
    /Restart/,
    { probes: { pageCode: { wanted: URL, read: 'http://x/' } } },
  ],
  [
    'a code that cannot be read off the picture',
    'code in the picture',
    'fail',
    /calmer corner/,
    { box: { overlay: overlay('unreadable') } },
  ],
  [
    'a code that was not read yet',
    'code in the picture',
    'warn',
    /again while/,
    { box: { overlay: overlay('unknown') } },
  ],
  [
    'a code that may not be shown',
    'code in the picture',
    'fail',
    /another link/,
    { box: { overlay: { ...WISHES, missing: 'no page is known' } } },
  ],
  [
    'a survey of last week',
    'survey',
    'warn',
    /run it again/,
    { probes: { survey: { ...SURVEY, started: '2026-11-20T20:00:00.000Z' } } },
  ],
  ['half the light', 'survey', 'warn', /antennas/, { probes: { lightRatios: [0.1, 0.12] } }],
  [
    'a silent room',
    'survey',
    'warn',
    /antennas/,
    { box: { levels: { peakDbfs: [-70, -70], rmsDbfs: [-80, -80] } } },
  ],
  ['many more networks', 'survey', 'warn', /antennas/, { probes: { wifiNetworks: 20 } }],
  ['no survey', 'survey', 'warn', /day before/, { probes: { survey: undefined } }],
  [
    'weaker radio than surveyed',
    'survey',
    'warn',
    /antennas/,
    { box: { modems: { phase: 'known', modems: [modem('wwan0', '5g', -100)] } } },
  ],
  [
    'half the throughput',
    'survey',
    'warn',
    /five 1.0 Mb|antennas/,
    { probes: first({ aloneBps: 1e6 }) },
  ],
];
