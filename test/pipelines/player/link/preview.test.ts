/** What messengers show of a link, at every time of a drop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_PROGRESS } from '../../../../pipelines/player/drop-json.ts';
import { type DescribedDrop, describeDrop } from '../../../../pipelines/player/link/describe.ts';
import { type LinkPreview, renderPreview } from '../../../../pipelines/player/link/preview.ts';
import { previewImage } from '../../../../pipelines/player/link/preview-image.ts';
import { LANGUAGES, type Language } from '../../../../pipelines/player/text/language.ts';
import { textsOf } from '../../../../pipelines/player/text/languages.ts';

const test = suite('preview of a link');

const NOW_MS = Date.parse('2026-12-01T12:00:00Z');
const FRIDAY = '2026-12-04T19:30:00Z';
const BEFORE: DescribedDrop = {
  ...{ isOver: false, liveSince: '', hasReplay: false, startsAt: FRIDAY },
};

function describe(drop: DescribedDrop, lang: Language = 'en'): string {
  const description = describeDrop(drop, { lang, text: textsOf(lang) }, NOW_MS, 'Europe/Berlin');
  // ICU separates parts of a time by spaces of several kinds.
  return description.replace(/\s/g, ' ');
}

test('before the drop it says when it starts, in the venue’s time and with its zone', () => {
  assert.match(describe(BEFORE), /^Starts Friday,? December 4 at 0?8:30 PM GMT\+1$/);
  assert.match(describe(BEFORE, 'de'), /^Beginn:? .*Freitag, 4\. Dezember .*20:30 (MEZ|GMT\+1)/);
  for (const lang of LANGUAGES) {
    assert.match(describe(BEFORE, lang), /30/);
    assert.not.match(describe(BEFORE, lang), /2026-|T19|\{/);
  }
});

test('while it is live, afterwards, and where the start is not known or past', () => {
  const live = { ...BEFORE, liveSince: FRIDAY };
  assert.is(describe(live), 'Live now');
  const over = { ...BEFORE, isOver: true, startsAt: '' };
  assert.is(describe({ ...over, hasReplay: true }), 'Watch the replay');
  assert.is(describe(over), 'That was it. Thank you for being here.');
  assert.match(
    describe({ ...over, hasReplay: true, startsAt: FRIDAY }),
    /^Watch the replay · Next: Friday/,
  );
  for (const startsAt of ['', '2026-12-01T11:59:59Z']) {
    assert.is(describe({ ...BEFORE, startsAt }), 'The stage, live');
    assert.is(describe({ ...over, startsAt }), 'That was it. Thank you for being here.');
  }
});

test('its picture is that of the announcement before the drop, and the show itself from then on', () => {
  const posters = [
    { widthPx: 320, path: 'posters/live-320' },
    { widthPx: 1280, path: 'posters/live-1280' },
  ];
  const picture = 'picture-abc.png';
  const variants = ['image/avif', 'image/jpeg'].flatMap((type) =>
    [320, 1280].map((widthPx) => ({ type, widthPx, heightPx: 720, path: `${type}${widthPx}` })),
  );
  const planned = { id: '', endsAt: '' };
  const shown = { title: 'Tonight', startsAt: '', planned, hasReactions: true, picture };
  const before = { ...NO_PROGRESS, shown, posters };
  const of = (progress: typeof before, has = variants) =>
    previewImage(progress, { style: '' }, (path) => (path === picture ? has : []));
  assert.equal(of(before), {
    type: 'image/jpeg',
    widthPx: 1280,
    heightPx: 720,
    path: 'image/jpeg1280',
  });
  assert.equal(of(before, []), { path: picture }, 'until smaller ones are made');
  for (const later of [{ liveSince: FRIDAY }, { isOver: true }]) {
    assert.equal(of({ ...before, ...later }), { path: 'posters/live-1280' });
    assert.is(of({ ...before, ...later, posters: [] })?.path, 'image/jpeg1280');
  }
  const none = { ...NO_PROGRESS };
  assert.is(
    previewImage(none, { style: '' }, () => []),
    undefined,
  );
  const venues = { path: 'brand/title-1.jpg', type: 'image/jpeg', bytes: Buffer.alloc(0) };
  assert.equal(
    previewImage(none, { style: '', picture: venues }, () => []),
    { path: venues.path },
  );
});

const PAGE: LinkPreview = {
  ...{ lang: 'de', title: '<Encore> & "more"', description: 'Jetzt live' },
  ...{ url: 'http://box.local:8080/shows/clip/abc', isGiven: false, root: '../' },
  image: { path: 'posters/clip-61-640' },
};

test('its tags are what messengers read: all addresses absolute, all text escaped, none empty', () => {
  const html = renderPreview({ ...PAGE, movie: 'clips/clip-abc.mp4' });
  const content = (name: string) =>
    new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)">`).exec(html)?.[1];
  assert.is(content('og:title'), '&#60;Encore&#62; &#38; &#34;more&#34;');
  assert.is(content('og:locale'), 'de_DE');
  assert.is(content('og:image'), 'http://box.local:8080/shows/posters/clip-61-640');
  assert.is(content('og:image:alt'), content('og:title'));
  assert.is(content('og:type'), 'video.other');
  assert.is(content('og:video'), 'http://box.local:8080/shows/clips/clip-abc.mp4');
  assert.is(content('og:video:type'), 'video/mp4');
  assert.is(content('twitter:card'), 'summary_large_image');
  assert.is(content('given-address'), undefined);
  assert.not.match(renderPreview({ ...PAGE, description: '' }), 'content=""');
});

test('without a picture it shows the icon, small; and its size is said where it is known', () => {
  const plain = renderPreview({ ...PAGE, image: undefined });
  assert.match(plain, '<meta name="twitter:card" content="summary">');
  assert.match(plain, 'og:image" content="http://box.local:8080/shows/icon-512.png"');
  assert.match(plain, 'og:image:width" content="512"');
  const sized = { path: 'picture-a.jpeg', type: 'image/jpeg', widthPx: 1280, heightPx: 853 };
  const html = renderPreview({ ...PAGE, image: sized });
  for (const tag of [
    'type" content="image/jpeg"',
    'width" content="1280"',
    'height" content="853"',
  ])
    assert.match(html, `og:image:${tag}`);
});

test.run();
