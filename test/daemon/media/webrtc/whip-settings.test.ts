/** What the WHIP process receives of the config. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { whipSettings } from '../../../../daemon/media/webrtc/whip-settings.ts';

const test = suite('settings of the WHIP process');

test('it names the port of the camera that comes by WHIP, by its key', () => {
  const yaml = 'camera: {driver: test}\ncamera2: {driver: whip, port: 8191}\n';
  const config = parseConfig('box.yaml', yaml, []);
  const { key, port } = whipSettings(config, 'camera2');
  assert.equal({ key, port }, { key: 'camera2', port: 8191 });
});

test.run();
