/** A config file that was written for a newer version of the program. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, parseConfig, withoutUnknownKeys } from '../../../daemon/config/file.ts';

const test = suite('a config file of a newer version');
const EXAMPLE = readFileSync('systemd/venuebox.example.yaml', 'utf8');
const parse = (yaml: string) => parseConfig('box.yaml', yaml, []);

test('holds without the keys that this one does not know, wherever they stand', () => {
  const { yaml, unknown } = withoutUnknownKeys(`
    mood: {light: red}
    camera: {fps: 25, zoom: 2}
    viewers: {host: "::1"}
    recording: {targets: [{id: ssd, folder: /media/ssd}, {id: usb, folder: /media/usb, raid: 1}]}
  `);
  assert.equal(unknown, ['mood', 'camera.zoom', 'recording.targets.1.raid']);
  const { camera, viewers, recording } = parse(yaml);
  assert.equal([camera.fps, viewers.host], [25, '::1']);
  assert.equal(
    recording.targets.map(({ id }) => id),
    ['ssd', 'usb'],
  );
});

test('is as it was where this one knows all of it, or it has other faults', () => {
  for (const yaml of [
    '',
    EXAMPLE,
    'box: [',
    'mood: [\n',
    '- a\n',
    'box: *a\n',
    '['.repeat(50_000),
  ]) {
    assert.equal(withoutUnknownKeys(yaml), { yaml, unknown: [] });
  }
  assert.throws(() => parse(withoutUnknownKeys('mood: 1\ncamera: {fps: 0}\n').yaml), 'camera.fps');
});

test('of any content never ends the start by more than its faults', () => {
  const key = fc.constantFrom('box', 'name', 'camera', 'fps', 'a', '&a', '0', '__proto__');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 3 }, fc.constantFrom(1, 'x', null), tie('map'), tie('list')),
    map: fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    list: fc.array(tie('tree'), { maxLength: 3 }),
  }));
  fc.assert(
    fc.property(tree, (values) => {
      const { yaml } = withoutUnknownKeys(JSON.stringify(values));
      try {
        parse(yaml);
      } catch (error) {
        assert.instance(error, ConfigError);
        assert.not.match((error as ConfigError).message, 'unknown key');
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});

test.run();
