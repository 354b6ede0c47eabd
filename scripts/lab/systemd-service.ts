import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { runControl } from '../../daemon/control/server.ts';
import { runHeartbeat } from '../../daemon/heartbeat/run.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { openLog } from '../../hal/os/log.ts';
import { openNotify } from '../../hal/os/notify.ts';
import { runAll } from '../../hal/os/task.ts';
import { readClockSync } from '../../hal/system/timex.ts';
import { WELL } from '../../test/support/snapshot.ts';

/**
 * The service of scripts/lab/systemd.sh: heartbeat and control socket of the box
 * under its real unit, a child in a process group of its own, and a try of what
 * the sandbox must allow and what it must not.
 */
const run = process.env['RUNTIME_DIRECTORY'] ?? '';
const state = process.env['STATE_DIRECTORY'] ?? '';

// As the box does for a wrong config.
if (existsSync(`${state}/wrong-config`)) process.exit(78);

const attempts: Readonly<Record<string, () => unknown>> = {
  try_etc: () => writeFileSync('/etc/venuebox-was-here', ''),
  try_usr: () => writeFileSync('/usr/venuebox-was-here', ''),
  try_srv: () => writeFileSync('/srv/venuebox/was-here', ''),
  try_clock: () => {
    if (readClockSync().phase === 'unknown') throw new Error('unknown');
  },
};
const lines = Object.entries(attempts).map(([name, attempt]) => {
  try {
    attempt();
    return `${name}=yes`;
  } catch (error) {
    return `${name}=${(error as NodeJS.ErrnoException).code ?? 'no'}`;
  }
});
const rule = await succeeds('ip', 'rule', 'add', 'from', '192.0.2.1', 'lookup', '77');
const settime = await succeeds('date', '-s', '2020-01-01');
const home = await succeeds('ls', '/root', '/home');
const found = [...lines, `try_ip_rule=${rule}`, `try_set_clock=${settime}`, `try_home=${home}`];
writeFileSync(`${state}/tried`, `${found.join('\n')}\n`);

const child = spawn('sleep', ['54321'], { detached: true, stdio: 'ignore' });
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());
const log = openLog('info', 'journal');
const media = WELL.media;
let parts = 0;
const snapshot = () => {
  const isStill = existsSync(`${run}/stand-still`);
  if (!isStill) parts += 5;
  return media === undefined || isStill
    ? WELL
    : { ...WELL, media: { ...media, partsTotal: parts } };
};
using notify = openNotify(process.env['NOTIFY_SOCKET'], log);
const watchdogUsec = Number(process.env['WATCHDOG_USEC']);
const commander = { run: () => Promise.reject(new Error('this is a lab')) };
await runAll(
  [
    (signal) => runHeartbeat({ notify, watchdogUsec, snapshot, clock: systemClock, log }, signal),
    (signal) =>
      runControl(`${run}/control.sock`, { snapshot, commander, clock: systemClock, log }, signal),
  ],
  ending.signal,
);
child.kill();

function succeeds(command: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const tried = spawn(command, args, { stdio: 'ignore' });
    tried.once('error', () => resolve('missing'));
    tried.once('exit', (code) => resolve(code === 0 ? 'yes' : 'no'));
  });
}
