/** Interfaces of links that have another name before a drop, or after a restart of the box. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { plannedLinks } from '../../../daemon/media/uplink-settings.ts';
import { openLinkInterfaces } from '../../../daemon/modems/link-interfaces.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Interfaces } from '../../../pipelines/uplink/renamed.ts';
import { until } from '../../support/box.ts';

const test = suite('interfaces of links');
const LONG_MS = 30_000;
const CONFIG = parseConfig(
  'box.yaml',
  'uplink: {host: 192.0.2.1, port: 5000, links: [{id: five, device: wwan0}, {id: cable, device: eth0}]}',
  [],
);
const STICK = { index: 4, place: '/sys/usb/1-1:1.4' };
const CABLE = { index: 2, place: '/sys/pci/eth' };

async function openBox(folder: string, present: Interfaces) {
  const seen = { present };
  const clock = {
    ...systemClock,
    sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(20, signal),
  };
  const os = { clock, log: silentLog, interfaces: async () => seen.present };
  const links = openLinkInterfaces(folder, () => CONFIG, os);
  const stop = new AbortController();
  const running = links.run(stop.signal);
  const devices = () =>
    plannedLinks(CONFIG, links.nameOf)
      .plannedLinks?.map(({ device }) => device)
      .join();
  return {
    links,
    seen,
    areCalled: (names: string) => until(() => devices() === names, LONG_MS),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

test('a modem that comes back under another name is planned by it, without a drop and after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-links-'));
  const first = new Map(Object.entries({ wwan0: STICK, eth0: CABLE }));
  const later = new Map(Object.entries({ wwan1: { ...STICK, index: 9 }, eth0: CABLE }));
  {
    await using box = await openBox(folder, first);
    await until(() => box.links.known()['wwan0']?.place === STICK.place, LONG_MS);
    box.seen.present = later;
    await box.areCalled('wwan1,eth0');
  }
  {
    await using box = await openBox(folder, later);
    await box.areCalled('wwan1,eth0');
    assert.is(box.links.known()['wwan0']?.place, STICK.place);
  }
  await writeFile(join(folder, 'link-interfaces.json'), '{"wwan0": 7}');
  {
    await using box = await openBox(folder, first);
    await box.areCalled('wwan0,eth0');
  }
  await rm(folder, { recursive: true });
});

test.run();
