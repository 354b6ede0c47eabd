/** Tests of shedding loads to save power. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  LOADS,
  type Sheddable,
  shedIn,
  shedLoadsOf,
  substitutesFor,
} from '../../../daemon/media/loads.ts';
import { openSuspendedEncoders } from '../../../daemon/media/suspended-encoders.ts';
import type { PowerPhase } from '../../../daemon/model/snapshot.ts';
import type { ToCapture } from '../../../pipelines/capture/messages.ts';
import type { ToMedia } from '../../../pipelines/media/messages.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('what rests to save power');

const ALL: Sheddable = {
  hasLook: true,
  hasPreviews: true,
  hasLamps: true,
  hasPrinter: true,
  renditions: ['high', 'mid', 'low'],
  sharedRenditions: [],
  uplinkBps: 2_000_000,
};
const PHASES: readonly PowerPhase[] = ['normal', 'saving', 'last-minutes', 'shut-down'];
const namesIn = (phase: PowerPhase, box = ALL) => shedLoadsOf(phase, box).map(({ load }) => load);

test('loads are shed in the stated order and none is shed in normal', () => {
  assert.equal(shedIn('normal'), []);
  for (const phase of PHASES) assert.equal(shedIn(phase), LOADS.slice(0, shedIn(phase).length));
  assert.ok(shedIn('saving').length < shedIn('last-minutes').length);
});

test('saving rests posters and the best picture, the last minutes all but the lowest', () => {
  assert.equal(namesIn('saving'), ['look', 'previews', 'top-rendition']);
  assert.equal(substitutesFor(shedIn('saving'), ALL), { high: 'mid' });
  assert.equal(namesIn('last-minutes'), [
    ...['look', 'previews', 'lamps', 'printer', 'uplink', 'renditions'],
  ]);
  assert.equal(substitutesFor(shedIn('last-minutes'), ALL), { high: 'low', mid: 'low' });
});

test('a box names nothing that it does not have', () => {
  const bare: Sheddable = {
    hasLook: false,
    hasPreviews: false,
    hasLamps: false,
    hasPrinter: false,
    renditions: ['only'],
    sharedRenditions: [],
    uplinkBps: undefined,
  };
  for (const phase of PHASES) {
    assert.equal(namesIn(phase, bare), []);
    assert.equal(substitutesFor(shedIn(phase), bare), {});
  }
});

test('the rendition that goes upstream is never taken from those far away', () => {
  const shared = { ...ALL, sharedRenditions: ['high'], uplinkBps: undefined };
  assert.equal(substitutesFor(shedIn('saving'), shared), {});
  assert.equal(namesIn('saving', shared), ['look', 'previews']);
  assert.equal(substitutesFor(shedIn('last-minutes'), shared), { mid: 'low' });
  const middle = { ...ALL, sharedRenditions: ['mid'] };
  assert.equal(substitutesFor(shedIn('last-minutes'), middle), { high: 'mid' });
});

/** Encoders that rest, between a media process and a capture that are made up. */
function openRest() {
  const clock = new VirtualClock();
  const toMedia: ToMedia[] = [];
  const toCapture: ToCapture[] = [];
  const restarts: string[] = [];
  const encoders = openSuspendedEncoders({
    toMedia: (message) => toMedia.push(message),
    toCapture: (message) => toCapture.push(message),
    valveOf: (id) => `valve-${id}`,
    restartCapture: (reason) => restarts.push(reason),
    clock,
  });
  const set = (substitutes: Record<string, string>) =>
    encoders.set({ substitutes, hasPreviews: false });
  const valves = () =>
    toCapture
      .splice(0)
      .map((message) =>
        message.type === 'valve' ? `${message.element} ${message.isShut}` : message.type,
      );
  return { clock, encoders, restarts, set, toMedia, valves };
}

test('an encoder is suspended only when no consumer takes its pictures, and runs before one does', () => {
  const { encoders, set, toMedia, valves } = openRest();
  set({ high: 'low' });
  assert.equal(toMedia, [{ type: 'suspend', substitutes: { high: 'low' }, hasPreviews: false }]);
  assert.equal(valves(), [], 'viewers still watch it');
  encoders.onFigures({ suspended: ['high'], substitutes: { high: 'low' } });
  assert.equal(valves(), ['valve-high true']);
  encoders.onFigures({ suspended: ['high'], substitutes: { high: 'low' } });
  assert.equal(valves(), [], 'said once');
  set({});
  assert.equal(valves(), ['valve-high false']);
});

test('a new pipeline and a new media process are reported again', () => {
  const { encoders, set, toMedia, valves } = openRest();
  set({ high: 'low' });
  encoders.onFigures({ suspended: ['high'], substitutes: { high: 'low' } });
  valves();
  encoders.onCapturePlaying();
  assert.equal(valves(), ['valve-high true']);
  toMedia.length = 0;
  encoders.onMediaServing();
  assert.is(toMedia.length, 1);
  encoders.onFigures({ suspended: [], substitutes: {} });
  assert.equal(valves(), ['valve-high false']);
});

test('a rendition that does not come back is brought back by a new pipeline, once in a while', async () => {
  const { clock, encoders, restarts, set } = openRest();
  set({ high: 'low' });
  const stuck = { suspended: [], substitutes: { high: 'low' } };
  encoders.onFigures({ suspended: ['high'], substitutes: { high: 'low' } });
  set({});
  for (let s = 0; s < 14; s += 1) {
    encoders.onFigures(stuck);
    await clock.advance(1_000);
  }
  assert.equal(restarts, []);
  await clock.advance(2_000);
  encoders.onFigures(stuck);
  assert.is(restarts.length, 1);
  encoders.onFigures({ suspended: [], substitutes: {} });
  await clock.advance(60_000);
  encoders.onFigures({ suspended: [], substitutes: {} });
  assert.is(restarts.length, 1);
});

test.run();
