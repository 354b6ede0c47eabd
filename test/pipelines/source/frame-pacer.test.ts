/** Whatever a camera does, a constant frame rate leaves. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FramePacer, type PacedFrame } from '../../../pipelines/source/frame-pacer.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('frame pacer');

interface Came {
  readonly id: number;
  readonly capturedUs: number;
  readonly arrivedUs: number;
}

interface Sent extends PacedFrame<Came> {
  readonly atUs: number;
}

/** Runs the pacer as its shell does: at each arrival, and whenever a frame is due. */
function pace(frames: readonly Came[], endUs: number, { fps = 30, isStamped = true } = {}) {
  const pacer = new FramePacer<Came>({ fps, startUs: 0 });
  const sent: Sent[] = [];
  const take = (atUs: number, out: readonly PacedFrame<Came>[]) =>
    sent.push(...out.map((one) => ({ ...one, atUs })));
  const runUntil = (untilUs: number) => {
    while (pacer.nextDueUs <= untilUs) {
      const atUs = pacer.nextDueUs;
      take(atUs, pacer.tick(atUs + 1));
    }
  };
  for (const frame of frames.toSorted((a, b) => a.arrivedUs - b.arrivedUs)) {
    runUntil(frame.arrivedUs);
    take(
      frame.arrivedUs,
      pacer.add(frame, isStamped ? frame.capturedUs : undefined, frame.arrivedUs),
    );
  }
  runUntil(endUs);
  return sent;
}

/** Frames of a camera with a rate, a delay and jitter, as far as `isThere` lets them through. */
function camera(options: {
  readonly fps: number;
  readonly seconds: number;
  readonly delayUs?: number;
  readonly jitterUs?: number;
  readonly random?: () => number;
  readonly phaseUs?: number;
  readonly isThere?: (atUs: number) => boolean;
}): readonly Came[] {
  const { fps, seconds, delayUs = 8_000, jitterUs = 0, phaseUs = 0 } = options;
  const { random = () => 0.5, isThere = () => true } = options;
  return Array.from({ length: Math.floor(fps * seconds) }, (_, id) => {
    const capturedUs = phaseUs + (id * 1e6) / fps;
    return { id, capturedUs, arrivedUs: capturedUs + delayUs + random() * jitterUs };
  }).filter(({ capturedUs }) => isThere(capturedUs));
}

function assertConstant(sent: readonly Sent[]): void {
  for (const [i, { index }] of sent.entries()) assert.is(index, i, 'every frame once, in order');
}

test('a steady camera goes through without a repeat and without a delay of its own', () => {
  for (const phaseUs of [0, 5_000, 16_000, 16_700, 20_000, 33_000]) {
    const sent = pace(
      camera({ fps: 30, seconds: 10, phaseUs, jitterUs: 3_000, random: seeded(1) }),
      10e6,
    );
    assertConstant(sent);
    const steady = sent.slice(30, 290);
    assert.is(steady.filter(({ isRepeat }) => isRepeat).length, 0, `phase ${phaseUs}`);
    for (const { atUs, frame } of steady) assert.is(atUs, frame?.arrivedUs, 'sent as it comes');
  }
});

test('rates from 3 to 60 fps become the constant rate, with the newest frame each time', () => {
  for (const fps of [3, 10, 15, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60]) {
    const sent = pace(camera({ fps, seconds: 20, jitterUs: 2_000, random: seeded(2) }), 20e6);
    assertConstant(sent);
    assert.ok(sent.length >= 598, `${fps} fps: ${sent.length} frames`);
    const kept = sent.filter(({ isRepeat }) => !isRepeat).length;
    assert.ok(kept >= Math.min(fps, 30) * 20 * 0.97, `${fps} fps: ${kept} of its frames shown`);
    for (const { atUs, index } of sent.slice(30)) {
      assert.ok(atUs - (index * 1e6) / 30 < 60_000, `${fps} fps: on time`);
    }
  }
});

test('pauses at any phase are bridged by repeats, each on time; the picture is back at once', () => {
  const random = seeded(3);
  for (const pauseS of [0.1, 0.2, 0.5, 1, 2, 5, 20]) {
    for (let phase = 0; phase < 40; phase += 1) {
      const fromUs = 3e6 + random() * 1e6;
      const toUs = fromUs + pauseS * 1e6;
      const frames = camera({
        fps: 30,
        seconds: pauseS + 6,
        delayUs: random() * 60_000,
        jitterUs: 4_000,
        random,
        isThere: (atUs) => atUs < fromUs || atUs > toUs,
      });
      const sent = pace(frames, (pauseS + 6) * 1e6);
      assertConstant(sent);
      for (const { atUs, index } of sent) {
        assert.ok(atUs - (index * 1e6) / 30 < 100_000, `${pauseS} s: frame ${index} on time`);
      }
      const back = sent.find(({ frame, isRepeat }) => !isRepeat && (frame?.capturedUs ?? 0) > toUs);
      assert.ok((back?.atUs ?? Number.POSITIVE_INFINITY) - toUs < 110_000, 'back at once');
    }
  }
});

