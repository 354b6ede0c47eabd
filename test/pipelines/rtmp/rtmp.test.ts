/** RTMP: the pipeline, and what is known of a connection. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { explainFailure, withoutKey } from '../../../pipelines/rtmp/failure.ts';
import { renderRtmp } from '../../../pipelines/rtmp/graph.ts';
import { RtmpProgress, sentBytesOf } from '../../../pipelines/rtmp/progress.ts';

const test = suite('RTMP');

test('picture and sound are joined to FLV, and the stream key is not in the line', () => {
  const tracks = [
    { id: 'uplink', kind: 'video' },
    { id: 'audio', kind: 'audio' },
  ] as const;
  const line = renderRtmp(tracks, 'rtmps://a.rtmps.youtube.com/live2/');
  assert.match(line, 'location="rtmps://a.rtmps.youtube.com/live2/key"');
  assert.match(line, /fdsrc fd=3 .*stream-format=avc.* mux\. fdsrc fd=4 .*stream-format=raw/);
});

test('bytes are read from the statistics of GStreamer, whatever stands there', () => {
  const stats =
    'application/x-gst-rtmp-stats, out-chunk-size=(uint)4096, out-bytes-total=(guint64)123456, in-bytes-total=(guint64)3409;';
  assert.is(sentBytesOf(stats), 123_456);
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: false }), (stats) => {
      try {
        String(stats);
      } catch {
        return;
      }
      assert.ok(sentBytesOf(stats) >= 0);
    }),
  );
});

test('it is connected once more than a handshake was taken, and while more is taken', () => {
  const progress = new RtmpProgress();
  assert.is(progress.update(0, 0).phase, 'connecting');
  assert.is(progress.update(3_600, 1_000).phase, 'connecting', 'the handshake');
  assert.is(progress.update(3_600, 60_000).isStalled, false, 'it never was connected');
  const first = progress.update(128_600, 61_000);
  assert.is(first.phase, 'connected');
  assert.is(first.sentBps, 1_000_000);
  assert.is(progress.update(128_600, 65_000).phase, 'connected');
  const silent = progress.update(128_600, 67_000);
  assert.is(silent.phase, 'connecting');
  assert.is(silent.isStalled, true, 'its server is called again');
  assert.is(progress.update(129_000, 83_000).isStalled, false, 'it took some again');
});

test('a stream key is in no reason, however the server repeats it', () => {
  const keys = fc.string({ minLength: 4, unit: fc.constantFrom(...'abcXYZ019-_?=&%/+') });
  fc.assert(
    fc.property(keys, fc.string(), fc.string(), (key, before, after) => {
      const shown = withoutKey(`${before}${key}${after}${encodeURIComponent(key)}`, key);
      assert.not.ok(`${shown}`.includes(key) && !`${before}…${after}`.includes(key), shown);
    }),
  );
  assert.is(withoutKey("publish 'live_12' denied", 'live_12'), "publish '…' denied");
});

test('a failure says what to do', () => {
  const refused = explainFailure('Publishing failed: NetStream.Publish.BadName');
  assert.match(refused, /^the server refused the stream; check its stream key \(/);
  assert.match(explainFailure('Could not connect: Connection refused'), /^nothing listens/);
  assert.is(explainFailure('something new'), 'something new');
  assert.ok(explainFailure('x'.repeat(9_000)).length < 300);
});

test.run();
