/** Tests of faulty recording disks during a drop. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { checkSeries, type SeenPlaylist } from '../../support/rules.ts';
import { openLoopVolume, openVolume } from '../../support/volume.ts';

const test = suite('recording disks that fail while live');
const STICK_BYTES = 40_000_000;
/** Less than the recording and its journal need. */
const SLOW_BYTES_PER_S = 10_000;
const LONG_MS = 60_000;

const keysOf = async (box: Box) =>
  (await box.state<BoxSnapshot>()).warnings.map(({ key }) => key).filter(isOfRecording);
const isOfRecording = (key: string) => key.startsWith('recording-');

/** Raised by the name of one disk, and then cleared: `work` brings the fault, `repair` takes it away. */
async function goesThrough(
  box: Box,
  key: RegExp,
  work: () => Promise<unknown>,
  mend: () => Promise<unknown>,
): Promise<void> {
  let seen: readonly string[] = [];
  const look = async (): Promise<boolean> => {
    seen = await keysOf(box);
    return seen.some((one) => key.test(one));
  };
  const explain = () => `${key}: warnings are ${seen.join(', ') || 'none'}`;
  await work();
  try {
    await until(look, LONG_MS, explain);
    // The system's own disk may be slow on a loaded machine; it is never full or gone.
    assert.not.match(seen.join(), /recording-(card-(full|gone|read-only|failed)|one-disk)/);
  } finally {
    await mend();
  }
  await until(async () => !(await look()), LONG_MS, explain);
}

/** Looks at the playlist as a player does, until it is stopped. */
async function watch(url: string, signal: AbortSignal): Promise<readonly SeenPlaylist[]> {
  const seen: SeenPlaylist[] = [];
  while (!signal.aborted) {
    const response = await fetch(`${url}/live/mid/index.m3u8`);
    assert.is(response.status, 200);
    seen.push({ renditionId: 'mid', text: await response.text(), atMs: Date.now() });
    await sleep(250);
  }
  return seen;
}

test('full, broken, pulled, hanging and slow: each is reported by name, passes, and no viewer notices', async () => {
  await using stick = await openVolume(STICK_BYTES);
  await using disk = await openLoopVolume();
  if (stick === undefined || disk === undefined) return;
  const target = (id: string, folder: string, isOwn: boolean) =>
    `{id: ${id}, folder: "${folder}", own_volume: ${isOwn}, reserve_mb: 0, reserve_pct: 0, policy: stop}`;
  await using box = await startBox([
    `recording.targets=[${target('stick', join(stick.folder, 'drops'), true)}, ${target('disk', join(disk.folder, 'drops'), true)}, ${target('card', 'recordings', false)}]`,
  ]);
  await box.ready();
  const recording = async () => (await box.state<BoxSnapshot>()).recording;
  await until(async () => (await recording()).every(({ lagMs }) => lagMs !== undefined), LONG_MS);
  const disks = async () => new Set((await recording()).flatMap((one) => one.disks ?? []));
  await until(async () => (await disks()).size === 3, LONG_MS, box.output);
  const over = new AbortController();
  const watching = watch(box.url, over.signal);
  // Whatever fails first is what is reported.
  watching.catch(() => undefined);

  const filler = join(stick.folder, 'filler');
  const stickFull = goesThrough(
    box,
    /^recording-stick-full$/,
    () => writeFile(filler, Buffer.alloc(STICK_BYTES)).catch(() => undefined),
    () => rm(filler),
  );
  // The stick's fault and the disk's do not touch each other.
  stickFull.catch(() => undefined);
  await goesThrough(box, /^recording-disk-hangs$/, disk.freeze, disk.thaw);
  // A sync that takes long enough is reported while it lasts, as one that never ends.
  if (await disk.slowDown(SLOW_BYTES_PER_S)) {
    await goesThrough(box, /^recording-disk-(slow|hangs)$/, async () => undefined, disk.speedUp);
  } else console.log('SKIPPED 1: this kernel cannot slow a disk down');
  await goesThrough(box, /^recording-disk-read-only$/, disk.breakDown, async () => {
    await disk.pull();
    await disk.mount();
  });
  await goesThrough(box, /^recording-disk-gone$/, disk.pull, disk.mount);
  await stickFull;

  over.abort();
  const seen = await watching;
  assert.equal(checkSeries(seen), []);
  for (const { text } of seen) assert.not.match(text, /EXT-X-GAP|EXT-X-DISCONTINUITY\n|GAP=YES/);
  const { children } = await box.state<BoxSnapshot>();
  assert.equal([children['media']?.restartsTotal, children['capture']?.restartsTotal], [0, 0]);
  await until(
    async () => (await recording()).every(({ phase }) => phase === 'recording'),
    LONG_MS,
    box.output,
  );
});

test.run();
