/** The slate, encoded as the live encoders would: shown while none of them runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { VideoEncoder } from '../../../pipelines/capture/encoder.ts';
import type { GraphSettings } from '../../../pipelines/capture/graph.ts';
import { encodeSlateUnits, slateUnitFiles } from '../../../pipelines/capture/slate-units.ts';
import { readSlates } from '../../../pipelines/feed/slates.ts';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { repeatIdr } from '../../../pipelines/h264/repeated-idr.ts';
import { until } from '../../support/box.ts';
import { LIVE_GRAPH, openLiveSources } from '../../support/media/live-sources.ts';

const test = suite('slates of the encoders');
const LONG_MS = 60_000;
const { signal } = new AbortController();

function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-slate-'));
  const title = join(folder, 'a.title');
  const { widthPx, heightPx } = LIVE_GRAPH.picture;
  const pixels = widthPx * heightPx;
  writeFileSync(title, Buffer.alloc((pixels * 3) / 2, 128).fill(40, 0, pixels / 2));
  const encode = async (settings: GraphSettings) => {
    await encodeSlateUnits(title, settings, signal);
    return slateUnitFiles(title, settings);
  };
  const remove = () => rmSync(folder, { recursive: true });
  return { folder, title, encode, [Symbol.dispose]: remove };
}

const isInstalled = (encoder: VideoEncoder) => spawnSync('gst-inspect-1.0', [encoder]).status === 0;

for (const encoder of ['x264enc', 'openh264enc'] as const) {
  if (!isInstalled(encoder)) {
    console.log(`SKIPPED 1: this machine has no ${encoder}`);
    continue;
  }
  test(`have the parameter sets of the live picture, so that no discontinuity is needed: ${encoder}`, async () => {
    using at = scratch();
    await using live = await openLiveSources({ encoder });
    const files = await at.encode({ ...LIVE_GRAPH, encoder });
    assert.is(files.length, 2);
    const slates = await readSlates(files);
    await until(() => ['high', 'low'].every((id) => live.units(id).length > 0), LONG_MS);
    for (const [i, id] of ['high', 'low'].entries()) {
      const { format, idr = Buffer.alloc(0) } = slates[i] ?? {};
      const own = parseCaps(live.caps(id));
      assert.ok(own && format?.decoderConfig.equals(own.decoderConfig), id);
      assert.ok(repeatIdr(own.decoderConfig, idr, 50_000), id);
    }
  });
}

test('are encoded once for each picture and its settings, and older ones go', async () => {
  using at = scratch();
  const files = await at.encode(LIVE_GRAPH);
  const names = () => readdirSync(at.folder).length;
  assert.equal([files.length, names()], [2, 3]);
  assert.equal(await at.encode(LIVE_GRAPH), files);
  // As a power cut left it where it was not synced.
  writeFileSync(files[1] ?? '', '');
  await at.encode(LIVE_GRAPH);
  assert.is((await readSlates(files)).length, 2);
  const others = await at.encode({ ...LIVE_GRAPH, gopFrames: 60 });
  assert.equal([others.length, names()], [2, 3]);
  assert.not.equal(others, files);
});

test('that cannot be encoded are none, with the reason', async () => {
  using at = scratch();
  const settings = { ...LIVE_GRAPH, encoder: 'noenc' as VideoEncoder };
  const reason = await at.encode(settings).then(() => '', String);
  assert.match(reason, 'Error: ');
  assert.equal(await readSlates(slateUnitFiles(at.title, settings)), []);
  // No picture was drawn.
  await encodeSlateUnits('', LIVE_GRAPH, signal);
  assert.equal(slateUnitFiles('', LIVE_GRAPH), []);
  assert.equal(await readSlates([at.title, at.folder]), []);
});

test.run();
