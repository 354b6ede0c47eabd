/** Title pictures in several widths and formats. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../../pipelines/http/reply.ts';
import { stillOf } from '../../../../pipelines/player/pictures/still.ts';
import {
  type MadeVariant,
  type TitlePicture,
  TitlePictures,
} from '../../../../pipelines/player/pictures/title-pictures.ts';
import { until } from '../../../support/box.ts';

const test = suite('title pictures');

const BAD = 'no picture';

function openTitles(isStuck = false) {
  const logged: string[] = [];
  const made: string[] = [];
  const state = { wanted: [] as readonly TitlePicture[], isStuck, atOnce: 0, atOnceMax: 0 };
  const make = async (picture: Buffer, signal: AbortSignal): Promise<readonly MadeVariant[]> => {
    state.atOnce += 1;
    state.atOnceMax = Math.max(state.atOnceMax, state.atOnce);
    await new Promise((resolve, reject) => {
      if (state.isStuck) signal.addEventListener('abort', () => reject(signal.reason));
      else setImmediate(resolve);
    });
    state.atOnce -= 1;
    const text = picture.toString();
    if (text === BAD) throw new Error('it cannot be decoded');
    made.push(text);
    return [320, 640].flatMap((widthPx) =>
      ['image/avif', 'image/webp', 'image/jpeg'].map((type) => {
        return {
          type,
          widthPx,
          heightPx: widthPx / 2,
          bytes: Buffer.from(`${text} ${type} ${widthPx}`),
        };
      }),
    );
  };
  let changes = 0;
  const titles = new TitlePictures({
    ...{ wanted: () => state.wanted, make },
    onMade: () => {
      changes += 1;
    },
    log: { info: () => undefined, warn: (line: string) => logged.push(line) },
  });
  const stop = new AbortController();
  const running = titles.run(stop.signal);
  return {
    ...{ titles, state, logged, made },
    changes: () => changes,
    want: (wanted: readonly TitlePicture[]) => {
      state.wanted = wanted;
      titles.refresh();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

const picture = (path: string, text = path): TitlePicture => ({ path, bytes: Buffer.from(text) });
const headerOf = ({ headers }: Reply, name: string) => headers[headers.indexOf(name) + 1];

test('each is made once, one after the other; what is no longer wanted is forgotten', async () => {
  await using box = openTitles();
  const [duo, venue] = ['picture-duo.jpg', 'brand/title-venue.png'];
  box.want([picture(duo), picture(venue)]);
  await until(() => box.changes() === 2, 60_000);
  box.want([picture(duo), picture(venue)]);
  assert.equal(box.made, [duo, venue]);
  assert.is(box.state.atOnceMax, 1);
  const first = box.titles.variantsOf(duo)[0];
  assert.equal([first?.type, first?.widthPx, first?.heightPx], ['image/avif', 320, 160]);
  assert.match(first?.path ?? '', /^picture-\w+320\.avif$/);
  assert.match(box.titles.variantsOf(venue)[5]?.path ?? '', /^brand\/title-\w+640\.jpeg$/);
  box.want([picture(venue)]);
  await until(() => box.titles.variantsOf(duo).length === 0, 60_000);
  assert.is(
    box.titles.answer(`/${first?.path}`, () => undefined),
    undefined,
  );
  assert.is(box.titles.variantsOf(venue).length, 6);
});

test('a variant is served under the name of its content, for ever, with its ETag', async () => {
  await using box = openTitles();
  box.want([picture('picture-duo.jpg')]);
  await until(() => box.changes() === 1, 60_000);
  for (const { path, type } of box.titles.variantsOf('picture-duo.jpg')) {
    const answer = box.titles.answer(`/${path}`, () => undefined) as Reply;
    assert.is(headerOf(answer, 'Content-Type'), type);
    assert.match(headerOf(answer, 'Cache-Control') ?? '', 'immutable');
    assert.is(box.titles.etags.get(`/${path}`), headerOf(answer, 'ETag'));
    const again = box.titles.answer(`/${path}`, () => headerOf(answer, 'ETag')) as Reply;
    assert.is(again.status, 304);
  }
  assert.is(
    box.titles.answer('/picture-other.avif', () => undefined),
    undefined,
  );
});

test('what cannot be decoded is logged once, shown as it is, and holds up no other', async () => {
  await using box = openTitles();
  box.want([picture('picture-bad.jpg', BAD), picture('picture-good.jpg')]);
  await until(() => box.changes() === 1, 60_000);
  box.want([picture('picture-bad.jpg', BAD), picture('picture-good.jpg')]);
  assert.equal(box.logged, ['title picture not made smaller']);
  assert.equal(box.titles.variantsOf('picture-bad.jpg'), []);
  assert.is(box.titles.variantsOf('picture-good.jpg').length, 6);
});

test('it ends while one is made, without a complaint', async () => {
  const box = openTitles(true);
  box.want([picture('picture-duo.jpg')]);
  await until(() => box.state.atOnce === 1, 60_000);
  await box[Symbol.asyncDispose]();
  assert.equal(box.logged, []);
});

test('the page offers AVIF, then WebP, then JPEG to all others, each in all widths', () => {
  const variants = [320, 1280].flatMap((widthPx) =>
    ['avif', 'webp', 'jpeg'].map((format) => {
      const path = `picture-x${widthPx}.${format}`;
      return { type: `image/${format}`, widthPx, heightPx: 180, path };
    }),
  );
  const still = stillOf({ picture: 'picture-x.png', variants, posters: [] });
  assert.equal(still, {
    key: 'picture-x.png',
    sources: [
      { type: 'image/avif', srcset: 'picture-x320.avif 320w, picture-x1280.avif 1280w' },
      { type: 'image/webp', srcset: 'picture-x320.webp 320w, picture-x1280.webp 1280w' },
    ],
    srcset: 'picture-x320.jpeg 320w, picture-x1280.jpeg 1280w',
  });
  const plain = stillOf({ picture: 'picture-x.png', posters: [] });
  assert.equal(plain, { key: 'picture-x.png', sources: [], srcset: 'picture-x.png' });
});

test('after the drop, and without a picture, the last of the stream is shown; or none', () => {
  const posters = [{ path: 'posters/live-640', widthPx: 640 }];
  for (const drop of [{ posters }, { posters, picture: 'picture-x.png', isOver: true }])
    assert.is(stillOf(drop).srcset, 'posters/live-640 640w');
  assert.equal(stillOf({}), { key: '', sources: [], srcset: '' });
});

test.run();
