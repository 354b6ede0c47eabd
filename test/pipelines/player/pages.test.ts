/** The files of the guests’ page. */
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { type Reply, refuse } from '../../../pipelines/http/reply.ts';
import { renderCalendar } from '../../../pipelines/player/calendar.ts';
import { planAheadMs } from '../../../pipelines/player/clock/box-clock.ts';
import {
  type DropJson,
  type DropProgress,
  NO_PROGRESS,
} from '../../../pipelines/player/drop-json.ts';
import { openPages } from '../../../pipelines/player/pages.ts';
import { DICTIONARIES } from '../../../pipelines/player/text/languages.ts';

const test = suite('pages of the player');

const PATHS = [
  '/',
  '/replay/',
  '/player.css',
  '/player.js',
  '/watch.js',
  '/hls.js',
  '/favicon.svg',
];

const pages = openPages({ title: 'Record Shop Live', startsAt: '' });

const requestOf = (path: string, headers: Readonly<Record<string, string>> = {}): HttpRequest => ({
  path,
  query: new URLSearchParams(),
  header: (name) => headers[name],
  ownAddress: () => headers['own'] ?? 'http://127.0.0.1:8080',
});

function ask(path: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const answer = pages.answer(requestOf(path, headers));
  if (answer === undefined) throw new Error(`${path} is not the page's`);
  return answer;
}

const headerOf = ({ headers }: Reply, name: string): string | undefined =>
  headers.find((_, i) => i % 2 === 1 && headers[i - 1] === name);

test('an unchanged page gets 304, with its security headers and without Content-Length (RFC 9110 §8.6)', () => {
  for (const path of PATHS) {
    for (const encoding of [{}, { 'accept-encoding': 'gzip' }]) {
      const first = ask(path, encoding);
      const etag = headerOf(first, 'ETag') ?? '';
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = ask(path, { ...encoding, 'if-none-match': held });
        assert.equal([again.status, again.body], [304, []]);
        assert.is(headerOf(again, 'Content-Length'), undefined);
        assert.is(headerOf(again, 'Content-Encoding'), undefined);
        for (const name of ['ETag', 'Vary', 'Cache-Control', 'Content-Security-Policy'])
          assert.is(headerOf(again, name), headerOf(first, name));
      }
      assert.is(ask(path, { ...encoding, 'if-none-match': '"other"' }).status, 200);
    }
  }
});

test('a page and the same page in gzip are two representations, each with its strong ETag', () => {
  for (const path of PATHS) {
    const plain = ask(path);
    const gzipped = ask(path, { 'accept-encoding': 'gzip' });
    assert.is(headerOf(gzipped, 'Content-Encoding'), 'gzip');
    assert.is(headerOf(plain, 'Content-Encoding'), undefined);
    const [body] = plain.body;
    assert.is(headerOf(plain, 'Content-Length'), String(body?.length));
    assert.ok(body?.equals(gunzipSync(gzipped.body[0] ?? Buffer.alloc(0))));
    assert.is.not(headerOf(plain, 'ETag'), headerOf(gzipped, 'ETag'));
    assert.match(headerOf(gzipped, 'Vary') ?? '', /^Accept-Encoding/);
  }
});

test('the catalogue of assets gets each file that pages load, with the ETags that they are sent with', () => {
  const files = ['/player.js', '/watch.js', '/player.css', '/hls.js', '/icon-180.png'];
  for (const path of [...files, '/manifest.webmanifest']) {
    assert.is(pages.etags.get(path), headerOf(ask(path), 'ETag'));
    const gzipped = ask(path, { 'accept-encoding': 'gzip' });
    assert.is(pages.etags.get(`${path}#gzip`), headerOf(gzipped, 'ETag'));
  }
});

const bodyOf = ({ body }: Reply) => Buffer.concat(body).toString();
const BOX = { own: 'http://box.local:8080/shows' };

