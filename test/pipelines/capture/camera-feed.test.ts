/** What the encoders get while cameras are switched. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { CameraFeed } from '../../../pipelines/capture/camera-feed.ts';

const test = suite('pictures for the encoders');

const SIZE = { widthPx: 4, heightPx: 4 };
const BYTES = (4 * 4 * 3) / 2;

test('until the other camera sends something its predecessor’s last picture stands, whatever that one sends', async () => {
  let nowUs = 0;
  const pushed: number[] = [];
  const feed = new CameraFeed(
    { ...SIZE, fps: 10, titleFile: '', textFile: '', hasSecond: true },
    0,
    {
      push: (frame) => pushed.push(frame[0] ?? 0),
      nowUs: () => nowUs,
      onFirst: () => undefined,
      readFile: () => Buffer.alloc(0),
    },
  );
  try {
    const first = feed.input('camera');
    const buffer = Buffer.alloc(BYTES, 1);
    first.add(buffer, undefined);
    assert.equal(pushed, [1]);
    feed.choose('camera2');
    nowUs = 100_000;
    first.add(Buffer.alloc(BYTES, 2), undefined);
    // The reader fills its buffers in turn.
    buffer.fill(3);
    nowUs = 500_000;
    while (pushed.length < 3) await systemClock.sleep(20);
    assert.ok(
      pushed.every((value) => value === 1),
      pushed.join(),
    );
    feed.input('camera2').add(Buffer.alloc(BYTES, 7), undefined);
    assert.is(pushed.at(-1), 7);
  } finally {
    feed.stop();
  }
});

test.run();
