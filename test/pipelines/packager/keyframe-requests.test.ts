/** When key frames are forced. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyframeRequests } from '../../../pipelines/packager/keyframe-requests.ts';

const test = suite('requests for key frames');

/** Asks a few times in each segment; returns those in which key frames were due, once for each time. */
function askOver(requests: KeyframeRequests, fromMsn: number, toMsn: number, isAwaited: boolean) {
  const due: number[] = [];
  for (let msn = fromMsn; msn < toMsn; msn += 1) {
    for (let ask = 0; ask < 3; ask += 1) if (requests.isDue(msn, isAwaited)) due.push(msn);
  }
  return due;
}

test('no key frame is forced before the first segment, nor while no encoder is resuming', () => {
  const requests = new KeyframeRequests();
  assert.not.ok(requests.isDue(undefined, true));
  assert.equal(askOver(requests, 0, 9, false), []);
});

test('it is due as the next segment begins, and again four segments after it was in vain', () => {
  const requests = new KeyframeRequests();
  askOver(requests, 100, 101, false);
  assert.equal(askOver(requests, 100, 112, true), [101, 105, 109]);
});

test('an encoder that resumes later does not wait because of an earlier one', () => {
  const requests = new KeyframeRequests();
  askOver(requests, 100, 101, false);
  assert.equal(askOver(requests, 101, 102, true), [101]);
  askOver(requests, 102, 103, false);
  assert.equal(askOver(requests, 103, 104, true), [103]);
});

test.run();
