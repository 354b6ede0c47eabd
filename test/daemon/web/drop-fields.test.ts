/** Values of the form of a coming drop. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPlanned } from '../../../daemon/config/drop-list/parse.ts';
import { idOfTitle, lookOf } from '../../../daemon/web/page/drops/drop-fields.ts';
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

test('a time is the same after it went through the form, to the minute', () => {
  for (const time of ['2026-12-04T20:00:00Z', '2026-07-01T00:00:00+02:00']) {
    assert.is(Date.parse(toTimestamp(toLocalInput(time))), Date.parse(time));
  }
  assert.is(toLocalInput(''), '');
  assert.is(toTimestamp(''), '');
  assert.is(toTimestamp('soon'), '');
});

test.run();
