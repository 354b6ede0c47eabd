/** Alerts of child processes, and the restart of a stalled media process. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  NO_RESTARTS,
  restartStalledMedia,
  stepMediaRestart,
} from '../../../daemon/health/media-restart.ts';
import { SourceStalls } from '../../../daemon/media/camera/source-stalls.ts';
import type { BoxEvent } from '../../../daemon/model/commands.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { EDGE, figures, recordingTo, WELL } from '../../support/snapshot.ts';
import { type Change, child, uplink, watch } from './support/watched-box.ts';

const test = suite('alerts of processes');

test('a child that died and restarted at once is shown for a while, then cleared', async () => {
  await using box = watch();
  await box.clock.advance(2_000);
  const lastFailure = 'capture ended with signal SIGKILL';
  const died = { restartsTotal: 1, diedTotal: 1, failuresTotal: 1, lastFailure };
  box.set({ children: child('capture', died) });
  await box.clock.advance(2_000);
  assert.equal(box.keys(), ['capture-died']);
  assert.match(box.health.warnings()[0]?.detail ?? '', 'SIGKILL');
  await box.clock.advance(25_000);
  assert.equal(box.keys(), []);
  assert.equal(
    box.events.map(({ type }) => type),
    ['alert.raised', 'alert.cleared'],
  );
});

test('a network camera or a phone that is away is no device to be plugged in, nor is its sound', async () => {
  const pausing = { phase: 'pausing', restartsTotal: 1, failureCode: 'NOT_FOUND' } as const;
  for (const [camera, helps] of [
    ['rtsp', ['Check that the network camera is', 'Switch on the sound of the network']],
    ['srt', ['Connect the phone or OBS', 'Let the phone or OBS use its microphone']],
  ] as const) {
    await using box = watch({
      drivers: { camera, sound: 'camera' },
      children: { ...WELL.children, camera: pausing, sound: pausing },
    });
    await box.clock.advance(3_000);
    const said = ['camera-down', 'sound-down'].map((key) => {
      return box.health.warnings().find((warning) => warning.key === key);
    });
    assert.is(said[1]?.text, 'The camera sends no sound');
    for (const [i, start] of helps.entries()) assert.match(said[i]?.advice ?? '', start);
  }
});

test('a camera that never sends anything is one alert that stays', async () => {
  await using box = watch();
  const stalls = new SourceStalls();
  const nothing = { phase: 'title', framesPerS: 0, repeatedTotal: 0 } as const;
  let failuresTotal = 0;
  // To be loaded, and to connect.
  let playsInS = 5;
  for (let s = 0; s < 180; s += 1) {
    playsInS -= 1;
    if (playsInS === 0) stalls.begin('camera');
    if (stalls.step({ camera: nothing }).some(({ hasSent }) => !hasSent)) {
      stalls.end('camera');
      failuresTotal += 1;
      playsInS = 5;
    }
    box.set({ children: child('camera', { restartsTotal: failuresTotal, failuresTotal }) });
    await box.clock.advance(1_000);
  }
  assert.ok(failuresTotal > 5, 'it fails again and again');
  const alerts = box.events.filter(({ data }) => JSON.stringify(data).includes('camera-down'));
  assert.equal(
    alerts.map(({ type }) => type),
    ['alert.raised'],
  );
});

test('a recorder that died between two polls is shown; one that starts or is switched off is not', async () => {
  await using box = watch();
  await box.clock.advance(2_500);
  box.health.recordTargets([recordingTo('sd', 'failed'), recordingTo('usb', 'off')]);
  box.health.recordTargets([recordingTo('sd'), recordingTo('usb')]);
  await box.clock.advance(1_000);
  assert.equal(box.keys(), []);
  box.health.recordTargets([recordingTo('sd'), recordingTo('usb', 'failed')]);
  box.health.recordTargets([recordingTo('sd'), recordingTo('usb')]);
  await box.clock.advance(1_000);
  assert.equal(box.keys(), ['recorder-usb-died']);
  box.health.recordTargets([recordingTo('sd', 'off'), recordingTo('usb', 'off')]);
  await box.clock.advance(25_000);
  assert.equal(box.keys(), []);
});

test('a media process that never reports has stalled too, and a restarted one has time to load', async () => {
  const loading = (restartsTotal: number): Change => ({
    drop: { phase: 'idle', sinceMs: 0 },
    children: { ...WELL.children, media: { phase: 'running', restartsTotal } },
    media: restartsTotal === 0 ? undefined : stale,
  });
  const stale = figures({ partsTotal: 7 });
  await using box = watch(loading(0));
  await box.clock.advance(28_000);
  assert.equal(box.keys(), []);
  await box.clock.advance(4_000);
  assert.equal(box.keys(), ['media-silent']);
  box.freeze(loading(1));
  await box.clock.advance(3_000);
  assert.equal(box.keys(), [], 'its predecessor’s figures do not count');
  await box.clock.advance(24_000);
  assert.equal(box.keys(), []);
  await box.clock.advance(5_000);
  assert.equal(box.keys(), ['media-silent']);
});

test('a media process that reports and makes no parts of its frames has stalled', async () => {
  await using box = watch();
  await box.clock.advance(2_000);
  const report = () => box.set({ media: figures({ partsTotal: 7 }) });
  for (let i = 0; i < 8; i += 1) {
    report();
    await box.clock.advance(1_000);
  }
  assert.equal(box.keys(), ['media-silent']);
  box.set({});
  await box.clock.advance(5_000);
  assert.equal(box.keys(), []);
});

test('a stalled media process is ended at once, then given time, and left alone after the third time', () => {
  let restarts = NO_RESTARTS;
  const ended: number[] = [];
  for (let s = 0; s < 280; s += 1) {
    const step = stepMediaRestart(restarts, s >= 10, s * 1_000);
    restarts = step.restarts;
    if (step.isDue) ended.push(s);
  }
  assert.equal(ended, [10, 25, 40]);
  assert.ok(stepMediaRestart(restarts, true, 311_000).isDue, 'after minutes it is tried again');
  assert.not(stepMediaRestart(NO_RESTARTS, false, 0).isDue);
});

test('the restart of a stalled media process is an event', async () => {
  await using box = watch();
  const events: BoxEvent[] = [];
  let ended = 0;
  const stop = new AbortController();
  const running = restartStalledMedia(
    {
      warnings: box.health.warnings,
      endMedia: () => {
        ended += 1;
      },
      onEvent: (event) => events.push(event),
      clock: box.clock,
      log: silentLog,
    },
    stop.signal,
  );
  await box.clock.advance(3_000);
  assert.is(ended, 0);
  box.stallMedia();
  await box.clock.advance(8_000);
  stop.abort();
  await running;
  assert.is(ended, 1);
  assert.equal(
    events.map(({ type }) => type),
    ['media.restarted'],
  );
});

test('a child that fails once is no alert, one that fails again and again is', async () => {
  await using box = watch();
  const capture = (failuresTotal: number): Change => ({
    children: child('capture', { restartsTotal: failuresTotal, failuresTotal }),
  });
  await box.clock.advance(2_000);
  box.set(capture(1));
  await box.clock.advance(5_000);
  assert.equal(box.keys(), []);
  box.set(capture(3));
  await box.clock.advance(3_000);
  assert.equal(box.keys(), ['capture-down']);
  await box.clock.advance(15_000);
  assert.equal(box.keys(), []);
});

test('failures of more than a minute ago do not count', async () => {
  await using box = watch();
  await box.clock.advance(2_000);
  for (let failuresTotal = 1; failuresTotal <= 6; failuresTotal += 1) {
    box.set({ children: child('capture', { restartsTotal: failuresTotal, failuresTotal }) });
    await box.clock.advance(31_000);
  }
  assert.equal(box.events, [], 'not even for a moment');
});

test('a child that the box itself restarts is no alert, however often', async () => {
  await using box = watch();
  for (let restartsTotal = 0; restartsTotal < 9; restartsTotal += 1) {
    box.set({ children: child('capture', { restartsTotal }) });
    await box.clock.advance(4_000);
  }
  assert.equal(box.keys(), []);
});

test('an edge makes no parts, and that is no alert', async () => {
  await using box = watch();
  for (let i = 0; i < 10; i += 1) {
    box.set({ media: figures({ partsTotal: 0, edge: EDGE }) });
    await box.clock.advance(1_000);
  }
  assert.equal(box.keys(), []);
});

test('a media process that runs without reports is an alert within six seconds', async () => {
  await using box = watch();
  await box.clock.advance(2_000);
  box.stallMedia();
  await box.clock.advance(6_000);
  assert.equal(box.keys(), ['media-silent']);
});

test('an uplink that runs without reports is an alert', async () => {
  await using box = watch();
  const frozen = { ...uplink };
  box.freeze({ uplink: frozen });
  await box.clock.advance(7_000);
  assert.equal(box.keys(), ['uplink-silent']);
});

test.run();
