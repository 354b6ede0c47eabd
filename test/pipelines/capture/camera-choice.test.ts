/** Two cameras: which is on air, chosen by hand and by itself. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LaunchFragment } from '../../../hal/gst/launch.ts';
import { CameraChoice, type CameraKind } from '../../../pipelines/capture/camera-choice.ts';
import { until as eventually } from '../../support/box.ts';
import { openLiveSources } from '../../support/media/live-sources.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('two cameras');

/** Plays frames of both, as far as they are there, and gives what was on air each 33 ms. */
function play(
  seconds: number,
  isThere: (kind: CameraKind, s: number) => boolean,
  choices: Readonly<Record<number, CameraKind>> = {},
): readonly CameraKind[] {
  const choice = new CameraChoice(0);
  const onAir: CameraKind[] = [];
  for (let frame = 0; frame < seconds * 30; frame += 1) {
    const nowUs = (frame * 1e6) / 30;
    const chosen = choices[frame];
    if (chosen !== undefined) choice.choose(chosen, nowUs);
    for (const kind of ['camera', 'camera2'] as const) {
      if (isThere(kind, frame / 30)) choice.noteFrame(kind, nowUs);
    }
    onAir.push(choice.onAir(nowUs));
  }
  return onAir;
}

test('the other one takes over after two seconds, and gives back after three', () => {
  const onAir = play(20, (kind, s) => kind === 'camera2' || s < 5 || s > 10);
  assert.is(onAir[6.9 * 30], 'camera');
  assert.is(onAir[7.1 * 30], 'camera2');
  assert.is(onAir[12.9 * 30], 'camera2');
  assert.is(onAir[13.2 * 30], 'camera');
});

test('a choice is taken with the next frame, and stays', () => {
  const onAir = play(10, () => true, { 100: 'camera2', 200: 'camera' });
  assert.equal(
    [onAir[99], onAir[100], onAir[199], onAir[200]],
    ['camera', 'camera2', 'camera2', 'camera'],
  );
});

test('with both away, or one alone, nothing moves to and fro', () => {
  const away = play(20, (_, s) => s < 5);
  assert.is(new Set(away).size, 1);
  const alone = play(60, (kind) => kind === 'camera2');
  assert.is(alone.filter((kind, i) => i > 0 && kind !== alone[i - 1]).length, 1);
});

test('however both come and go, the camera on air sends frames if either does', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seeded(seed);
    const stretches = { camera: [0], camera2: [0] };
    for (const list of Object.values(stretches)) {
      for (let at = 0; at < 120; at = list.at(-1) ?? 120) list.push(at + 3 + random() * 20);
    }
    const isThere = (kind: CameraKind, s: number) =>
      stretches[kind].filter((from) => from <= s).length % 2 === 1;
    const onAir = play(120, isThere);
    let missingS = 0;
    for (const [frame, kind] of onAir.entries()) {
      const s = frame / 30;
      const either = isThere('camera', s) || isThere('camera2', s);
      missingS = either && !isThere(kind, s) ? missingS + 1 / 30 : 0;
      assert.ok(missingS < 2.7, `seed ${seed} at ${s}`);
    }
  }
});

test('a cut is a cut: no hole, no repeat that stays, and by itself when one dies', async () => {
  const camera = (pattern: string): LaunchFragment => ({
    launch: `videotestsrc is-live=true pattern=${pattern} ! video/x-raw,width=320,height=180,framerate=30/1`,
    stamping: 'clock',
    needs: {},
  });
  await using live = await openLiveSources({ hasSecond: true });
  const first = await live.start('camera', camera('red'));
  await live.start('camera2', camera('blue'));
  const second = () => live.figures()?.camera.second;
  const until = (what: string, isSo: () => boolean) => eventually(isSo, 60_000, () => what);
  await until('both', () => (second()?.framesPerS ?? 0) > 20);
  await until('the first on air', () => second()?.isOnAir === false);
  live.send({ type: 'choose', camera: 'camera2' });
  await until('the second', () => second()?.isOnAir === true);
  live.send({ type: 'choose', camera: 'camera' });
  await until('the first', () => second()?.isOnAir === false);
  process.kill(first.pid, 'SIGKILL');
  await until('the second in its place', () => second()?.isOnAir === true);
  const units = live.units('high');
  for (const [i, { runningUs }] of units.entries()) {
    const step = i === 0 ? 1 : (runningUs - (units[i - 1]?.runningUs ?? 0)) / 33_333.3;
    assert.ok(Math.abs(step - Math.round(step)) < 0.01 && step < 12.5, `frame ${i}: ${step}`);
  }
});

test.run();
