/** What is shown and played in a source's place, and how raw media is read. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderGdp } from '../../../pipelines/gdp/parse.ts';
import { black, bridgePhase, dim } from '../../../pipelines/source/bridge.ts';
import { channelsOf, pickChannels } from '../../../pipelines/source/channels.ts';
import { openRawParser } from '../../../pipelines/source/raw-reader.ts';
import { openSlateFiles } from '../../../pipelines/source/slate-files.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('bridge');
const never = new AbortController().signal;

test('a picture that is missing stands, is darkened after 2 s, and the title after 10 s', () => {
  const phases = [0, 0.5, 1.9, 2, 9.9, 10, 3600].map((s) => bridgePhase(s * 1e6));
  assert.equal(phases, ['live', 'held', 'held', 'dimmed', 'dimmed', 'title', 'title']);
  assert.is(bridgePhase(undefined), 'title');
});

test('the darkened picture keeps its shapes and carries the text', () => {
  const [widthPx, heightPx] = [4, 2];
  const frame = black(widthPx, heightPx).fill(200, 0, 4);
  const mask = new Uint8Array(8);
  mask[7] = 255;
  const dark = dim(frame, { widthPx, heightPx, mask });
  assert.is(dark.length, frame.length);
  const [bright = 0, shade = 0] = [dark[0], dark[4]];
  assert.ok(bright < 120 && bright > shade, 'darker, in the same order');
  assert.is(dark[7], 235, 'the text is white');
  assert.is(frame[0], 200, 'the picture itself is as it was');
});

test('title and text are drawn once for a size and a title; a picture that is none is reported', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-slates-'));
  const settings = { widthPx: 320, heightPx: 180, title: 'A & <B>', text: 'Soon', pictureFile: '' };
  try {
    const first = await openSlateFiles(folder, settings, never);
    assert.is(readFileSync(first.titleFile).length, 320 * 180 * 1.5);
    const text = readFileSync(first.textFile);
    assert.is(text.length, 320 * 180);
    assert.ok(text.includes(255) && text.includes(0));
    assert.equal(await openSlateFiles(folder, settings, never), first);
    // As a power cut left it where it was not synced.
    writeFileSync(first.titleFile, '');
    assert.equal(await openSlateFiles(folder, settings, never), first);
    assert.is(readFileSync(first.titleFile).length, 320 * 180 * 1.5);
    const second = await openSlateFiles(folder, { ...settings, title: 'C' }, never);
    assert.is.not(second.titleFile, first.titleFile);
    assert.is(readdirSync(folder).length, 2, 'those of another title are gone');
    const pictureFile = join(folder, 'none.jpg');
    writeFileSync(pictureFile, 'no picture');
    const failed = await openSlateFiles(folder, { ...settings, pictureFile }, never).catch(String);
    assert.match(String(failed), /unsupported image format/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('raw units are the same however their bytes are cut, and what is no GDP is refused', () => {
  const random = seeded(7);
  const units = Array.from({ length: 12 }, (_, i) => Buffer.alloc(Math.floor(random() * 5_000), i));
  const bytes = Buffer.concat([
    renderGdp({ kind: 'caps', caps: 'audio/x-raw, channels=(int)3' }),
    ...units.map((data, i) =>
      renderGdp({
        kind: 'buffer',
        ptsNs: BigInt(i * 1_000_000),
        dtsNs: undefined,
        durationNs: undefined,
        isKeyframe: true,
        isDiscont: false,
        isHeader: false,
        data,
      }),
    ),
  ]);
  for (let round = 0; round < 50; round += 1) {
    const seen: { data: Buffer; runningUs: number | undefined }[] = [];
    let caps = '';
    const parse = openRawParser({
      onCaps: (text) => {
        caps = text;
      },
      onUnit: ({ data, runningUs }) => seen.push({ data: Buffer.from(data), runningUs }),
    });
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + Math.floor(random() * 3_000);
      assert.ok(parse(bytes.subarray(at, at + size)));
      at += size;
    }
    assert.is(channelsOf(caps), 3);
    assert.equal(
      seen,
      units.map((data, i) => ({ data, runningUs: i * 1_000 })),
    );
  }
  const parse = openRawParser({ onCaps: () => undefined, onUnit: () => undefined });
  assert.not(parse(Buffer.alloc(100, 7)));
});

test('channels are picked by number, and a mono microphone plays on both sides', () => {
  const data = Buffer.from(Int16Array.from([1, 2, 3, 11, 12, 13]).buffer);
  assert.equal([...pickChannels(data, 3, [3, 1])], [3, 1, 13, 11]);
  const mono = Buffer.from(Int16Array.from([5, -6]).buffer);
  assert.equal([...pickChannels(mono, 1, [1, 2])], [5, 5, -6, -6]);
  assert.equal([...pickChannels(data.subarray(1, 5), 2, [1])], [512]);
});

test.run();
