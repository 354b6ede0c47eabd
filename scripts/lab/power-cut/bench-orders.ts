/**
 * `npm run bench:ordercuts [-- CUTS [ORDERS [SEED]]]`: cuts the power of a whole machine while it
 * takes 10,000 orders, 200 times, and says what of the answers to buyers is in its ledger.
 */
import { printFigures, saveFigures, watchMachine } from '../../bench/machine.ts';
import { findKernel } from './machine.ts';
import { cutPowerOfOrders, type LeftLedger } from './order-cuts.ts';

const [cuts = 200, orders = 10_000, seed = 1] = process.argv.slice(2).map(Number);
const machine = watchMachine();
const all: LeftLedger[] = [];
for await (const left of cutPowerOfOrders({ kernel: findKernel(), cuts, orders, seed })) {
  all.push(left);
  const { answered, onTheWay, isTorn, isOpening, faults } = left;
  const what = `${answered} answered, ${onTheWay} on the way`;
  const more = `${isTorn ? ', a torn write' : ''}${isOpening ? ', opening' : ''}`;
  console.error(
    `${all.length <= cuts ? `cut ${all.length} of ${cuts}` : 'the end'}: ${what}${more}`,
  );
  for (const fault of faults) console.error(`  ${fault}`);
}
const count = (isCounted: (one: LeftLedger) => boolean) =>
  all.slice(0, cuts).filter(isCounted).length;
const figures = [
  { name: 'power cuts', value: `${all.length - 1}`, goal: `${cuts}` },
  { name: 'orders answered', value: `${all.at(-1)?.answered}`, goal: `${orders}` },
  {
    name: 'answers lost or changed, ledgers damaged, numbers given twice or left out',
    value: `${all.flatMap(({ faults }) => faults).length}`,
    goal: '0',
  },
  {
    name: 'cuts with orders on their way',
    value: `${count((one) => one.onTheWay > 0)}`,
    goal: '-',
  },
  { name: 'cuts that tore a write', value: `${count((one) => one.isTorn)}`, goal: '-' },
  {
    name: 'cuts while the ledger was opened',
    value: `${count((one) => one.isOpening)}`,
    goal: '-',
  },
];
const seen = machine();
printFigures('power cuts of orders', figures, seen);
saveFigures('order-cuts', figures, seen);
if (all.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
