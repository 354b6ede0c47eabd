/** Power cuts of a machine that takes orders; `npm run bench:ordercuts` does it 200 times. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findKernel, NoLab } from '../../../scripts/lab/power-cut/machine.ts';
import { cutPowerOfOrders } from '../../../scripts/lab/power-cut/order-cuts.ts';

const test = suite('order service that loses its power');
const CUTS = 3;
const ORDERS = 200;

test(`after each of ${CUTS} power cuts the ledger is whole, and has what buyers were answered`, async () => {
  const kernel = kernelOrSkip();
  if (kernel === undefined) return;
  let cuts = -1;
  let answered = 0;
  for await (const left of cutPowerOfOrders({ kernel, cuts: CUTS, orders: ORDERS, seed: 15 })) {
    assert.equal(left.faults, []);
    cuts += 1;
    answered = left.answered;
  }
  assert.equal([cuts, answered], [CUTS, ORDERS]);
});

function kernelOrSkip(): string | undefined {
  try {
    return findKernel();
  } catch (error) {
    if (!(error instanceof NoLab)) throw error;
    console.log(`SKIPPED 1: power cuts of orders: ${error.message}`);
    return undefined;
  }
}

test.run();
