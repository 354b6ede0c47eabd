/** Whatever happens to a worker, and whenever: its run settles, and no process of it is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import { Dice } from '../../simulation/scenario.ts';
import { isAlive, until } from '../../support/box.ts';
import { seeded } from '../../support/seeded.ts';
import type { FromProgram, ProgramSettings, ToProgram } from './support/worker-program.ts';

const test = suite('ends of workers');
const entry = entryPoint(import.meta.url, './support/worker-program');
const SEED = Number(process.env['SEED'] ?? 4);
const ROUNDS = 6;
const AT_ONCE = 4;

const FAULTS = [
  'SIGSTOP',
  'SIGKILL',
  'SIGTERM',
  'block',
  'stand',
  'throw',
  'fail',
  'none',
] as const;

function draw(dice: Dice) {
  return {
    fault: dice.pick(FAULTS),
    atEnd: dice.pick(['send', 'hang', 'fail'] as const),
    /** Also while it loads. */
    faultMs: dice.pick([0, 20, 300, 1_500]),
    /** Asked to end, at the same time or later. */
    askedMs: dice.pick([0, 50, 6_000]),
    isLater: dice.isTrue(0.3),
  };
}

async function live({ fault, atEnd, faultMs, askedMs, isLater }: ReturnType<typeof draw>) {
  const worker = openWorker<ProgramSettings, ToProgram, FromProgram>(
    {
      ...{ name: 'program', entry, graceMs: 500 },
      ...{ silentMaxMs: 2_000, startMaxMs: 1, standsMaxMs: 2_000 },
    },
    { clock: systemClock, log: silentLog },
  );
  const pids: number[] = [];
  const ending = new AbortController();
  const settings: ProgramSettings = { name: 'it', atEnd };
  let outcome: 'runs' | 'resolved' | 'rejected' = 'runs';
  const run = {
    settings: isLater ? () => sleep(faultMs / 2).then(() => settings) : settings,
    onMessage: () => undefined,
    onStart: ({ pid }: { readonly pid: number }) => void pids.push(pid),
  };
  void worker.run(run, ending.signal).then(
    () => {
      outcome = 'resolved';
    },
    () => {
      outcome = 'rejected';
    },
  );
  await sleep(faultMs);
  const [pid = 0] = pids;
  if (fault.startsWith('SIG') && isAlive(pid)) process.kill(pid, fault);
  else if (fault !== 'none') worker.send(fault as ToProgram);
  await sleep(askedMs);
  const before = outcome as string;
  assert.is.not(before, 'resolved', 'nobody has asked it to end');
  ending.abort();
  await until(() => outcome !== 'runs', 60_000);
  if (before === 'runs') assert.is(outcome, 'resolved');
  await until(() => pids.every((one) => !isAlive(one)), 60_000);
}

test(`of ${ROUNDS * AT_ONCE} workers none stays, seed ${SEED}`, async () => {
  const dice = new Dice(seeded(SEED));
  for (let round = 0; round < ROUNDS; round += 1) {
    const drawn = Array.from({ length: AT_ONCE }, () => draw(dice));
    const each = async (one: ReturnType<typeof draw>) => {
      await live(one).catch((cause: unknown) => {
        throw new Error(JSON.stringify(one), { cause });
      });
    };
    await Promise.all(drawn.map(each));
  }
});

test.run();
