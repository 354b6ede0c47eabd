/** Which way the stream comes into the guests' page. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { choosePlayers } from '../../../../pipelines/player/playback/player-choice.ts';

const test = suite('ways of the stream');

const DESKTOP = { hasWebRtc: true, hasMediaSource: true, hasStreams: true, playsHls: false };
const OLD_IPHONE = { hasWebRtc: false, hasMediaSource: false, hasStreams: true, playsHls: true };

test('without a choice by hand it is what the box prefers', () => {
  assert.is(choosePlayers(null, ['hls', 'parts'], DESKTOP)[0], 'hls');
  assert.is(choosePlayers(null, ['parts'], DESKTOP)[0], 'parts');
});

test('a choice by hand goes before what the box prefers', () => {
  assert.equal(choosePlayers('hls', ['parts'], DESKTOP), ['hls', 'parts']);
  assert.is(choosePlayers('native', ['parts'], OLD_IPHONE)[0], 'native');
});

test('a box that offers nothing has parts and playlists', () => {
  assert.equal(choosePlayers(null, [], DESKTOP), ['parts', 'hls']);
  assert.equal(choosePlayers(null, [''], DESKTOP), ['parts', 'hls']);
});

test('what the browser cannot play is left out, by hand too', () => {
  assert.equal(choosePlayers('parts', ['parts'], OLD_IPHONE), ['native', 'hls']);
  assert.equal(choosePlayers('native', ['parts'], DESKTOP), ['parts', 'hls']);
});

test('what is pushed takes a browser that reads responses while they come in', () => {
  assert.is(choosePlayers(null, ['push', 'parts'], DESKTOP)[0], 'push');
  assert.is(choosePlayers('frames', ['parts'], DESKTOP)[0], 'frames');
  assert.is(
    choosePlayers('frames', ['push', 'parts'], { ...DESKTOP, hasStreams: false })[0],
    'parts',
  );
});

test('unknown names are ignored', () => {
  for (const name of ['', 'constructor', 'toString', 'PARTS', 'a b']) {
    assert.equal(choosePlayers(name, [name], DESKTOP), ['parts', 'hls']);
  }
});

test('each browser has a way', () => {
  const none = { hasWebRtc: false, hasMediaSource: false, hasStreams: false, playsHls: false };
  assert.equal(choosePlayers(null, [], none), ['hls']);
});

test.run();
