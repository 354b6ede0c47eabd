/**
 * `npm run bench:updatecuts [-- CUTS [SEED]]`: cuts the power of a machine while it updates itself,
 * 200 times, and says what came up. Ctrl-C ends it after the next cut, with its table.
 */
import { printFigures, saveFigures, watchMachine } from '../../bench/machine.ts';
import { findKernel } from '../power-cut/machine.ts';
import { cutUpdates, MOMENTS, type UpdateCut } from './cuts.ts';
import { openUpdateWorkshop } from './workshop.ts';

const asked = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 1);
const machine = watchMachine();
const kernel = findKernel();
using workshop = await openUpdateWorkshop();

let isOver = false;
process.once('SIGINT', () => {
  isOver = true;
});
const cuts: UpdateCut[] = [];
for await (const cut of cutUpdates(kernel, workshop, asked, seed)) {
  cuts.push(cut);
  const { moment, last, ran, faults } = cut;
  const told = faults.length === 0 ? '' : `: ${faults.join('; ')}`;
  if (isOver) break;
  console.error(`cut ${cuts.length} of ${asked}, ${moment}, after “${last}”: ${ran}${told}`);
}
const at = MOMENTS.map(
  (moment) => `${moment} ${cuts.filter((cut) => cut.moment === moment).length}`,
);
const broken = cuts.filter(({ faults }) => faults.length > 0);
const versions = new Set(cuts.map(({ ran }) => ran));
const starts = cuts.map(({ afterMs }) => afterMs).filter((ms) => ms > 0);
const figures = [
  { name: 'power cuts during updates', value: String(cuts.length), goal: String(asked) },
  { name: 'after which word of the machine', value: at.join(', '), goal: 'each' },
  {
    name: 'after which no version worked, or a wrong one',
    value: String(broken.length),
    goal: '0',
  },
  { name: 'versions that came up', value: String(versions.size), goal: '> 1' },
  {
    name: 'until a version worked, most',
    value: `${(Math.max(0, ...starts) / 1000).toFixed(1)} s`,
    goal: 'none',
  },
];
const seen = machine();
printFigures(`power cuts during updates, seed ${seed}`, figures, seen);
saveFigures('update-cuts', figures, seen);
process.exitCode = broken.length === 0 ? 0 : 1;
