/** When a code is in the picture, as the config has it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, parseConfig } from '../../../daemon/config/file.ts';
import { isDue } from '../../../daemon/overlay/schedule.ts';

const test = suite('the code in the config');
const SHOP = 'https://shop.example.org/poster';

test('a code that comes once is shown from its start, for its time', () => {
  assert.equal(
    [0, 5, 9, 10, 14, 15, 100].map((s) => isDue({ fromS: 5, forS: 10, everyS: 0 }, s)),
    [false, true, true, true, true, false, false],
  );
  assert.is(isDue({ fromS: 0, forS: 0, everyS: 0 }, undefined), true);
});

test('the config takes the same links, and says what is wrong with a time', () => {
  const faults = (overlay: string) => {
    try {
      parseConfig('box.yaml', `drop: {overlay: ${overlay}}`, []);
      return '';
    } catch (error) {
      return error instanceof ConfigError ? error.faults.join() : String(error);
    }
  };
  assert.is(faults(`{code: {link: "${SHOP}"}, hosts: [shop.example.org]}`), '');
  assert.match(faults(`{code: {link: "${SHOP}"}}`), /overlay\.code\.link.* leads to shop/);
  assert.match(faults('{code: {link: shop}}'), /must be none, page, checkout/);
  assert.match(faults('{code: {link: page, for_s: 30, every_s: 20}}'), 'drop.overlay.code.for_s');
});

test.run();
