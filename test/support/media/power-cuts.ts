/** Asserts that recordings survive power cuts of a machine. */
import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import {
  type Cut,
  cutPower,
  type Moment,
  prepareGuest,
} from '../../../scripts/lab/power-cut/cuts.ts';
import { findKernel, NoLab } from '../../../scripts/lab/power-cut/machine.ts';
import { probe } from './movies.ts';
import { playInChromium } from './play.ts';

/** A second is the promise, which npm run bench:powercut measures; a starved kernel writes later. */
const LOST_MAX_US = 3_000_000;

/** Cuts the power of a machine so many times, and holds what is left against what it had promised. */
export async function assertSurvives(count: number, moment: Moment): Promise<void> {
  const kernel = kernelOrSkip(count);
  if (kernel === undefined) return;
  const { work, remove } = await prepareGuest();
  try {
    const cuts: Cut[] = [];
    for await (const cut of cutPower(kernel, work, count, moment)) {
      await assertWhole(cut);
      assert.equal(cut.changed, []);
      cuts.push(cut);
    }
    assert.is(cuts.length, count);
    const movies = cuts.flatMap(({ copies }) => copies.map(({ moviePath }) => moviePath));
    assert.ok(movies.length > 0);
    for (const { path, error } of await playInChromium(movies)) assert.is(error, '', path);
  } finally {
    remove();
  }
}

/**
 * Cuts the power soon after a recording was ended and the next one began: both
 * copies say that they are complete, and are the same.
 */
export async function assertEndedStays(count: number): Promise<void> {
  const kernel = kernelOrSkip(count);
  if (kernel === undefined) return;
  const { work, remove } = await prepareGuest();
  try {
    const ended: string[] = [];
    for await (const { copies, changed } of cutPower(kernel, work, count, 'ended')) {
      assert.equal(changed, []);
      const complete = copies.filter(({ journal }) => journal.end?.isComplete);
      assert.equal(
        complete.map(({ disk }) => disk),
        ['a', 'b'],
      );
      for (const { journal, bytes, moviePath } of complete) {
        assert.ok(bytes.equals(complete[0]?.bytes as Buffer));
        assert.is(journal.end?.sha256, createHash('sha256').update(bytes).digest('hex'));
        assert.is((await probe(moviePath)).complaints, '');
        ended.push(moviePath);
      }
    }
    assert.is(ended.length, 2 * count);
    for (const { path, error } of await playInChromium(ended)) assert.is(error, '', path);
  } finally {
    remove();
  }
}

async function assertWhole({
  copies,
  publishedUs,
  beganUs,
  safeUs,
  starvedMs,
}: Cut): Promise<void> {
  for (const disk of ['a', 'b']) {
    const own = copies.filter((copy) => copy.disk === disk);
    assert.ok(own.length <= 1);
    const endUs = own[0]?.endUs ?? beganUs;
    const lostUs = Math.max(0, publishedUs - endUs);
    // A machine that its host does not run cannot sync; that is no loss of the recorder's.
    const allowedUs = LOST_MAX_US + starvedMs * 1000;
    assert.ok(lostUs <= allowedUs, `${disk}: ${lostUs / 1e6} s lost, starved ${starvedMs} ms`);
    assert.ok(endUs >= (safeUs[disk] ?? 0), `${disk}: acknowledged ${safeUs[disk]}, has ${endUs}`);
  }
  for (const { journal, bytes, moviePath } of copies) {
    assert.is(journal.end?.bytes, bytes.length);
    assert.is(journal.end?.reason, 'cut off');
    assert.is(journal.end?.isComplete, false);
    const { complaints, frames } = await probe(moviePath);
    assert.is(complaints, '');
    assert.ok(frames.video > 0);
  }
  const [short, long] = copies.toSorted((a, b) => a.bytes.length - b.bytes.length);
  if (short === undefined || long === undefined) return;
  assert.ok(short.bytes.equals(long.bytes.subarray(0, short.bytes.length)));
}

function kernelOrSkip(count: number): string | undefined {
  try {
    return findKernel();
  } catch (error) {
    if (!(error instanceof NoLab)) throw error;
    console.log(`SKIPPED 1: ${count} power cuts: ${error.message}`);
    return undefined;
  }
}
