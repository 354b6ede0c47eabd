/**
 * Runs as the service does, in scripts/lab/systemd.sh: tries what the sandbox must
 * allow and what it must not, and prints what came of it as KEY=VALUE lines.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { systemClock } from '../../hal/os/clock.ts';
import { openClockSync } from '../../hal/system/clock-sync.ts';

const attempts: Readonly<Record<string, () => unknown>> = {
  try_etc: () => writeFileSync('/etc/venuebox-was-here', ''),
  try_usr: () => writeFileSync('/usr/venuebox-was-here', ''),
  try_srv: () => writeFileSync('/srv/venuebox/was-here', ''),
  // A file of sysfs that belongs to root: the mount lets it through, its mode does not.
  try_sysfs: () => writeFileSync('/sys/class/net/lo/mtu', '65536'),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    console.log(`${name}=yes`);
  } catch (error) {
    console.log(`${name}=${(error as NodeJS.ErrnoException).code ?? 'no'}`);
  }
}
console.log(
  `try_ip_rule=${await succeeds('ip', 'rule', 'add', 'from', '192.0.2.1', 'lookup', '77')}`,
);
const { phase } = await openClockSync(systemClock)(AbortSignal.timeout(60_000));
console.log(`try_clock=${phase === 'unknown' ? 'no' : 'yes'}`);
console.log(`try_set_clock=${await succeeds('date', '-s', '2020-01-01')}`);
console.log(`try_home=${await succeeds('ls', '/root', '/home')}`);

function succeeds(command: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const tried = spawn(command, args, { stdio: 'ignore' });
    tried.once('error', () => resolve('missing'));
    tried.once('exit', (code) => resolve(code === 0 ? 'yes' : 'no'));
  });
}
