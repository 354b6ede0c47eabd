/** A drop from its begin to its end, on a whole box, asked for from the command line. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Hello } from '../../../daemon/web/protocol.ts';
import { ask, statusOf } from '../../support/ask.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { signIn } from '../../support/operator.ts';

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
  const movie = /src="([^"]*clips\/[^"]+)"/.exec(page)?.[1] ?? '';
  const posterOf = async () => {
    // Its own, once that is made.
    const now = await (await fetch(here)).text();
    const path = /poster="([^"]+)"/.exec(now)?.[1] ?? '';
    return (await fetch(new URL(path, here))).status;
  };
  await until(async () => (await posterOf()) === 200, 30_000, box.output);
  const clip = await fetch(new URL(movie, here));
  assert.is(clip.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  const clipFile = join(box.folder, 'fetched.mp4');
  writeFileSync(clipFile, Buffer.from(await clip.arrayBuffer()));
  const clipProbe = await run('ffprobe', ['-v', 'error', '-show_format', clipFile]);
  assert.is(clipProbe.stderr, '');

  assert.match(await ask(box, 'cmd', 'end'), 'it is idle');
  // Players fetch what they have not played yet, and see the end.
  await seeEnd(box);
  // Whatever becomes of the process that made it.
  await until(() => existsSync(join(box.folder, 'ended-stream.bin')), 10_000, box.output);
  const media = box.childPid('media') ?? 0;
  process.kill(media, 'SIGKILL');
  await until(() => ![media, undefined].includes(box.childPid('media')), 20_000, box.output);
  await seeEnd(box);
  await until(() => box.childPid('capture') === undefined, 10_000, box.output);
  // What was shared in the drop is there after it, once the new media process has read its disk.
  await until(async () => (await posterOf()) === 200, 30_000, box.output);
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
    // Four seconds, at ten pictures a second.
    assert.ok(streams.every(({ nb_read_packets }) => Number(nb_read_packets) > 30));
  }
  assert.match(await ask(box, 'cmd', 'go-live', 'force=true'), 'it is live');
  const newest = async () => await (await fetch(`${box.url}/live/mid/index.m3u8`)).text();
  await until(async () => /EXTM3U(?!.*ENDLIST)/s.test(await newest()), 40_000, box.output);
});

async function seeEnd(box: Box): Promise<void> {
  const mainPlaylist = await (await fetch(`${box.url}/live/index.m3u8`)).text();
  const uris = mainPlaylist.split('\n').filter((line) => line.endsWith('.m3u8'));
  assert.ok(uris.length > 0, mainPlaylist);
  for (const uri of uris) {
    const media = await (await fetch(`${box.url}/live/${uri}`)).text();
    assert.match(media, '#EXT-X-ENDLIST', uri);
    const segment = media.split('\n').findLast((line) => /^\d+\.m4s$/.test(line));
    const url = `${box.url}/live/${uri.replace('index.m3u8', segment ?? 'none')}`;
    assert.is((await fetch(url)).status, 200, url);
  }
}

test('a camera that cannot start is a fault with its reason, and the idle box goes on', async () => {
  await using box = await startBox(
    ['camera.driver=custom', 'camera.launch=videotestsrc ! nosuchelement'],
    ['demo', '--idle'],
  );
  await until(async () => (await statusOf(box)).drop.phase === 'idle', 30_000, box.output);
  const outcome = JSON.parse(await ask(box, 'cmd', 'arm', '--json').catch(outputOf)) as {
    code: string;
    detail: string;
  };
  assert.is(outcome.code, 'FAULT', JSON.stringify(outcome));
  assert.match(outcome.detail, 'nosuchelement');
  const { drop } = await statusOf(box);
  assert.is(drop.phase, 'fault');
  assert.ok((await fetch(`${box.url}/`)).ok);
});

test('while it is armed the crew sees and hears the stage, and no guest does', async () => {
  await using box = await startBox([], ['demo', '--idle']);
  await until(async () => (await statusOf(box)).drop.phase === 'idle', 30_000, box.output);
  assert.match(await ask(box, 'cmd', 'arm'), 'armed');
  const { viewers } = await helloOf(box);
  const preview = `${viewers.previewPath}/live/mid/index.m3u8`;
  const text = await (await fetch(box.url + preview)).text();
  const part = /URI="([^"]+m4s)"/.exec(text)?.[1] ?? '';
  assert.is((await fetch(new URL(part, box.url + preview))).status, 200);
  for (const path of ['index.m3u8', 'mid/index.m3u8', `mid/${part}`]) {
    assert.is((await fetch(`${box.url}/live/${path}`)).status, 503, path);
  }
  assert.is((await fetch(`${box.url}/preview/${'x'.repeat(22)}/live/mid/${part}`)).status, 404);
  assert.match(await ask(box, 'cmd', 'go-live'), 'it is live');
  await until(async () => (await playlist(box)) === 200, 30_000, box.output);
  const before = await fetch(`${box.url}/live/mid/${part}`);
  assert.is(before.status, 404, 'what was before stays the crew’s');

  assert.match(await ask(box, 'cmd', 'end'), 'it is idle');
  assert.is(await playlist(box), 200, 'until the next checks');
  assert.match(await ask(box, 'cmd', 'arm'), 'armed');
  assert.is(await playlist(box), 503, 'the next one is not live yet');
});

test('what was reported before a disarm is not shown after it', async () => {
  await using box = await startBox([], ['demo', '--idle']);
  await until(async () => (await statusOf(box)).drop.phase === 'idle', 30_000, box.output);
  assert.match(await ask(box, 'cmd', 'arm'), 'armed');
  await until(async () => (await statusOf(box)).levels !== undefined, 30_000, box.output);
  await ask(box, 'cmd', 'disarm');
  await until(() => box.childPid('capture') === undefined, 30_000, box.output);
  assert.is((await statusOf(box)).levels, undefined);
});

test('the command that shuts the program down is answered, on air too, and it ends cleanly', async () => {
  await using box = await startBox();
  await box.ready();
  assert.match(await ask(box, 'cmd', 'shut-down'), 'the machine shuts down');
  assert.is(await box.ended, 0);
});

/** What the operator's page receives first. */
async function helloOf(box: Box): Promise<Hello> {
  const cookie = await signIn(box.operatorUrl);
  const response = await fetch(`${box.operatorUrl}/events`, { headers: { cookie } });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const [, data] = /event: hello\ndata: (.*)\n\n/.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data) as Hello;
  }
  throw new Error('no hello');
}

/** Of a command that the box did not follow. */
function outputOf(error: unknown): string {
  return (error as { stdout: string }).stdout;
}

test.run();
