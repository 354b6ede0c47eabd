/** The command that puts the other camera on air. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCameraSwitch } from '../../../../daemon/media/camera/switch.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { WELL } from '../../../support/snapshot.ts';

const test = suite('camera switch');

function openSwitch(sources: BoxSnapshot['sources'], hasSecond = true) {
  const did: string[] = [];
  const run = openCameraSwitch({
    hasSecond: () => hasSecond,
    choose: (camera) => did.push(camera),
    snapshot: () => ({ ...WELL, sources }),
    onEvent: ({ type, data }) => did.push(`${type} ${data['camera']}`),
    wallMs: () => 0,
  });
  return { did, run };
}

const both = (isOnAir: boolean): BoxSnapshot['sources'] => ({
  camera: { phase: 'live', framesPerS: 30, repeatedTotal: 0, second: { framesPerS: 30, isOnAir } },
});

test('without a number it is the other one, with one that one; each is an event', () => {
  const first = openSwitch(both(false));
  assert.equal(first.run(undefined, false), { status: 'done', detail: 'camera 2 is on air' });
  assert.equal(first.did, ['camera2', 'camera.switched 2']);
  const second = openSwitch(both(true));
  second.run(undefined, false);
  second.run(2, false);
  assert.equal(second.did, ['camera', 'camera.switched 1', 'camera2', 'camera.switched 2']);
});

test('a camera that sends no pictures is not put on air, by its number or in turn', () => {
  const away: BoxSnapshot['sources'] = {
    camera: {
      ...{ phase: 'live', framesPerS: 30, repeatedTotal: 0 },
      second: { framesPerS: 0, isOnAir: false },
    },
  };
  for (const asked of [2, undefined] as const) {
    const { did, run } = openSwitch(away);
    const outcome = run(asked, false);
    assert.is(outcome.status, 'rejected');
    assert.match(outcome.detail, 'camera 2 sends no pictures');
    assert.equal(did, []);
  }
  assert.is(openSwitch(away).run(1, false).status, 'done');
});

test('a dry run does nothing; one camera, or cameras that are off, are a reason', () => {
  const dry = openSwitch(both(false));
  assert.is(dry.run(1, true).detail, 'would put camera 1 on air');
  assert.equal(dry.did, []);
  assert.is(openSwitch(WELL.sources, false).run(undefined, false).status, 'rejected');
  assert.match(openSwitch(undefined).run(undefined, false).detail, 'arm first');
});

test.run();
