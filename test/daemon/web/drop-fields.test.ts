/** Values of the form of a coming drop. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPlanned } from '../../../daemon/config/drop-list/parse.ts';
import { articlesOf, newArticle } from '../../../daemon/web/page/drops/article-fields.ts';
import { idOfTitle, lookOf } from '../../../daemon/web/page/drops/drop-fields.ts';
import { overlayOf } from '../../../daemon/web/page/drops/overlay-values.ts';
import { translate } from '../../../daemon/web/page/text/translation.ts';
import { toLocalInput, toTimestamp } from '../../../daemon/web/page/ui/local-time.ts';

const test = suite('fields of a coming drop');

test('an id is made of the title, and is new in the list', () => {
  assert.is(idOfTitle('Café Zürich, live!', []), 'cafe-zurich-live');
  assert.is(idOfTitle('Friday', ['friday', 'friday-2']), 'friday-3');
  assert.is(idOfTitle('日本', []), 'drop');
});

test('a look is a name, a file or as in the config, and the list takes what the form makes', () => {
  assert.is(lookOf('', 'x.cube', '50'), null);
  assert.equal(lookOf('warm', 'x.cube', '50'), { name: 'warm', cube_file: '', strength: 0.5 });
  assert.equal(lookOf('file', ' x.cube ', ''), { name: 'none', cube_file: 'x.cube', strength: 1 });
  const hosts = { checkout: [], overlay: [] };
  for (const choice of ['none', 'warm', 'cool', 'faded', 'mono', 'file']) {
    for (const strength of ['', '0', '37', '100', '-5', '1e9', 'much']) {
      const look = lookOf(choice, 'x.cube', strength);
      assert.ok('drop' in checkPlanned({ id: 'a', title: 'A', look }, hosts), choice + strength);
    }
  }
});

test('whatever the title, the list takes the id (random, from a seed)', () => {
  const title = fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' });
  fc.assert(
    fc.property(title, fc.array(title), (one, others) => {
      const taken = others.map((other) => idOfTitle(other, []));
      const id = idOfTitle(one, taken);
      assert.not.ok(taken.includes(id));
      assert.ok('drop' in checkPlanned({ id, title: 'T' }, { checkout: [], overlay: [] }), id);
    }),
    { seed: 20261129, numRuns: 300 },
  );
});

const USUAL = {
  ...{ code: 'page', link: '', corner: 'top-left', size: '22', from: '', for: '', every: '' },
  ...{ title: '', name: '', line: '' },
};

test('what is in the picture is as in the config, or as the form says, and the list takes it', () => {
  assert.is(overlayOf({ ...USUAL, code: '' }), null);
  assert.equal(overlayOf({ ...USUAL, code: 'none', name: ' Ada ' }), {
    ...{ code: { link: 'none' }, name: 'Ada' },
  });
  const timed = { ...USUAL, code: 'link', link: ' https://shop.example/a ', size: '22,5' };
  const overlay = overlayOf({ ...timed, from: '60', for: '20', every: '300' });
  assert.equal(overlay, {
    code: {
      ...{ link: 'https://shop.example/a', corner: 'top-left', size_pct: 22.5 },
      ...{ from_s: 60, for_s: 20, every_s: 300 },
    },
  });
  const hosts = { checkout: [], overlay: ['shop.example'] };
  const checked = checkPlanned({ id: 'a', title: 'A', overlay }, hosts);
  assert.ok('drop' in checked, JSON.stringify(checked));
});

test('a size that the list takes is the same after it went through the form (from a seed)', () => {
  fc.assert(
    fc.property(fc.double({ min: 10, max: 40, noNaN: true }), (size) => {
      const overlay = overlayOf({ ...USUAL, size: `${size}` });
      assert.is((overlay as { code: { size_pct: unknown } }).code.size_pct, size);
    }),
    { seed: 20261130, examples: [[22.25]] },
  );
});

test('whatever is written into the form, its mistakes have words in each language (from a seed)', () => {
  /** Mostly right: what is wrong with one key keeps the others from being looked at together. */
  const mostly = (right: string, ...wrong: readonly string[]) =>
    fc.oneof({ weight: 9, arbitrary: fc.constant(right) }, fc.constantFrom(...wrong));
  const number = mostly('20', '', '0', '-1', '1.5', 'many', '5000000', '101');
  const text = mostly('A', '', 'x'.repeat(600));
  const link = fc.constantFrom('', 'https://evil.example/', 'no', `https://${'x'.repeat(250)}.a`);
  const article = fc.record({
    ...{ name: text, price: number, count: number, perOrder: number, flashPrice: number },
    ...{ currency: mostly('EUR', 'XXQ'), checkoutUrl: link, pictureFile: text },
    limit: fc.constantFrom('none' as const, 'stock' as const, 'edition' as const),
  });
  const overlay = fc.record({
    ...{ size: number, from: number, for: number, every: number, title: text, link },
    code: fc.constantFrom('', 'none', 'page', 'link'),
  });
  const drop = fc.record({
    ...{ title: text, overlay, articles: fc.array(article, { maxLength: 1 }) },
    ends_at: fc.constantFrom('', '2026-12-04T19:00:00Z', '2026-12-04T21:00:00Z'),
    destinations: fc.subarray(['youtube', 'gone']),
  });
  const hosts = { checkout: [], overlay: [], destinations: ['youtube'] };
  const seen = new Set<string>();
  fc.assert(
    fc.property(drop, ({ title, articles, ...others }) => {
      const value = {
        ...{ id: 'a', title, starts_at: '2026-12-04T20:00:00Z', ...others },
        catalogue: articlesOf(articles.map((one) => ({ ...newArticle('EUR'), ...one }))),
        overlay: overlayOf({ ...USUAL, ...others.overlay }) ?? undefined,
      };
      const checked = checkPlanned(value, hosts);
      for (const { path, reason } of 'faults' in checked ? checked.faults : []) {
        // The form has words of its own for it: the box counts in cents.
        if (path.at(-1) === 'flash_price') continue;
        seen.add(reason.replace(/\d+/g, 'N'));
        assert.is.not(translate(reason, 'de'), undefined, reason);
      }
    }),
    { seed: 20261130, numRuns: 150 },
  );
  assert.ok(seen.size >= 10, [...seen].join('; '));
  assert.is.not(translate('must list 20 items at most', 'de'), undefined);
});

test('a time is the same after it went through the form, to the minute', () => {
  for (const time of ['2026-12-04T20:00:00Z', '2026-07-01T00:00:00+02:00']) {
    assert.is(Date.parse(toTimestamp(toLocalInput(time))), Date.parse(time));
  }
  assert.is(toLocalInput(''), '');
  assert.is(toTimestamp(''), '');
  assert.is(toTimestamp('soon'), '');
});

test.run();
