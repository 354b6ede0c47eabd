/** Devices of which the config says nothing: simulated in the demo only. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../../daemon/config/config.ts';
import { parseConfig } from '../../../daemon/config/file.ts';
import {
  type Found,
  followPrinter,
  withFoundDrivers,
} from '../../../daemon/devices/found-drivers.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';

const test = suite('devices of which the config says nothing');

const NOTHING: Found = { hasUsbPrinter: false, hasModemManager: false };
const ALL: Found = { hasUsbPrinter: true, hasModemManager: true };
const configOf = (...set: string[]) => parseConfig('box.yaml', '', set);
const driversOf = ({ printer, modems, panel, power }: Config) =>
  [printer.driver, modems.driver, panel.driver, power.board].join(' ');

test('are simulated in the demo, whatever the machine has', () => {
  const demo = withFoundDrivers(true, () => ALL);
  assert.is(driversOf(demo(configOf())), 'simulated simulated simulated simulated');
});

test('are what an installed box has, and none of them is simulated', () => {
  const bare = withFoundDrivers(false, () => NOTHING);
  assert.is(driversOf(bare(configOf())), 'none none none auto');
  const full = withFoundDrivers(false, () => ALL);
  assert.is(driversOf(full(configOf())), 'usb modem-manager none auto');
  assert.is(full(configOf()).printer.device, 'auto');
});

test('those that are named are taken as they are, also simulated ones', () => {
  const set = [
    'printer.driver=none',
    'modems.driver=none',
    'panel.driver=gpio',
    'power.board=none',
  ];
  const named = configOf(...set);
  for (const isDemo of [true, false]) {
    assert.is(driversOf(withFoundDrivers(isDemo, () => ALL)(named)), 'none none gpio none');
  }
  const simulated = configOf('printer.driver=simulated');
  assert.is(withFoundDrivers(false, () => ALL)(simulated).printer.driver, 'simulated');
});

test('a printer that is plugged in later is taken, and one that is pulled out is missed', async () => {
  let found = NOTHING;
  const completed = withFoundDrivers(false, () => found);
  const given = configOf();
  let current = completed(given);
  const stop = new AbortController();
  const live = {
    given: () => given,
    current: () => current,
    change: (config: Config) => {
      current = completed(config);
      stop.abort();
    },
  };
  found = ALL;
  const clock: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(1, signal) };
  await followPrinter(live, clock, stop.signal, () => found);
  assert.is(current.printer.driver, 'usb');
  found = NOTHING;
  assert.is(completed(given).printer.driver, 'usb');
});

test.run();
