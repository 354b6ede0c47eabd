/** Processes that die or hang: those of the box, and those it talks to. */
import { isAlive, until } from '../../test/support/box.ts';
import type { Fault } from './fault.ts';
import type { Child, Venue } from './venue.ts';

const CHILDREN: readonly Child[] = [
  ...(['media', 'capture', 'source', 'uplink', 'recording', 'clips', 'whep'] as const),
];

/** Lost with a media process: what it had not published, and its start. On a machine that is busy longer. */
const HOLE_MAX_S: Readonly<Partial<Record<Child, number>>> = { media: 20, capture: 2 };
/** It is found to hang first, in its first half minute later. */
const HUNG_HOLE_MAX_S: Readonly<Partial<Record<Child, number>>> = { media: 40, capture: 2 };
const REPLACED_MS = 120_000;

export const PROCESS_FAULTS: readonly Fault[] = [
  ...CHILDREN.map(
    (child): Fault => ({
      name: `${child} killed`,
      lastsS: [0, 1],
      holeMaxS: HOLE_MAX_S[child] ?? 0,
      begin: async (venue, dice) => {
        const pid = dice.pick(venue.childrenOf(child));
        if (pid === undefined) return undefined;
        process.kill(pid, 'SIGKILL');
        return () => isReplaced(venue, child, pid);
      },
    }),
  ),
  ...CHILDREN.map(
    (child): Fault => ({
      name: `${child} stopped`,
      lastsS: [0, 1],
      holeMaxS: HUNG_HOLE_MAX_S[child] ?? 0,
      begin: async (venue, dice) => {
        const pid = dice.pick(venue.childrenOf(child));
        if (pid === undefined) return undefined;
        process.kill(pid, 'SIGSTOP');
        return () => isReplaced(venue, child, pid);
      },
    }),
  ),
  {
    name: 'relay stopped',
    lastsS: [1, 15],
    begin: async ({ farEnd }) => {
      const pid = farEnd.relayPid();
      process.kill(pid, 'SIGSTOP');
      return () => void process.kill(pid, 'SIGCONT');
    },
  },
  {
    name: 'relay killed',
    lastsS: [1, 15],
    begin: async ({ farEnd }) => {
      process.kill(farEnd.relayPid(), 'SIGKILL');
      return () => farEnd.restartRelay();
    },
  },
];

/** Killed by the box where it hung, and another one runs. */
async function isReplaced(venue: Venue, child: Child, pid: number): Promise<void> {
  const isDone = () => !isAlive(pid) && venue.childrenOf(child).length > 0;
  await until(isDone, REPLACED_MS, () => `${child} ${pid} was not replaced`);
}
