/** Whether media is wanted, by the browser and by the guest. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Interrupted, MediaDemand } from '../../../../pipelines/player/playback/media-demand.ts';
import { anySignal } from '../../../../pipelines/player/playback/signals.ts';

const test = suite('demand for media');

test('it is wanted while neither browser nor guest stops it', async () => {
  const demand = new MediaDemand();
  const never = new AbortController().signal;
  await demand.whenOn(never);
  const { signal } = demand;
  demand.set('browser', false);
  assert.ok(signal.aborted && signal.reason instanceof Interrupted);
  demand.set('guest', false);
  demand.set('browser', true);
  assert.not(demand.isOn);
  let isOn = false;
  const waiting = demand.whenOn(never).then(() => {
    isOn = true;
  });
  await Promise.resolve();
  assert.not(isOn);
  demand.set('guest', true);
  await waiting;
  assert.ok(isOn && !demand.signal.aborted);
});

test('who waits ends with its signal', async () => {
  const demand = new MediaDemand();
  demand.set('browser', false);
  const stop = new AbortController();
  const waiting = demand.whenOn(stop.signal);
  stop.abort();
  await waiting;
});

test('signals are joined without AbortSignal.any, as in Safari before 17.4', () => {
  const { any } = AbortSignal;
  Reflect.deleteProperty(AbortSignal, 'any');
  try {
    const [a, b] = [new AbortController(), new AbortController()];
    const joined = anySignal(a.signal, b.signal);
    assert.not(joined.aborted);
    b.abort('why');
    a.abort('later');
    assert.equal([joined.aborted, joined.reason], [true, 'why']);
    assert.is(anySignal(a.signal, b.signal).reason, 'later');
  } finally {
    Object.assign(AbortSignal, { any });
  }
});

test.run();
