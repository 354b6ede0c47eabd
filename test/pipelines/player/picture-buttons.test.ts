/** When the page offers AirPlay. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connectPictureButtons } from '../../../pipelines/player/picture-buttons.ts';

const test = suite('buttons of the picture');

function openSafari() {
  const element = () => Object.assign(new EventTarget(), { hidden: true });
  const video = Object.assign(element(), {
    srcObject: null as object | null,
    webkitShowPlaybackTargetPicker: () => undefined,
  });
  const remote = element();
  const before = globalThis.document;
  Object.assign(globalThis, { document: new EventTarget() });
  try {
    connectPictureButtons({
      ...{ video, remote, mute: element(), fullScreen: element() },
      ...{ pictureInPicture: element(), stage: element() },
    } as never);
  } finally {
    Object.assign(globalThis, { document: before });
  }
  return {
    isOffered: () => !remote.hidden,
    find: (availability: string) =>
      video.dispatchEvent(
        Object.assign(new Event('webkitplaybacktargetavailabilitychanged'), { availability }),
      ),
    play: (stream: object | null) => {
      video.srcObject = stream;
      video.dispatchEvent(new Event(stream === null ? 'emptied' : 'loadstart'));
    },
  };
}

test('AirPlay is offered while there is a television, and a picture that has an address', () => {
  const { isOffered, find, play } = openSafari();
  assert.not(isOffered());
  find('available');
  assert.ok(isOffered());
  play({});
  assert.not(isOffered(), 'WebRTC has none');
  find('available');
  assert.not(isOffered());
  play(null);
  assert.ok(isOffered());
  find('not-available');
  assert.not(isOffered());
});

test.run();
