/** What the interfaces of the links are, on the disk, and what they are called now: before a drop, too. */
import { join } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { watchNetwork } from '../../hal/os/network.ts';
import { openSaved } from '../../hal/os/state/saved.ts';
import type { Task } from '../../hal/os/task.ts';
import {
  FollowedInterfaces,
  type KnownInterfaces,
  readInterfaces,
} from '../../pipelines/uplink/renamed.ts';
import type { Config } from '../config/config.ts';
import { wantedLinks } from '../media/uplink-settings.ts';

/** The kernel's numbers are of one run of the machine. */
const savedSchema = v.record(
  v.string(),
  v.object({ place: v.optional(v.string()), mac: v.optional(v.string()) }),
);

export interface LinkInterfaces {
  /** By their names in the config. */
  readonly known: () => KnownInterfaces;
  /** What an interface of the config is called now. */
  readonly nameOf: (device: string) => string;
  readonly run: Task;
}

export function openLinkInterfaces(
  folder: string,
  config: () => Pick<Config, 'uplink'>,
  os: { readonly clock: Clock; readonly log: Log; readonly interfaces?: typeof readInterfaces },
): LinkInterfaces {
  const { log, interfaces = readInterfaces } = os;
  const path = join(folder, 'link-interfaces.json');
  const what = 'interfaces of links';
  const saved = openSaved<KnownInterfaces>(path, savedSchema, { what, log });
  const followed = new FollowedInterfaces(saved.value);
  let names: ReadonlyMap<string, string> = new Map();
  const follow = async (): Promise<void> => {
    const links = config().uplink?.links ?? [];
    if (!links.some(({ device }) => device !== undefined)) return;
    const wanted = wantedLinks({ links }, {});
    const present = followed.follow(wanted, await interfaces());
    names = new Map(wanted.map(({ device = '' }, i) => [device, present[i]?.device ?? device]));
    await saved.save(followed.known());
  };
  return {
    known: () => followed.known(),
    nameOf: (device) => names.get(device) ?? device,
    run: (signal) => watchNetwork(follow, os, signal),
  };
}
