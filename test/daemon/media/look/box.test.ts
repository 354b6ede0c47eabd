/** A real box with a look: what viewers get has it, and what is recorded has not. */
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, statusOf } from '../../../support/ask.ts';
import { type Box, startBox, until } from '../../../support/box.ts';

const test = suite('a box with a look');
const run = promisify(execFile);

const LONG_MS = 180_000;
const PX = 64 * 36;

/** How far the colours of a movie's pictures are from grey, as the mean of each: black and white is 0. */
async function colourOf(file: string): Promise<readonly number[]> {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-i', file, '-map', '0:v:0', '-vf', 'scale=64:36:flags=area'],
      ...['-pix_fmt', 'yuv444p', '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 200_000_000 },
  );
  return Array.from({ length: stdout.length / (3 * PX) }, (_, i) => {
    const chroma = stdout.subarray((3 * i + 1) * PX, 3 * (i + 1) * PX);
    return chroma.reduce((sum, value) => sum + Math.abs(value - 128), 0) / chroma.length;
  });
}

/** The newest segment of what viewers get. */
async function fetchSegment(box: Box, rendition: string): Promise<string> {
  const at = (file: string) => `${box.url}/live/${rendition}/${file}`;
  const playlist = await (await fetch(at('index.m3u8'))).text();
  const [, init = ''] = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist) ?? [];
  const segment = playlist.split('\n').findLast((line) => /^\d+\.m4s$/.test(line)) ?? '';
  const parts = await Promise.all(
    [init, segment].map(async (file) => Buffer.from(await (await fetch(at(file))).arrayBuffer())),
  );
  const path = join(box.folder, `${rendition}.mp4`);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

test('viewers and clips get black and white, recordings the colours of the camera, and no viewer sees their track', async () => {
  await using box = await startBox([
    'drop.look.name=mono',
    'recording.targets=[{id: one, folder: rec}]',
    'clips.folder=clips',
  ]);
  await box.ready();
  const look = async () => (await statusOf(box)).look;
  await until(async () => (await look())?.cost !== undefined, LONG_MS, box.output);
  assert.match(await ask(box, 'status'), /look +mono at 100 %, shown, \d+\.\d of 100 ms a frame/);
  for (const rendition of ['mid', 'low']) {
    const isGrey = async () => {
      const colours = await colourOf(await fetchSegment(box, rendition)).catch(() => [99]);
      return colours.length > 0 && Math.max(...colours) < 2;
    };
    await until(isGrey, LONG_MS, box.output);
  }
  const ladder = await (await fetch(`${box.url}/live/index.m3u8?profile=laptop`)).text();
  assert.not.match(ladder, /^recording/m);
  for (const path of ['recording/index.m3u8', 'push/recording']) {
    assert.is((await fetch(`${box.url}/live/${path}`)).status, 404, path);
  }

  // Of a stream that has just begun there is no clip yet.
  let marked = '';
  const mark = async () => {
    marked = await ask(box, 'cmd', 'mark', '--json');
    return true;
  };
  await until(mark, LONG_MS, () => box.output());
  const clipUrl = /"url":"([^"]+)"/.exec(marked)?.[1] ?? '';
  const page = await (await fetch(new URL(new URL(clipUrl).pathname, box.url))).text();
  const movie = /src="([^"]*clips\/[^"]+)"/.exec(page)?.[1] ?? '';
  const clip = join(box.folder, 'clip.mp4');
  const fetched = await fetch(new URL(movie, new URL(new URL(clipUrl).pathname, box.url)));
  writeFileSync(clip, Buffer.from(await fetched.arrayBuffer()));
  assert.ok(((await colourOf(clip)).at(-1) ?? 99) < 2, 'the clip has the look');

  assert.match(await ask(box, 'cmd', 'end'), 'it is idle');
  const [recording = ''] = readdirSync(join(box.folder, 'rec')).filter((one) => /mp4$/.test(one));
  const recorded = await colourOf(join(box.folder, 'rec', recording));
  assert.ok(recorded.length > 10, `${recorded.length} pictures`);
  // Before its first frame the camera's place is black.
  const coloured = recorded.slice(recorded.findIndex((colour) => colour > 10));
  assert.ok(coloured.length > 10 && Math.min(...coloured) > 10, coloured.join(' '));
});

test.run();
