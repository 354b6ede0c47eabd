/** When a publisher's pictures and sound were taken. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PublisherClock } from '../../../pipelines/whip/clock.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('clock of a publisher');

const wrap = (ticks: number) => ticks % 2 ** 32;

test('jitter does not show, over the end of the count as well', () => {
  const random = seeded(17);
  const clock = new PublisherClock();
  const first = 2 ** 32 - 90_000;
  let last = 0;
  for (let i = 0; i < 600; i += 1) {
    const timestamp = wrap(first + i * 3_000);
    clock.noteArrival('video', timestamp, 1e9 + i * 33_333.33 + 20_000 + random() * 30_000);
    const takenUs = clock.takenUs('video', timestamp);
    // After some packets, of which one was quick.
    if (i > 100) assert.ok(Math.abs(takenUs - last - 33_333.33) < 1_500, `${i}: ${takenUs - last}`);
    last = takenUs;
  }
});

test('a clock that drifts away is followed', () => {
  const clock = new PublisherClock();
  for (let i = 0; i < 30 * 600; i += 1) {
    // 300 ppm slower than this machine's.
    const arrivedUs = i * 33_343.33;
    clock.noteArrival('video', wrap(i * 3_000), arrivedUs);
    const apartUs = arrivedUs - clock.takenUs('video', wrap(i * 3_000));
    assert.ok(apartUs >= -1 && apartUs < 6_000, `${i}: ${apartUs}`);
  }
});

test('a publisher that counts from elsewhere is placed at once', () => {
  const clock = new PublisherClock();
  clock.noteArrival('audio', 0, 5e6);
  clock.noteArrival('audio', 2_000_000_000, 5.02e6);
  assert.is(Math.round(clock.takenUs('audio', 2_000_000_000)), 5_020_000);
});

test('by its reports picture and sound are moved together', () => {
  const clock = new PublisherClock();
  // Taken at the same time; the picture's encoder takes 80 ms longer.
  const at = (i: number) => ({ video: wrap(7_000 + i * 1_800), audio: wrap(99_000 + i * 960) });
  const play = (from: number) => {
    for (let i = from; i < from + 50; i += 1) {
      clock.noteArrival('video', at(i).video, i * 20_000 + 100_000);
      clock.noteArrival('audio', at(i).audio, i * 20_000 + 20_000);
    }
    const { video, audio } = at(from + 49);
    return clock.takenUs('video', video) - clock.takenUs('audio', audio);
  };
  assert.is(Math.round(play(0)), 80_000);
  clock.setReport('video', { wallUs: 1.7e15, timestamp: at(10).video });
  assert.is(Math.round(play(50)), 80_000);
  clock.setReport('audio', { wallUs: 1.7e15, timestamp: at(10).audio });
  assert.ok(Math.abs(play(100)) < 2);
  // A report that puts them half a second apart is wrong, and is not followed.
  clock.setReport('audio', { wallUs: 1.7e15 + 500_000, timestamp: at(10).audio });
  assert.is(Math.round(play(150)), 80_000);
});

test.run();
