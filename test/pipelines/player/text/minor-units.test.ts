/** Prices in the smallest unit of their currency are the same everywhere. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { minorOf, priceText } from '../../../../daemon/web/page/drops/article-fields.ts';
import { formatMinor, minorDigits } from '../../../../pipelines/player/text/minor-units.ts';

const test = suite('amounts in the smallest unit');

const digitsIn = (text: string) => text.replace(/[^\d.]/g, '');

test('the smallest unit is that of ISO 4217, whatever this machine shows', () => {
  const found = ['EUR', 'JPY', 'HUF', 'COP', 'IDR', 'ISK', 'KWD'].map((one) => minorDigits(one));
  assert.equal(found, [2, 0, 2, 2, 2, 0, 3]);
});

test('a price is written with the decimals that are usual, and with those that it has', () => {
  const shown = (minor: number, currency: string) => digitsIn(formatMinor(minor, currency, 'en'));
  assert.equal(
    [shown(2500, 'EUR'), shown(2550, 'EUR'), shown(0, 'EUR')],
    ['25.00', '25.50', '0.00'],
  );
  assert.equal([shown(2500, 'JPY'), shown(2500, 'KWD')], ['2500', '2.500']);
  assert.match(shown(250_000, 'HUF'), /^2500(?:\.00)?$/);
  assert.is(shown(250_050, 'HUF'), '2500.50');
});

test('what a form has read it shows again', () => {
  for (const currency of Intl.supportedValuesOf('currency')) {
    assert.is(minorOf(priceText(2500, currency), currency), 2500, currency);
    const shown = Number(digitsIn(formatMinor(12_345_678, currency, 'en')).replace(/^\.+/, ''));
    assert.is(shown, 12_345_678 / 10 ** minorDigits(currency), currency);
  }
});

test.run();
