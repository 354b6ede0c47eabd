/** 200 tickets on the USB printer gadget: `LAB_TIMEOUT_S=5400 scripts/lab.sh slow/prints`. */
import { suite } from 'uvu';
import { assertEachOnce } from '../support/print-evening.ts';

const test = suite('lab: 200 tickets over faults of printer and box');
/** Of each printer, for a machine that others use too. */
const LIMIT_MS = 1_700_000;

test('confirmed by the process id: each of 80 tickets once, or flagged', () =>
  assertEachOnce({ model: 'epson-80', tickets: 80, seed: 1, limitMs: LIMIT_MS }));

test('confirmed by the paper sensor: each of 60 tickets once, or flagged', () =>
  assertEachOnce({ model: 'generic-80', tickets: 60, seed: 2, limitMs: LIMIT_MS }));

test('known by its status alone: each of 60 tickets once, or flagged', () =>
  assertEachOnce({ model: 'generic-58', tickets: 60, seed: 3, limitMs: LIMIT_MS }));

test.run();
