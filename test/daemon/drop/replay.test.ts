/** Two drops of one evening on a whole box, and what of them can be seen again. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask } from '../../support/ask.ts';
import { type Box, startBox, until } from '../../support/box.ts';

const test = suite('the replay of a whole box');

/** The recordings that its replay is made of; none where there is no replay. */
async function replayOf(box: Box): Promise<readonly string[]> {
  const response = await fetch(`${box.url}/replay/index.m3u8`);
  if (!response.ok) return [];
  return [...new Set((await response.text()).match(/^venuebox-.*\.mp4$/gm))];
}

/** The recordings on its disk. */
const moviesOf = ({ folder }: Box) =>
  readdirSync(join(folder, 'rec'))
    .filter((name) => name.endsWith('.mp4'))
    .toSorted();

/** Waits for a recording beside these, with media in it that is safe. */
const isRecordingAnew = (box: Box, old: readonly string[]) =>
  until(
    () => {
      const name = moviesOf(box).find((movie) => !old.includes(movie)) ?? '';
      const journal = join(box.folder, 'rec', name.replace('.mp4', '.journal'));
      return readFileSync(journal, 'utf8').includes('"synced"');
    },
    60_000,
    box.output,
  );

async function goLive(box: Box, old: readonly string[]): Promise<void> {
  await ask(box, 'cmd', 'go-live', 'force=true');
  await isRecordingAnew(box, old);
}

async function end(box: Box): Promise<readonly string[]> {
  await ask(box, 'cmd', 'end');
  await until(async () => (await replayOf(box)).length > 0, 60_000, box.output);
  return await replayOf(box);
}

test('is of the last drop, all of it and nothing before it: when media died in it, and when the box starts again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-evening-'));
  const start = () =>
    startBox(
      ['recording.targets=[{id: one, folder: rec}]'],
      ['demo', '--idle'],
      undefined,
      undefined,
      folder,
    );
  try {
    let second: readonly string[] = [];
    {
      await using box = await start();
      await until(async () => (await fetch(`${box.url}/`)).ok, 40_000, box.output);
      assert.equal(await replayOf(box), []);
      await goLive(box, []);
      const first = await end(box);
      await goLive(box, first);
      const [movie] = moviesOf(box).filter((one) => !first.includes(one));
      process.kill(box.childPid('media') as number, 'SIGKILL');
      await isRecordingAnew(box, moviesOf(box));
      second = await end(box);
      assert.is(second[0], movie, 'what was before media died');
      assert.ok(second.length > 1, 'what came after');
      assert.ok(second.every((one) => !first.includes(one)));
    }
    await using box = await start();
    // After a start it finds one recording after the other.
    await until(async () => (await replayOf(box)).length >= second.length, 60_000, box.output);
    assert.equal(await replayOf(box), second);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
