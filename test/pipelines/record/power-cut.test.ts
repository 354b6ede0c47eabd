import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cut, cutPower, prepareGuest } from '../../../scripts/lab/power-cut/cuts.ts';
import { findKernel, NoLab } from '../../../scripts/lab/power-cut/machine.ts';
import { probe } from '../../support/movies.ts';
import { playInChromium } from '../../support/play.ts';

const test = suite('power cuts');
const CUTS = 20;
const MACHINES = 2;
const LOST_MAX_US = 1_000_000;

/** Several machines at once: most of a boot is waiting. */
async function cutAll(kernel: string, work: string): Promise<readonly Cut[]> {
  const run = async (machine: number) => {
    const own = join(work, String(machine));
    await prepareGuest(own);
    const cuts: Cut[] = [];
    for await (const cut of cutPower(kernel, own, CUTS / MACHINES)) cuts.push(cut);
    return cuts;
  };
  return (await Promise.all(Array.from({ length: MACHINES }, (_, i) => run(i)))).flat();
}

function kernelOrSkip(): string | undefined {
  try {
    return findKernel();
  } catch (error) {
    if (!(error instanceof NoLab)) throw error;
    console.log(`SKIPPED 1: ${CUTS} power cuts: ${error.message}`);
    return undefined;
  }
}

test(`after each of ${CUTS} cuts of the whole machine's power both copies hold all but the last second, all that was acknowledged, and play`, async () => {
  const kernel = kernelOrSkip();
  if (kernel === undefined) return;
  const work = await mkdtemp(join(tmpdir(), 'venuebox-cuts-'));
  try {
    const cuts = await cutAll(kernel, work);
    assert.is(cuts.length, CUTS);
    for (const { copies, publishedUs } of cuts) {
      assert.equal(
        copies.map(({ disk }) => disk),
        ['a', 'b'],
      );
      for (const { endUs, safeUs, journal, bytes, moviePath } of copies) {
        assert.ok(publishedUs - endUs <= LOST_MAX_US, `${(publishedUs - endUs) / 1e6} s lost`);
        assert.ok(endUs >= safeUs, `acknowledged ${safeUs}, recovered ${endUs}`);
        assert.is(journal.end?.bytes, bytes.length);
        assert.is(journal.end?.reason, 'cut off');
        const played = await probe(moviePath);
        assert.is(played.complaints, '');
        assert.ok(played.frames.video > 0 && played.frames.audio > 0);
      }
      const [short, long] = copies.toSorted((a, b) => a.bytes.length - b.bytes.length);
      assert.ok(short?.bytes.equals(long?.bytes.subarray(0, short.bytes.length) as Buffer));
    }
    const movies = cuts.flatMap(({ copies }) => copies.map(({ moviePath }) => moviePath));
    for (const { path, error } of await playInChromium(movies)) assert.is(error, '', path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});

test.run();
