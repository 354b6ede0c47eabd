/** Picture formats for the Accept headers of browsers. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseFormat, PICTURE_FORMATS } from '../../../pipelines/clips/accept.ts';

const test = suite('poster formats by Accept');

/** What browsers send for `<img>`, as their documentation has it (MDN, "List of default Accept values"). */
const BROWSERS = [
  ['Chrome 121+', 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'avif'],
  ['Firefox 128+', 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'avif'],
  ['Firefox 66-91', 'image/webp,*/*', 'webp'],
  ['Firefox 65 and older', '*/*', 'jpeg'],
  [
    'Safari 16+',
    'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
    'avif',
  ],
  [
    'Safari 14-15',
    'image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5',
    'webp',
  ],
  ['Safari before 14', 'image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5', 'jpeg'],
  ['Internet Explorer 9+', 'image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'jpeg'],
  [
    'a page opened in a tab',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'avif',
  ],
  ['curl', '*/*', 'jpeg'],
  ['nothing', undefined, 'jpeg'],
] as const;

for (const [browser, accept, format] of BROWSERS) {
  test(`${browser} gets ${format}`, () => assert.is(chooseFormat(accept), format));
}

const HOSTILE = [
  ['a format refused with q=0 is not sent', 'image/avif;q=0, image/webp, */*', 'webp'],
  ['nor by q=0.000 with odd spaces and case', 'IMAGE/AVIF ; Q=0.000 ,image/WebP;q=0.001', 'webp'],
  ['a wildcard refused refuses what is not named', 'image/*;q=0, image/jpeg', 'jpeg'],
  ['the more exact range wins over the wildcard', 'image/jpeg;q=0.1, */*;q=0.9', 'jpeg'],
  ['the browser’s preference wins over ours', 'image/avif;q=0.5, image/jpeg;q=0.9', 'jpeg'],
  ['all refused is no picture', '*/*;q=0', undefined],
  ['only what we do not have is no picture', 'text/html', undefined],
  ['a weight above 1 is no weight', 'image/avif;q=2, image/webp', 'webp'],
  ['a weight that is no number is no weight', 'image/avif;q=NaN, image/webp;q=1', 'webp'],
  ['rubbish alone accepts anything', ';;;,,,=/', 'jpeg'],
  ['empty accepts anything', '', 'jpeg'],
  ['a half wildcard is none', '*/avif, image/webp', 'webp'],
  ['other parameters do not matter', 'image/avif;v=b3;q=0.9', 'avif'],
] as const;

for (const [rule, accept, format] of HOSTILE) {
  test(rule, () => assert.is(chooseFormat(accept), format));
}

test('any header gets an available format, quickly', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.subarray([...PICTURE_FORMATS]),
      (accept, available) => {
        const format = chooseFormat(accept, available);
        assert.ok(format === undefined || available.includes(format));
      },
    ),
  );
  chooseFormat('image/avif,'.repeat(100_000));
});

test.run();