test('the page speaks the guest’s language, or that of its address, and English otherwise', () => {
  for (const [path, accept, lang] of [
    ['/', 'de-CH,de;q=0.9,en;q=0.8', 'de'],
    ['/', 'en;q=0.3,ja,pt-BR;q=0.7', 'pt'],
    ['/', 'fr;q=0, it', 'it'],
    ['/', 'ja', 'en'],
    ['/', '', 'en'],
  ] as const) {
    const html = bodyOf(ask(path, { 'accept-language': accept }));
    assert.match(html, `<html lang="${lang}">`);
    assert.match(html, DICTIONARIES[lang].noScript.replace(/'/g, '&#39;'));
    assert.not.match(html, '{{');
  }
});

test('without JavaScript there is a video with the stream, what the preview says, and a second look', () => {
  const html = bodyOf(ask('/'));
  assert.match(html, /<noscript><video [^>]* autoplay [^>]*src="live\/index.m3u8">/);
  // Safari stops a video that plays by itself when it is scrolled out of sight.
  assert.not.match(html, /<video id="video"[^>]* autoplay/);
  assert.match(html, /<noscript>\s*<p>The stage, live<\/p>/);
  assert.match(html, '<noscript><meta http-equiv="refresh" content="30"></noscript>');
  assert.not.match(html, 'href="./replay/"');
  const at = (progress: Partial<DropProgress>) => {
    const drop = { title: 'Tonight', startsAt: '' };
    const some = openPages(drop, () => ({ ...NO_PROGRESS, ...progress }));
    return bodyOf(some.answer(requestOf('/')) as Reply);
  };
  const live = at({ liveSince: '2026-12-01T20:00:00Z' });
  assert.not.match(live, 'http-equiv', 'nothing interrupts what plays');
  assert.match(live, '<p>Live now</p>');
  const over = at({ isOver: true, hasReplay: true });
  assert.match(over, '<p><a class="action" href="./replay/">The replay</a></p>');
});

test('a link to the page has a preview with title and picture', () => {
  const html = bodyOf(ask('/', BOX));
  assert.match(html, '<meta property="og:title" content="Record Shop Live">');
  assert.match(
    html,
    '<meta property="og:image" content="http://box.local:8080/shows/icon-512.png">',
  );
  assert.match(html, '<meta property="og:url" content="http://box.local:8080/shows/">');
});

test('a refusal is a page with a way back for guests, and a line for programs', () => {
  for (const [status, sentence] of [
    [404, 'Hier is niets.'],
    [503, 'Het is nu te druk.'],
    [429, 'Het is nu te druk.'],
    [500, 'Er ging hier iets mis.'],
  ] as const) {
    const refusal = refuse(status, 'a line', 0, ['Retry-After', '1']);
    const asked = (accept: string): HttpRequest => ({
      path: '/nothing',
      query: new URLSearchParams(),
      header: (name) => ({ accept, 'accept-language': 'nl' })[name],
      ownAddress: () => BOX.own,
    });
    const page = pages.forPeople(asked('text/html,*/*;q=0.8'), refusal) as Reply;
    assert.is(page.status, status);
    assert.match(bodyOf(page), sentence);
    assert.match(bodyOf(page), `<a class="action" href="${BOX.own}/">Naar de livepagina</a>`);
    const chosen = { ...asked('text/html'), query: new URLSearchParams('lang=fr') };
    assert.match(bodyOf(pages.forPeople(chosen, refusal) as Reply), `href="${BOX.own}/?lang=fr"`);
    assert.is(headerOf(page, 'Retry-After'), '1');
    assert.is(headerOf(page, 'Cache-Control'), 'no-store');
    assert.is(pages.forPeople(asked('*/*'), refusal), refusal);
  }
});

test('a clip has a page with its name, its picture in the preview, and a movie without JavaScript', () => {
  const clip = { label: 'Encore <3', poster: 'posters/clip-61-640' };
  const posters = [{ widthPx: 640, path: 'posters/live-640' }];
  const some = openPages(
    { title: 'Tonight', startsAt: '' },
    () => ({ ...NO_PROGRESS, isOver: true, posters }),
    (id) => ({ abcdefghijk: clip, bbbbbbbbbbb: { ...clip, poster: undefined } })[id],
  );
  const open = (path: string) => {
    const ownAddress = () => BOX.own;
    return some.answer({ path, query: new URLSearchParams(), header: () => undefined, ownAddress });
  };
  const html = bodyOf(open('/clip/abcdefghijk') as Reply);
  assert.match(html, '<title>Encore &#60;3</title>');
  assert.match(html, `<meta property="og:image" content="${BOX.own}/posters/clip-61-640">`);
  assert.match(html, /<video [^>]*controls [^>]*src="..\/clips\/clip-abcdefghijk.mp4"/);
  assert.match(html, /<a [^>]*href="..\/clips\/clip-abcdefghijk.mp4" download/);
  assert.match(bodyOf(open('/replay/') as Reply), /<video [^>]*src="..\/replay\/index.m3u8"/);
  const early = bodyOf(open('/clip/bbbbbbbbbbb') as Reply);
  assert.match(early, `og:image" content="${BOX.own}/posters/live-640"`, 'until it has its own');
  assert.is(open('/clip/aaaaaaaaaaa')?.status, 404);
});

test('whoever asks for all clips in all languages, again and again, has each page made once', () => {
  const clip = { label: 'Encore', poster: undefined };
  const some = openPages({ title: 'Tonight', startsAt: '' }, undefined, () => clip);
  const clips = Array.from({ length: 12 }, (_, i) => `/clip/${'x'.repeat(9)}${10 + i}`);
  const all = () =>
    clips.flatMap((path) =>
      Object.keys(DICTIONARIES).map((lang) =>
        some.answer(requestOf(path, { 'accept-language': lang })),
      ),
    );
  const first = all();
  assert.is(first.length, 84);
  for (const [i, again] of all().entries()) assert.is(again?.body[0], first[i]?.body[0]);
});

test('what is planned goes by the machine’s clock where the stream’s is another one', () => {
  const told = (nowMs: () => number) => {
    const some = openPages({ title: 'Tonight', startsAt: '' }, undefined, undefined, nowMs);
    const request = { path: '/drop.json', query: new URLSearchParams(), header: () => undefined };
    return JSON.parse(bodyOf(some.answer(request) as Reply)) as DropJson;
  };
  assert.is(told(Date.now).planNow, undefined);
  const days = 3 * 24 * 3_600_000;
  const report = told(() => Date.now() - days);
  assert.ok(Math.abs(Date.parse(report.now) + days - Date.now()) < 60_000);
  assert.ok(Math.abs(Date.parse(report.planNow ?? '') - Date.now()) < 60_000);
  assert.ok(Math.abs(planAheadMs(report) - days) < 60_000);
  assert.is(planAheadMs({ now: report.now }), 0, 'as an older box has it');
});

test('a title with markup is text', () => {
  const evil = openPages({ title: '<script>"&', startsAt: '' });
  const request = { path: '/', query: new URLSearchParams(), header: () => undefined };
  const reply = evil.answer(request);
  assert.not.match(bodyOf(reply as Reply), '<script>"');
});

test('an address that is set is in the page, its calendar entry and drop.json, and else that of the request', () => {
  const address = 'https://example.org/live/';
  const startsAt = '2026-12-24T19:30:00Z';
  const ownAddress = () => 'http://10.0.0.5:8080';
  for (const [settings, expected] of [
    [{ title: 'Live', startsAt, address }, address],
    [{ title: 'Live', startsAt }, 'http://10.0.0.5:8080/'],
  ] as const) {
    const set = openPages(settings);
    const get = (path: string) => {
      const request = { path, query: new URLSearchParams(), header: () => undefined, ownAddress };
      return bodyOf(set.answer(request) as Reply).replaceAll('\r\n ', '');
    };
    assert.is(get('/').includes('name="given-address"'), 'address' in settings);
    assert.match(get('/'), `og:url" content="${expected}"`);
    assert.match(get('/drop.ics'), `URL:${expected}`);
    assert.is(JSON.parse(get('/drop.json')).address, 'address' in settings ? address : undefined);
  }
});

test('the calendar entry: escaped, folded within 75 octets, in UTC (RFC 5545)', () => {
  const entry = {
    title: `Plattenladen, live; ${'ü'.repeat(60)}\nzweite Zeile`,
    ...{ id: '', startsMs: Date.UTC(2026, 11, 24, 19, 30), endsMs: Number.NaN },
    url: 'http://box.local:8080/',
  };
  const text = renderCalendar(entry, 0);
  assert.ok(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75));
  const lines = text.replaceAll('\r\n ', '').split('\r\n');
  assert.ok(lines.includes('DTSTART:20261224T193000Z') && lines.includes('DTEND:20261224T213000Z'));
  assert.ok(lines.includes(`SUMMARY:Plattenladen\\, live\\; ${'ü'.repeat(60)}\\nzweite Zeile`));
});

test.run();
