/** Requests to an edge, and the state of its upstream. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCdnLoop } from '../../../pipelines/edge/cdn-loop.ts';
import { openEdgeHandlers } from '../../../pipelines/edge/handlers.ts';
import { hitRatioOf, stepUpstream, type UpstreamState } from '../../../pipelines/edge/state.ts';
import { openUrlMap } from '../../../pipelines/edge/url-map.ts';
import type { HttpRequest, Wait } from '../../../pipelines/http/handlers.ts';
import { type Reply, refuse, reply } from '../../../pipelines/http/reply.ts';
import { Viewers } from '../../../pipelines/origin/viewers.ts';
import type { DropJson } from '../../../pipelines/player/drop-json.ts';
import { EDGE } from '../../support/snapshot.ts';

const test = suite('edge request handlers');

const textOf = (body: string): Reply =>
  reply(200, [Buffer.from(body)], { type: 'text/plain', cacheS: 0 });

const requestOf = (path: string, cdnLoop?: string): HttpRequest => ({
  path,
  address: '192.0.2.7',
  connection: { address: { connections: 1, isProxy: false } },
  query: new URLSearchParams(),
  header: (name) => (name === 'cdn-loop' ? cdnLoop : undefined),
});

function openWith(upstream: (request: HttpRequest) => Reply | Wait, drop = 'own /drop.json') {
  const target = openUrlMap(new URL('http://10.0.0.5:8080'));
  const viewers = new Viewers(() => true);
  const drops: Partial<DropJson>[] = [];
  const handlers = openEdgeHandlers({
    edge: { answer: upstream },
    isUpstream: (path) => target(path) !== undefined,
    pages: {
      etags: new Map(),
      answer: ({ path }) => {
        if (path === '/nope') return undefined;
        return textOf(path === '/drop.json' ? drop : `own ${path}`);
      },
      forPeople: (_request, answer) => answer,
    },
    onDrop: (report) => void drops.push(report),
    viewers,
    loop: openCdnLoop('venuebox-me'),
    nowMs: () => 0,
  });
  return { handlers, viewers, drops };
}

const bodyOf = (answer: Reply | Wait | undefined): string =>
  answer !== undefined && 'body' in answer ? String(answer.body[0]) : 'waits';

test('the page is this box’s own, stream and posters are the upstream’s', () => {
  const { handlers } = openWith(({ path }) => textOf(`upstream ${path}`));
  assert.is(bodyOf(handlers.get(requestOf('/'))), 'own /');
  assert.is(bodyOf(handlers.get(requestOf('/player.js'))), 'own /player.js');
  assert.match(bodyOf(handlers.get(requestOf('/nope'))), 'not found');
  for (const path of ['/live/index.m3u8', '/posters/live-640']) {
    assert.is(bodyOf(handlers.get(requestOf(path))), `upstream ${path}`);
  }
});

test('of the upstream’s drop its page offers what an edge serves: neither clips, chapters nor the replay', () => {
  const clips = [{ id: 'abcdefghijk' }];
  const preview = 'clips/preview-abcdefghijk.mp4';
  const chapters = [{ startS: 12, number: 1 }];
  const report = { title: 'Tonight', hasReplay: true, dvrS: 600, clips, chapters, preview };
  const { handlers, drops } = openWith(() => textOf(JSON.stringify(report)));
  const answer = handlers.get(requestOf('/drop.json')) as Reply;
  const none = { hasReplay: false, dvrS: 0, clips: [], chapters: [], hasReactions: false };
  assert.equal(JSON.parse(bodyOf(answer)), { title: 'Tonight', ...none });
  const length = answer.headers[answer.headers.indexOf('Content-Length') + 1];
  assert.is(length, String(Buffer.byteLength(bodyOf(answer))));
  assert.equal(drops, [report], 'its pages name that drop, too');
});

test('guests may send hearts where the drop takes them and this edge counts them', () => {
  const shown = (theirs: object, own: object) => {
    const { handlers } = openWith(() => textOf(JSON.stringify(theirs)), JSON.stringify(own));
    return (JSON.parse(bodyOf(handlers.get(requestOf('/drop.json')))) as DropJson).hasReactions;
  };
  const [on, off] = [{ hasReactions: true }, { hasReactions: false }];
  assert.equal([shown(on, on), shown(on, off), shown(off, on)], [true, false, false]);
});

test('pictures of the upstream’s drop and of what is sold are the upstream’s, the venue’s is its own', () => {
  const theirs = 'picture-SIE5yDKIXvuuKIBM.jpg';
  const shop = { articles: [{ name: 'Print', picture: 'picture-abcdefghijklmnop.webp' }] };
  const venue = 'brand/title-0123456789ab.png';
  const reported = (picture: string, own: object) => {
    const { handlers } = openWith(
      () => textOf(JSON.stringify({ title: 'Tonight', picture, shop })),
      JSON.stringify(own),
    );
    return JSON.parse(bodyOf(handlers.get(requestOf('/drop.json')))) as DropJson;
  };
  assert.is(reported(theirs, { picture: venue }).picture, theirs);
  assert.is(reported('brand/title-ffffffffffff.png', { picture: venue }).picture, venue);
  assert.is(reported('brand/title-ffffffffffff.png', {}).picture, undefined);
  assert.equal(reported(theirs, {}).shop, shop);
  const variants = [
    { type: 'image/avif', widthPx: 320, heightPx: 180, path: 'brand/title-0.avif' },
  ];
  const own = { picture: venue, variants };
  assert.equal(reported('brand/title-ffffffffffff.png', own).variants, variants);
  assert.is(reported(theirs, own).variants, undefined, 'they are not of that picture');
  const { handlers } = openWith(({ path }) => textOf(`upstream ${path}`));
  for (const path of [`/${theirs}`, '/picture-abcdefghijklmnop.webp']) {
    assert.is(bodyOf(handlers.get(requestOf(path))), `upstream ${path}`);
  }
  assert.is(bodyOf(handlers.get(requestOf('/picture-../x.png'))), 'own /picture-../x.png');
});

test('title and countdown are this box’s own where the upstream has none', () => {
  const { handlers } = openWith(() => refuse(503, 'away'));
  assert.is(bodyOf(handlers.get(requestOf('/drop.json'))), 'own /drop.json');
  let late: Reply | undefined;
  const waiting = openWith(() => ({
    wait: 'edge',
    holdMs: 1_000,
    retry: () => late,
    expired: () => refuse(503, 'late'),
  }));
  const answer = waiting.handlers.get(requestOf('/drop.json')) as Wait;
  assert.is(answer.retry(), undefined);
  assert.is(bodyOf(answer.expired()), 'own /drop.json');
  for (const none of ['null', '"x"', '{', '7']) {
    assert.is(
      bodyOf(openWith(() => textOf(none)).handlers.get(requestOf('/drop.json'))),
      'own /drop.json',
    );
  }
  late = textOf('{"title":"theirs"}');
  assert.match(bodyOf(answer.retry()), 'theirs');
  assert.is((handlers.get(requestOf('/live/index.m3u8')) as Reply).status, 503);
});

test('a drop of a megabyte is none: it would be read for each guest', () => {
  const large = JSON.stringify({ title: 'Tonight', startsAt: '', more: 'x'.repeat(1_000_000) });
  const { handlers, drops } = openWith(() => textOf(large));
  assert.is(bodyOf(handlers.get(requestOf('/drop.json'))), 'own /drop.json');
  assert.equal(drops, []);
});

test('its own page’s beacons count its own viewers', () => {
  const { handlers, viewers } = openWith(() => textOf(''));
  const beacon = { id: 'abcdefgh', player: 'native', rendition: 'x', stalls: 0, stalledMs: 0 };
  handlers.get(requestOf('/live/high/7.m4s'));
  assert.is(handlers.post(requestOf('/beacon'), JSON.stringify(beacon)).status, 204);
  assert.is(handlers.post(requestOf('/beacon'), '{').status, 400);
  assert.is(viewers.figures(0).viewers, 1);
});

test('an edge that is its own upstream, also through others, says so', () => {
  const { handlers } = openWith(() => textOf('theirs'));
  const [me, other] = [openCdnLoop('venuebox-me'), openCdnLoop('venuebox-other')];
  const once = me.append(() => undefined);
  const twice = other.append(() => once);
  assert.is(twice, 'venuebox-me, venuebox-other');
  assert.is((handlers.get(requestOf('/live/index.m3u8', twice)) as Reply).status, 508);
  assert.is((handlers.get(requestOf('/live/index.m3u8', 'venuebox-other')) as Reply).status, 200);
});

test('the upstream is live, waits for its stream, or is away', () => {
  const main = '/live/index.m3u8';
  const after = (...seen: readonly (readonly [string, number | Error])[]) =>
    seen.reduce<UpstreamState>((state, [path, what]) => stepUpstream(state, path, what), {
      phase: 'asking',
    });
  assert.equal(after([main, 200]), { phase: 'live' });
  assert.equal(after([main, 503]), { phase: 'waiting', reason: 'it answers 503' });
  assert.equal(after([main, 200], [main, new Error('refused')]), {
    phase: 'away',
    reason: 'refused',
  });
  assert.is(after([main, 200], ['/live/a/1.m4s', 404]).phase, 'live');
  assert.is(after([main, 200], [main, 502]).phase, 'away');
  assert.is(after([main, new Error('x')], ['/live/a/1.m4s', 404]).phase, 'waiting');
  assert.is(after([main, new Error('x')], ['/live/a/1.m4s', 200]).phase, 'live');
  assert.is(after(['/drop.json', 200]).phase, 'asking');
  assert.equal(after([main, 508]), {
    phase: 'away',
    reason: 'it is this box itself; set edge.upstream to another one',
  });
});

test('a live upstream with unsupported features is reported, until it is unreachable', () => {
  const unsupported = 'its playlists use byte ranges, which an edge does not support';
  const main = '/live/index.m3u8';
  const live: UpstreamState = { phase: 'live' };
  const limited = stepUpstream(live, '/live/a/1.m4s', 200, unsupported);
  assert.equal(limited, { phase: 'live', reason: unsupported });
  assert.equal(stepUpstream(limited, main, 200, undefined), live);
  assert.equal(stepUpstream(live, main, 503, unsupported), {
    phase: 'waiting',
    reason: 'it answers 503',
  });
});

test('the hit ratio counts what costs the upstream nothing', () => {
  assert.is(hitRatioOf(EDGE), 0.98);
  assert.is(hitRatioOf({ ...EDGE, requestsTotal: 0 }), undefined);
});

test.run();
