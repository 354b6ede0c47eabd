/** Measures what a watching viewer notices of attacks on the box. */
import { spawn } from 'node:child_process';
import { startDetailedBox } from '../../../test/support/box.ts';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import { type Figure, residentMb, round } from '../machine.ts';
import { runLoad } from '../viewers.ts';
import type { AttackKind } from './attacker.ts';

/** What the attacker does, for the table. */
const ATTACKS: readonly (readonly [AttackKind | 'none', string])[] = [
  ['none', 'no attack'],
  ['malformed', 'damaged requests of 50 addresses'],
  ['reset', 'requests that are reset 1 to 6 ms later, of 100 addresses'],
  ['half-open', '2,000 half requests of 100 addresses'],
  ['unread', '400 connections of 50 addresses that ask for large files and never read'],
  ['fill', '24 addresses that want 6,000 connections'],
  ['held', '24 addresses that hold 20,000 requests for what is not there yet'],
  ['pushes', '2,000 pushed streams of 24 addresses that are never read'],
  ['offers', 'WebRTC offers and endings with made-up names, of 100 addresses'],
  ['pipelined', '2,300 requests at once on each connection, of 24 addresses, to both ports'],
  ['pins', 'wrong PINs of 24 addresses'],
  ['page', '3 addresses that want 300 connections of the operator’s page'],
];
const VIEWERS = 5;

/** Five viewers beside each attack in turn, on one box. */
export async function benchAttack(): Promise<readonly Figure[]> {
  // Without a port there is nothing that answers offers.
  await using box = await startDetailedBox([`viewers.whep.port=${await freeUdpPort()}`]);
  await box.ready();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const figures: Figure[] = [];
  for (const [kind, what] of ATTACKS) {
    const attacker = kind === 'none' ? undefined : startAttacker(kind, box);
    const load = runLoad(box.url, VIEWERS, 'part');
    const { waitP50Ms, waitP99Ms, failed, parts } = await load.report;
    const done = attacker?.stop() ?? 0;
    const mb = residentMb(box.childPid('media') ?? 0);
    figures.push({
      name: `${what} (${done} connections)`,
      value: `p50 ${round(waitP50Ms, 0)}, p99 ${round(waitP99Ms, 0)} ms (${parts}), ${failed} failed, media ${round(mb, 0)} MB`,
      goal: 'none failed',
    });
    // What an attack has left behind ends by itself.
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
  return figures;
}

function startAttacker(
  kind: AttackKind,
  { url, operatorUrl }: { readonly url: string; readonly operatorUrl: string },
): { stop(): number } {
  const ports = [url, operatorUrl].map((one) => new URL(one).port);
  const args = ['--import', 'tsx', 'scripts/bench/attack/attacker.ts', kind, ...ports];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    last = text.trimEnd().split('\n').at(-1) ?? last;
  });
  return {
    stop: () => {
      child.kill('SIGKILL');
      return last === '' ? 0 : (JSON.parse(last) as { done: number }).done;
    },
  };
}
