/** A whole box: what has ended is over after its checks and a restart, until the next drop begins. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { ask } from '../../support/ask.ts';
import { type Box, startBox, until } from '../../support/box.ts';

const test = suite('the drop that has ended, on a whole box');
const LONG_MS = 60_000;

const phaseOf = async (box: Box) => (await box.state<BoxSnapshot>()).drop.phase;
const isRecording = async (box: Box) =>
  (await box.state<{ recording: readonly { name?: string }[] }>()).recording[0]?.name !== undefined;
const guestsOf = async (box: Box) =>
  (await (await fetch(`${box.url}/drop.json`)).json()) as Readonly<Record<string, unknown>>;
const seen = async (box: Box) => {
  const { isOver, hasReplay, title } = await guestsOf(box);
  return JSON.stringify([isOver, hasReplay, title]);
};
const OVER = JSON.stringify([true, true, 'Friday']);

test('guests see its replay, and no countdown, until the next one is live', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-ended-'));
  const start = () =>
    startBox(
      ['drop.title=Friday', `recording.targets=[{id: a, folder: ${folder}/recordings}]`],
      ['demo', '--idle'],
      [],
      undefined,
      folder,
    );
  const becomes = (box: Box, phase: string) =>
    until(async () => (await phaseOf(box)) === phase, LONG_MS, box.output);
  try {
    {
      await using box = await start();
      await until(async () => (await phaseOf(box)) === 'idle', LONG_MS, box.output);
      await ask(box, 'cmd', 'go-live');
      await becomes(box, 'live');
      await box.ready();
      // A file begins with a key frame: a drop that ends before it has no replay.
      await until(() => isRecording(box), LONG_MS, box.output);
      await ask(box, 'cmd', 'end');
      await becomes(box, 'idle');
      await until(async () => (await seen(box)) === OVER, LONG_MS, box.output);
      await ask(box, 'cmd', 'arm');
      await becomes(box, 'armed');
      // Armed for the next one; the media process begins anew.
      await until(async () => (await seen(box)) === OVER, LONG_MS, box.output);
    }
    await using box = await start();
    await until(async () => (await seen(box)) === OVER, LONG_MS, box.output);
    await ask(box, 'cmd', 'go-live');
    await becomes(box, 'live');
    await until(async () => (await guestsOf(box))['isOver'] === false, LONG_MS, box.output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
