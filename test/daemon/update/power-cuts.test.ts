/** Power cuts of a whole machine while it is updated; `npm run bench:updatecuts` makes 200 of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findKernel, NoLab } from '../../../scripts/lab/power-cut/machine.ts';
import { cutUpdates, type UpdateCut } from '../../../scripts/lab/update-cuts/cuts.ts';
import { openUpdateWorkshop } from '../../../scripts/lab/update-cuts/workshop.ts';

const test = suite('power cuts during updates');

const CUTS = 3;
const SEED = Number(process.env['SEED'] ?? 1);

function kernelOrSkip(): string | undefined {
  try {
    return findKernel();
  } catch (error) {
    if (!(error instanceof NoLab)) throw error;
    console.log(`skipped: ${error.message}`);
    return undefined;
  }
}

test(`after each of ${CUTS} a version works, and none is lost that had proved itself (seed ${SEED})`, async () => {
  const kernel = kernelOrSkip();
  if (kernel === undefined) return;
  using workshop = await openUpdateWorkshop();
  const cuts: UpdateCut[] = [];
  for await (const cut of cutUpdates(kernel, workshop, CUTS, SEED)) cuts.push(cut);
  assert.is(cuts.length, CUTS);
  for (const { moment, last, ran, faults } of cuts) {
    assert.equal(faults, [], `cut at ${moment} after “${last}”, then ${ran}`);
  }
});

test.run();