test('what a source delivers in a burst after a pause of its process adds no latency', () => {
  const frames = camera({ fps: 30, seconds: 10 }).map((frame) => {
    const isHeld = frame.capturedUs > 4e6 && frame.capturedUs < 4.4e6;
    return isHeld ? { ...frame, arrivedUs: 4.41e6 + frame.id } : frame;
  });
  const sent = pace(frames, 10e6);
  assertConstant(sent);
  for (const { atUs, frame } of sent.slice(-100)) assert.is(atUs, frame?.arrivedUs);
});

test('a process that is held up again and again is never waited for longer than its usual delay', () => {
  const random = seeded(5);
  for (let run = 0; run < 60; run += 1) {
    const delayUs = random() * 70_000;
    const frames: Came[] = [];
    let heldUntilUs = 0;
    let nextUs = 3e6;
    for (const frame of camera({ fps: 30, seconds: 25, delayUs, jitterUs: 4_000, random })) {
      if (frame.arrivedUs > nextUs) {
        heldUntilUs = nextUs + 100_000 + random() ** 3 * 4e6;
        nextUs = heldUntilUs + 200_000 + random() * 2e6;
      }
      frames.push({ ...frame, arrivedUs: Math.max(frame.arrivedUs, heldUntilUs + frame.id) });
    }
    const sent = pace(frames, 25e6);
    assertConstant(sent);
    for (const { atUs, index } of sent.slice(30)) {
      assert.ok(atUs - (index * 1e6) / 30 < delayUs + 100_000, `run ${run}: frame ${index}`);
    }
  }
});

test('a source that becomes slower for good is waited for again after half a second', () => {
  for (const slowerUs of [30_000, 60_000, 100_000]) {
    const frames = camera({ fps: 30, seconds: 10 }).map((frame) =>
      frame.capturedUs < 4e6 ? frame : { ...frame, arrivedUs: frame.arrivedUs + slowerUs },
    );
    const sent = pace(frames, 10e6);
    assertConstant(sent);
    const steady = sent.filter(({ index }) => index > 5 * 30 && index < 9 * 30);
    assert.is(steady.filter(({ isRepeat }) => isRepeat).length, 0, `${slowerUs} us`);
    for (const { frame, index } of steady) assert.is(frame?.id, index, 'each at its own place');
  }
});

test('time stamps that jump are not believed, and frames that carry none go by their arrival', () => {
  const jumps = camera({ fps: 30, seconds: 10 }).map((frame) => {
    const jumpUs = frame.id > 120 && frame.id < 200 ? 3_600e6 : frame.id >= 200 ? -10e6 : 0;
    return { ...frame, capturedUs: frame.capturedUs + jumpUs };
  });
  for (const sent of [pace(jumps, 10e6), pace(jumps, 10e6, { isStamped: false })]) {
    assertConstant(sent);
    const repeats = sent.slice(10, 290).filter(({ isRepeat }) => isRepeat).length;
    assert.ok(repeats <= 4, `${repeats} repeats`);
  }
});

test('a clock that is 200 ppm off costs one frame in minutes and no latency', () => {
  for (const ppm of [-200, 200]) {
    const fps = 30 * (1 + ppm / 1e6);
    const sent = pace(camera({ fps, seconds: 600, jitterUs: 1_000, random: seeded(4) }), 600e6);
    assertConstant(sent);
    const steady = sent.slice(30, 17_900);
    assert.ok(steady.filter(({ isRepeat }) => isRepeat).length <= 6);
    for (const { atUs, index } of steady) assert.ok(atUs - (index * 1e6) / 30 < 70_000);
  }
});

test('before the first frame there is none, and a process that was stopped makes up for little', () => {
  const pacer = new FramePacer<string>({ fps: 30, startUs: 0 });
  assert.ok(pacer.tick(500_000).every(({ frame }) => frame === undefined));
  pacer.add('a', undefined, 600_000);
  const after = pacer.tick(60e6);
  assert.ok(after.length <= 31, `${after.length} frames`);
  assert.ok((after[0]?.index ?? 0) > 1_700);
});

test('what stands until the first frame of another source is a copy', () => {
  const pacer = new FramePacer<{ picture: string }>({ fps: 10, startUs: 0 });
  const buffer = { picture: 'first' };
  pacer.add(buffer, 0, 0);
  pacer.reset((shown) => ({ ...shown }));
  buffer.picture = 'overwritten';
  const [repeat] = pacer.tick(1_000_000);
  assert.is(repeat?.frame?.picture, 'first');
});

test.run();
