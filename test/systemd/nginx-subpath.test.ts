/** The guests' page, clips and stream below a sub path of a real nginx. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_PROGRESS } from '../../pipelines/player/drop-json.ts';
import { openPages } from '../../pipelines/player/pages.ts';
import { openFeed } from '../support/feed.ts';
import { freePort } from '../support/free-port.ts';
import { startNginx } from '../support/network/nginx.ts';
import { type Get, serve } from '../support/viewer-server.ts';

const test = suite('a box below a sub path of nginx');

const CLIP = 'abcdefghijk';
/** TLS is ended by what is in front of this nginx. */
const SUB_PATH = `
  location /tonight/ {
    proxy_cache off;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto https;
    proxy_set_header X-Forwarded-Host venue.example;
    proxy_set_header X-Forwarded-Prefix /tonight;
    proxy_pass http://venuebox/;
  }
`;

function openGet(): Get {
  const feed = openFeed({ windowS: 6 });
  feed.run(8);
  const drop = { title: 'Tonight', startsAt: '2027-03-05T20:00:00Z' };
  const pages = openPages(
    drop,
    () => NO_PROGRESS,
    (id) => ({
      label: undefined,
      poster: `posters/clip-${Buffer.from(id).toString('hex')}-640`,
    }),
  );
  return (request) => pages.answer(request) ?? feed.origin.answer(request);
}

/** What a page loads and links, resolved as a browser does. */
function linksOf(html: string, pageUrl: string): readonly URL[] {
  const found = [...html.matchAll(/\b(?:href|src|poster)="([^"]+)"/g)];
  return found.map(([, link = '']) => new URL(link, pageUrl));
}

test('page, script, style, stream and clips load below it, and links lead through it', async () => {
  const port = await freePort();
  await using _ = await serve(openGet(), port, { trustedProxies: ['127.0.0.1'] });
  await using nginx = await startNginx(`http://127.0.0.1:${port}`, SUB_PATH);
  const pageUrl = `${nginx.url}/tonight/`;
  const page = await fetch(pageUrl);
  assert.is(page.headers.get('x-frame-options'), 'DENY');
  assert.match(page.headers.get('content-security-policy') ?? '', "frame-ancestors 'none'");
  const links = linksOf(await page.text(), pageUrl);
  assert.ok(links.length >= 4);
  for (const url of links) {
    assert.match(url.pathname, /^\/tonight\//);
    assert.is((await fetch(url)).status, 200, url.href);
  }
  const script = await (await fetch(`${pageUrl}player.js`)).text();
  assert.not.match(script, /["'`]\/(?:live|beacon|hls\.js|drop\.json)/);
  const playlist = await (await fetch(`${pageUrl}live/index.m3u8`)).text();
  const [rendition = ''] = playlist.split('\n').filter((line) => line.endsWith('/index.m3u8'));
  assert.is((await fetch(new URL(rendition, `${pageUrl}live/index.m3u8`))).status, 200);
});

test('a clip’s page links below it, and its preview names the address in front', async () => {
  const port = await freePort();
  await using _ = await serve(openGet(), port, { trustedProxies: ['127.0.0.1'] });
  await using nginx = await startNginx(`http://127.0.0.1:${port}`, SUB_PATH);
  const pageUrl = `${nginx.url}/tonight/clip/${CLIP}`;
  for (const url of [pageUrl, `${pageUrl}/`]) {
    const page = await fetch(url);
    assert.is(page.url, pageUrl, 'a trailing slash leads to the page');
    const html = await page.text();
    const links = linksOf(html, page.url).map(({ href }) => href);
    for (const wanted of [
      '',
      'player.css',
      'watch.js',
      `posters/clip-${Buffer.from(CLIP).toString('hex')}-640`,
      `clips/clip-${CLIP}.mp4`,
    ]) {
      assert.ok(links.includes(`${nginx.url}/tonight/${wanted}`), wanted);
    }
    assert.match(
      html,
      `<meta property="og:url" content="https://venue.example/tonight/clip/${CLIP}">`,
    );
  }
});

test.run();
