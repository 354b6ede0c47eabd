/** Values that another version of the program has saved. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { eachEntry, eachItem, knownOf } from '../../../../hal/os/files/known-keys.ts';

const test = suite('values with keys of another version');

const Point = v.strictObject({ x: v.number() });
const Drawing = v.strictObject({ points: v.optional(v.nullable(v.array(Point)), null) });

test('keys that a schema does not have are left out, however deep', () => {
  const newer = { points: [{ x: 1, y: 2 }, { x: 3 }], colour: { name: 'red' } };
  assert.equal(knownOf(Drawing, newer), { points: [{ x: 1 }, { x: 3 }] });
  assert.equal(newer.points[0], { x: 1, y: 2 }, 'in a copy');
});

test('a value that does not fit stays as it is, and so does what may have any keys', () => {
  for (const value of [undefined, null, 7, 'text', [1], { points: 'many' }]) {
    assert.equal(knownOf(Drawing, value), value);
  }
  const loose = v.looseObject({ point: Point });
  assert.equal(knownOf(loose, { point: { x: 1, y: 2 }, more: 1 }), { point: { x: 1 }, more: 1 });
  const any = v.object({ value: v.unknown(), byName: v.record(v.string(), v.number()) });
  const value = { value: { a: 1 }, byName: { b: 2 } };
  assert.equal(v.parse(any, knownOf(any, value)), value);
});

test('of a list and an object the entries that do not fit are left out, and the others stay', () => {
  const schema = eachEntry({ last: Point, all: eachItem(Point) });
  const all = [{ x: 1, y: 1 }, { x: 'far' }, { x: 2 }];
  assert.equal(v.parse(schema, { last: { y: 1 }, all, more: 1 }), { all: [{ x: 1 }, { x: 2 }] });
  assert.equal(v.parse(schema, { last: { x: 1 } }), { last: { x: 1 } });
  assert.equal(v.parse(schema, {}), {});
});

test('an object of which nothing fits is damaged', () => {
  const schema = eachEntry({ last: Point, all: eachItem(Point) });
  for (const value of [{ last: 1 }, { last: 1, all: 'many' }, 7, null]) {
    assert.not(v.safeParse(schema, value).success, JSON.stringify(value));
  }
});

test.run();
