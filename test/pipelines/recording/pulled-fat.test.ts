/** Disks with the file systems of sticks, pulled out while the box records. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { prepareGuest } from '../../../scripts/lab/power-cut/cuts.ts';
import { findFatKernel, NoLab } from '../../../scripts/lab/power-cut/machine.ts';
import { pullDisks } from '../../../scripts/lab/power-cut/pulled.ts';
import { probe } from '../../support/media/movies.ts';

const test = suite('disks pulled out');
const PULLS = 1;

for (const format of ['vfat', 'exfat'] as const) {
  test(`a recording on ${format} opens on a laptop, without any repair, whenever its disk was pulled`, async () => {
    let kernel: string;
    try {
      kernel = findFatKernel();
    } catch (error) {
      if (!(error instanceof NoLab)) throw error;
      console.log(`SKIPPED 1: ${format} disks pulled out: ${error.message}`);
      return;
    }
    const { work, remove } = await prepareGuest();
    try {
      let disks = 0;
      for await (const { movies } of pullDisks(kernel, work, PULLS, format)) {
        disks += 1;
        assert.is(movies.length, 1);
        const { complaints, frames } = await probe(movies[0] ?? '');
        assert.is(complaints, '');
        assert.ok(frames.video > 0 && frames.audio > 0, JSON.stringify(frames));
      }
      assert.is(disks, 2 * PULLS);
    } finally {
      remove();
    }
  });
}

test.run();
