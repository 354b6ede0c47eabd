/**
 * The network helper: the one program of the box that sets rules, queues and forwarding. systemd
 * starts it, with its socket, when the box asks for it (systemd/venuebox-network.service).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { systemClock } from '../../os/clock.ts';
import { openLog } from '../../os/log.ts';
import { runCommand } from '../../os/process.ts';
import { GUESTS_ADDRESS } from '../plan.ts';
import { Networks } from './apply.ts';
import { serveBox } from './serve.ts';

/** sd_listen_fds(3). */
const FIRST_FD = 3;
const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

const log = openLog('info', 'journal');
const server = createServer();
const [, , path] = process.argv;
if (process.env['LISTEN_FDS'] === '1') server.listen({ fd: FIRST_FD });
else if (path !== undefined) server.listen(path);
else {
  log.error('no socket: systemd starts this program by venuebox-network.socket');
  process.exit(2);
}
const ending = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => ending.abort());

const networks = new Networks({
  run: runCommand,
  readForwarding: () => readFileSync(FORWARDING, 'utf8').trim() === '1',
  writeForwarding: (isOn) => writeFileSync(FORWARDING, isOn ? '1' : '0'),
});
const hasGuests = (device: string) =>
  (networkInterfaces()[device] ?? []).some(({ address }) => address === GUESTS_ADDRESS);
await serveBox(server, { networks, hasGuests, clock: systemClock, log }, ending.signal);
