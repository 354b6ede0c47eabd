/** Tests that stale figures are left out. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderMetrics } from '../../../daemon/metrics/render.ts';
import { framesFlow, withoutStale } from '../../../daemon/model/freshness.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('what remote consumers receive');

const down = (name: string): BoxSnapshot => ({
  ...WELL,
  children: { ...WELL.children, [name]: { phase: 'pausing', restartsTotal: 1 } },
});
const silent = (key: string): BoxSnapshot => ({
  ...WELL,
  warnings: [{ key, severity: 'critical', sinceMs: 0, text: '', advice: '' }],
});

test('of a healthy box everything is reported', () => {
  assert.equal(withoutStale(WELL), WELL);
});

test('figures of a media process that is away or hangs are left out, and its levels', () => {
  for (const box of [down('media'), silent('media-silent')]) {
    const { media, levels, uplink } = withoutStale(box);
    assert.equal([media, levels], [undefined, undefined]);
    assert.is(uplink, WELL.uplink);
  }
  assert.is(withoutStale(down('capture')).levels, undefined);
  assert.is(withoutStale(down('capture')).media, WELL.media);
});

test('frames flow while the media process runs, whatever it reported last', () => {
  assert.ok(framesFlow(WELL));
  assert.not.ok(framesFlow(down('media')));
  assert.not.ok(framesFlow({ ...WELL, media: undefined }));
});

test('an uplink that is away or hangs is not connected, and has no links', () => {
  for (const box of [down('uplink'), silent('uplink-silent')]) {
    const { uplink } = withoutStale(box);
    assert.equal([uplink?.phase, uplink?.bitrateBps], ['connecting', 0]);
    assert.equal([uplink?.bond, uplink?.srt], [undefined, undefined]);
  }
});

test('figures for Prometheus hold nothing that a dead child said', async () => {
  const text = await renderMetrics(down('media'));
  assert.not.match(text, /^venuebox_viewers\b/m);
  assert.match(await renderMetrics(WELL), /^venuebox_viewers\b/m);
});

test.run();
