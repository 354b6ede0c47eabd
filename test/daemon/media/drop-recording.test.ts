/** What the media process is told of the drop, also after it was restarted. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDropRecording } from '../../../daemon/media/drop-recording.ts';
import type { ToMedia } from '../../../pipelines/media/messages.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('drop of the media process');

const FRIDAY = {
  ...{ id: '', endsAt: '', title: 'Friday Duo', startsAt: '', hasReactions: true },
  ...{ isNext: false, isNextNearer: false },
};

test('a media process that is restarted knows what is shown before what is live', async () => {
  const sent: ToMedia[] = [];
  const recording = openDropRecording((message) => sent.push(message), new VirtualClock());
  recording.onMediaServing();
  assert.equal(sent.splice(0), [{ type: 'record' }]);
  recording.show(FRIDAY);
  await recording.set('run-1', new AbortController().signal);
  sent.length = 0;
  recording.onMediaServing();
  assert.equal(sent.splice(0), [
    { type: 'drop', drop: FRIDAY },
    { type: 'record', dropId: 'run-1' },
  ]);
  await recording.set(undefined, new AbortController().signal);
  assert.equal(sent, [{ type: 'record', isOver: true }]);
});

test.run();
