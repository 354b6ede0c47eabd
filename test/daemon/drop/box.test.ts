/** A drop from its begin to its end, on a whole box, asked for from the command line. */
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, statusOf } from '../../support/ask.ts';
import { type Box, startBox, until } from '../../support/box.ts';

const test = suite('a drop on a whole box');
const run = promisify(execFile);

const RECORDING = 'recording.targets=[{id: one, folder: rec-one}, {id: two, folder: rec-two}]';

const playlist = async (box: Box) => (await fetch(`${box.url}/live/index.m3u8`)).status;
const moviesIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.mp4'));

test('idle it shows the poster and rests; live it serves and records on both targets; ended it is idle again', async () => {
  await using box = await startBox([RECORDING, 'clips.folder=clips'], ['demo', '--idle']);
  await until(async () => (await fetch(`${box.url}/`)).ok, 30_000, box.output);
  await until(async () => (await statusOf(box)).drop.phase === 'idle', 30_000, box.output);
  assert.is(await playlist(box), 503);
  assert.is(box.childPid('capture'), undefined);

  assert.match(await ask(box, 'cmd', 'go-live', 'force=true'), 'it is live');
  await until(async () => (await playlist(box)) === 200, 40_000, box.output);
  const isRecording = async () =>
    (await statusOf(box)).recording.filter(({ phase }) => phase === 'recording').length === 2;
  await until(isRecording, 40_000, box.output);
  await new Promise((resolve) => setTimeout(resolve, 4_000));

  const marked = JSON.parse(await ask(box, 'cmd', 'mark', 'label=encore', '--json')) as {
    outcome?: unknown;
  };
  const clipUrl = /"url":"([^"]+)"/.exec(JSON.stringify(marked))?.[1] ?? '';
  const here = new URL(new URL(clipUrl).pathname, box.url);
  const page = await (await fetch(here)).text();
  assert.match(page, '<svg');
  const movie = /src="(\/clips\/[^"]+)"/.exec(page)?.[1] ?? '';
  const posterOf = async () => {
    const path = /poster="([^"]+)"/.exec(page)?.[1] ?? '';
    return (await fetch(new URL(path, box.url))).status;
  };
  await until(async () => (await posterOf()) === 200, 30_000, box.output);
  const clip = await fetch(new URL(movie, box.url));
  assert.is(clip.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  const clipFile = join(box.folder, 'fetched.mp4');
  writeFileSync(clipFile, Buffer.from(await clip.arrayBuffer()));
  const clipProbe = await run('ffprobe', ['-v', 'error', '-show_format', clipFile]);
  assert.is(clipProbe.stderr, '');

  assert.match(await ask(box, 'cmd', 'end'), 'it is idle');
  await until(async () => (await playlist(box)) === 503, 40_000, box.output);
  assert.is(box.childPid('capture'), undefined);
  assert.is(await posterOf(), 200, 'what was shared in the drop is there after it');
  for (const id of ['rec-one', 'rec-two']) {
    const [movie] = moviesIn(join(box.folder, id));
    assert.ok(movie !== undefined, `${id}: ${readdirSync(join(box.folder, id))}`);
    const { stdout, stderr } = await run('ffprobe', [
      ...['-v', 'error', '-count_packets', '-of', 'json'],
      ...['-show_entries', 'stream=codec_name,nb_read_packets', join(box.folder, id, movie)],
    ]);
    assert.is(stderr, '');
    const { streams } = JSON.parse(stdout) as { streams: { nb_read_packets: string }[] };
    assert.is(streams.length, 2);
    assert.ok(streams.every(({ nb_read_packets }) => Number(nb_read_packets) > 60));
  }
});

test.run();
