/** Announces the box on the network, so that it is found without its address, as `<its name>.local` too. */
import { networkInterfaces } from 'node:os';
import { pause, untilAborted } from '../../hal/os/async.ts';
import { type Announcement, announce } from '../../hal/os/avahi.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import { type Config, ownName } from '../config/config.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { HostNames } from './host-names.ts';
import { type AnnouncedBox, BOX_TYPE, hostAddressesOf, servicesOf } from './services.ts';

export interface AnnounceDeps extends ClockAndLog {
  readonly announced: AnnouncedBox;
  readonly snapshot: () => Pick<BoxSnapshot, 'drop'>;
  /** Of another bus than the system's, and of another machine, for tests. */
  readonly busAddress?: string;
  readonly interfaces?: typeof networkInterfaces;
}

const POLL_MS = 1_000;
const RETRY_MS = 10_000;

/** The task of a box that is announced; it waits where the config forbids it. */
export function announcing(
  { box: { name, announce: isWanted }, viewers, operator }: Config,
  deps: Omit<AnnounceDeps, 'announced'> & { readonly version: string },
): Task {
  const ports = { viewersPort: viewers.port, operatorPort: operator.port };
  const announced = { name, ownName: ownName(), version: deps.version, ...ports };
  return isWanted ? (signal) => runAnnouncing({ ...deps, announced }, signal) : untilAborted;
}

/** Announces until `signal` aborts; without avahi it waits for one. Never fails. */
export async function runAnnouncing(deps: AnnounceDeps, signal: AbortSignal): Promise<void> {
  const { announced, snapshot, clock, log, busAddress, interfaces = networkInterfaces } = deps;
  let reported = '';
  const follow = async (announcement: Announcement, ends: AbortSignal) => {
    log.info('announced on the network', { name: announcement.name });
    reported = '';
    let shown = snapshot().drop.phase;
    const own = [...new Set([announced.name, announced.ownName])];
    const names = new HostNames(announcement, own, { clock, log });
    do {
      await names.follow(hostAddressesOf(interfaces()));
      const { phase } = snapshot().drop;
      const box = servicesOf(announced, phase).find(({ type }) => type === BOX_TYPE);
      if (phase === shown || box === undefined) continue;
      await announcement.update(box);
      shown = phase;
    } while (await pause(clock, POLL_MS, ends));
  };
  while (!signal.aborted) {
    const services = servicesOf(announced, snapshot().drop.phase);
    try {
      await announce(announced.name, services, clock, follow, signal, busAddress);
    } catch (error) {
      if (signal.aborted) return;
      const reason = messageOf(error);
      // No fault: a box without avahi works by its address.
      if (reason !== reported) log.info('not announced on the network', { reason });
      reported = reason;
    }
    await pause(clock, RETRY_MS, signal);
  }
}
