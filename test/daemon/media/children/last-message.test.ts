/** What the encoders are set to stays over their restarts. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLastMessage } from '../../../../daemon/media/children/last-message.ts';
import type { ToCapture } from '../../../../pipelines/capture/messages.ts';

const test = suite('settings of the encoders');

test('each encoder that starts gets the last choice; nothing is sent where none was made', () => {
  const sent: ToCapture[] = [];
  const choice = openLastMessage((message) => sent.push(message));
  choice.onPlaying();
  assert.equal(sent, []);
  choice.set({ type: 'choose', camera: 'camera2' });
  choice.onPlaying();
  choice.onPlaying();
  assert.equal(sent, Array(3).fill({ type: 'choose', camera: 'camera2' }));
});

test.run();
