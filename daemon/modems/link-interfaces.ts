/** What the interfaces of the links are, on the disk, and what they are called now: before a drop, too. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../hal/os/clock.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { watchNetwork } from '../../hal/os/network.ts';
import { saveFile } from '../../hal/os/save-file.ts';
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

export async function openLinkInterfaces(
  folder: string,
  config: () => Pick<Config, 'uplink'>,
  os: { readonly clock: Clock; readonly log: Log; readonly interfaces?: typeof readInterfaces },
): Promise<LinkInterfaces> {
  const { log, interfaces = readInterfaces } = os;
  const path = join(folder, 'link-interfaces.json');
  const text = await readFile(path, 'utf8').catch(() => '');
  const followed = new FollowedInterfaces(parseAs(savedSchema, text));
  let saved = JSON.stringify(followed.known());
  let names: ReadonlyMap<string, string> = new Map();
  const follow = async (): Promise<void> => {
    const links = config().uplink?.links ?? [];
    if (!links.some(({ device }) => device !== undefined)) return;
    const wanted = wantedLinks({ links }, {});
    const present = followed.follow(wanted, await interfaces());
    names = new Map(wanted.map(({ device = '' }, i) => [device, present[i]?.device ?? device]));
    const next = JSON.stringify(followed.known());
    if (next === saved) return;
    try {
      await saveFile(path, next);
      saved = next;
    } catch (error) {
      log.debug('interfaces of links not saved', { path, reason: messageOf(error) });
    }
  };
  return {
    known: () => followed.known(),
    nameOf: (device) => names.get(device) ?? device,
    run: (signal) => watchNetwork(follow, os, signal),
  };
}
