/** Where playback goes on after it stood still. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { START_BEHIND_S, TARGETS_S } from '../../../../../pipelines/player/playback/pace/pace.ts';
import { Pacer } from '../../../../../pipelines/player/playback/pace/pacer.ts';

const test = suite('pacer');

function fakeVideo(currentTime: number) {
  const video = { currentTime, played: 0 };
  const play = async () => {
    video.played += 1;
  };
  return Object.assign(video, { play });
}

test('after a stall playback goes on near the live edge, never further back, and once in a while', () => {
  for (let aheadS = 0; aheadS < 3; aheadS += 0.01) {
    const video = fakeVideo(10);
    const pacer = new Pacer(video as unknown as HTMLVideoElement);
    const endS = 10 + aheadS;
    const hasLeft = pacer.leaveStall([0, endS]);
    const behindS = TARGETS_S.parts + START_BEHIND_S;
    assert.is(hasLeft, endS - 10 > behindS, `${aheadS} s ahead`);
    assert.is(video.currentTime, hasLeft ? endS - behindS : 10);
    assert.is(video.played, hasLeft ? 1 : 0);
    assert.ok(video.currentTime >= 10);
    // A device that is slow to seek is not asked again before it has.
    if (hasLeft) assert.not(pacer.leaveStall([0, endS + 3]));
  }
});

test('what is paused jumps towards the live edge, and is not played', () => {
  const video = fakeVideo(10);
  new Pacer(video as unknown as HTMLVideoElement).jump([8, 30]);
  assert.equal([video.currentTime > 28, video.played], [true, 0]);
});

test.run();
