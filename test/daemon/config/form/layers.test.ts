/** Settings of the page below those of the config file. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { settingsOfSchema } from '../../../../daemon/config/form/form.ts';
import {
  layered,
  setPaths,
  type Values,
  valueAt,
  withValue,
} from '../../../../daemon/config/form/layers.ts';

const test = suite('layers of settings');

const paths = settingsOfSchema().map(({ path }) => path);

const someValues = fc
  .array(fc.tuple(fc.constantFrom(...paths), fc.oneof(fc.integer(), fc.string(), fc.boolean())))
  .map((pairs) =>
    pairs.reduce<Values>((values, [path, value]) => withValue(values, path, value), {}),
  );

test('of two layers the upper one holds for each key that it sets, the lower one for all others', () => {
  fc.assert(
    fc.property(someValues, someValues, (below, above) => {
      const both = layered(below, above);
      const set = new Set(setPaths(above));
      for (const path of paths) {
        assert.equal(valueAt(both, path), valueAt(set.has(path) ? above : below, path), path);
      }
    }),
    { seed: 16 },
  );
});

test('a value that is set and taken away again leaves nothing behind', () => {
  fc.assert(
    fc.property(someValues, fc.constantFrom(...paths), (values, path) => {
      const without = withValue(values, path, undefined);
      assert.equal(valueAt(without, path), undefined);
      assert.equal(withValue(withValue(without, path, 1), path, undefined), without);
    }),
    { seed: 17 },
  );
});

test('a list, and a group that is there or not as a whole, come from one layer', () => {
  const below = { uplink: { host: 'a', port: 1 }, renditions: [1, 2], camera: { fps: 25 } };
  const above = { uplink: { host: 'b' }, renditions: [3], camera: { width: 640 } };
  assert.equal(layered(below, above), {
    uplink: { host: 'b' },
    renditions: [3],
    camera: { fps: 25, width: 640 },
  });
  assert.equal(layered({ uplink: { host: 'a' } }, { uplink: null }), { uplink: null });
});

test('keys like __proto__ are keys', () => {
  const hostile = JSON.parse('{"__proto__": {"fps": 5}, "camera": {"__proto__": {"fps": 6}}}');
  const both = layered({ camera: { width: 2 } }, hostile);
  assert.is(({} as { fps?: number }).fps, undefined);
  assert.is(valueAt(both, 'camera.fps'), undefined);
});

test.run();
