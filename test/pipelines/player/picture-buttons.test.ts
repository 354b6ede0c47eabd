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

/** As it is pressed, and what its click asks for. */
function openPicture(video: object, page: object) {
  const element = () => Object.assign(new EventTarget(), { hidden: false });
  const states: string[] = [];
  const setAttribute = (_name: string, state: string) => void states.push(state);
  const button = Object.assign(element(), { setAttribute });
  const played = Object.assign(element(), video);
  Object.assign(globalThis, { document: Object.assign(new EventTarget(), page) });
  connectPictureButtons({
    ...{ video: played, remote: element(), mute: element(), fullScreen: element() },
    ...{ pictureInPicture: button, stage: element() },
  } as never);
  return { button, played, states };
}

test('picture in picture is offered where there is any, and its button knows whether it is on', () => {
  const before = globalThis.document;
  try {
    const none = openPicture({}, {});
    assert.ok(none.button.hidden);
    const asked: string[] = [];
    const old = openPicture(
      {
        webkitPresentationMode: 'inline',
        webkitSupportsPresentationMode: () => true,
        webkitSetPresentationMode(mode: string) {
          asked.push(mode);
          Object.assign(this, { webkitPresentationMode: mode });
          (this as unknown as EventTarget).dispatchEvent(
            new Event('webkitpresentationmodechanged'),
          );
        },
      },
      {},
    );
    old.button.dispatchEvent(new Event('click'));
    old.button.dispatchEvent(new Event('click'));
    assert.equal(asked, ['picture-in-picture', 'inline']);
    assert.equal(old.states, ['false', 'true', 'false']);
    const page = { pictureInPictureEnabled: true, pictureInPictureElement: null as object | null };
    const standard = openPicture({}, page);
    Object.assign(document, { pictureInPictureElement: standard.played });
    standard.played.dispatchEvent(new Event('enterpictureinpicture'));
    assert.equal(standard.states, ['false', 'true']);
  } finally {
    Object.assign(globalThis, { document: before });
  }
});

test.run();
