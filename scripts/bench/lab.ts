/** Times of the hardware lab: how soon an unplugged device is reported, and back. */
import { spawnSync } from 'node:child_process';
import type { Figure } from './machine.ts';

export async function benchLab(): Promise<readonly Figure[]> {
  const lab = spawnSync('bash', ['scripts/lab.sh'], { encoding: 'utf8', timeout: 600_000 });
  if (lab.status !== 0) throw new Error(lab.stdout.trimEnd().split('\n').at(-1) ?? 'no output');
  return [...lab.stdout.matchAll(/TIME (.+): (\d+) ms, goal (\d+) ms/g)].map(
    ([, name = '', tookMs, goalMs]) => ({ name, value: `${tookMs} ms`, goal: `<= ${goalMs} ms` }),
  );
}
