/** Tests of GPIO inputs and lamps on a simulated chip. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { watchInputs } from '../../../hal/gpio/inputs.ts';
import { openGpioLamp } from '../../../hal/gpio/lamps.ts';
import type { InputChange, InputSpec } from '../../../hal/gpio/port.ts';
import { type PressChange, watchPresses } from '../../../hal/gpio/presses.ts';
import { openLineDriver, probeGpio } from '../../../hal/gpio/probe.ts';
import { ChangeQueue } from '../../../hal/gpio/queue.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { findSysfsNumber, listSysfsChips } from '../../../hal/gpio/sysfs.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('GPIO inputs and lamps');
const os = { clock: systemClock, log: silentLog };

const button = (name: string): InputSpec => ({
  name,
  line: name,
  isActiveLow: true,
  bias: 'pull-up',
  debounceMs: 20,
});

/** Runs the clock twenty times as fast, so that a retry takes 50 ms. */
const fastClock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 20,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 20, signal),
};

async function next<T>(iterator: AsyncIterator<T>): Promise<T> {
  const { value, done } = await iterator.next();
  if (done) throw new Error('it ended');
  return value;
}

test('the levels come first, then each edge', async () => {
  const gpio = openSimulatedGpio(systemClock);
  const stop = new AbortController();
  gpio.press('a');
  const inputs = watchInputs(gpio.driver, [button('a'), button('b')], os);
  const changes = inputs.changes(stop.signal)[Symbol.asyncIterator]();
  const first = await next<InputChange>(changes);
  assert.is(first.kind, 'levels');
  assert.equal(first.kind === 'levels' && [...first.active], ['a']);
  const edge = next<InputChange>(changes);
  await Promise.resolve();
  gpio.press('b');
  const reported = await edge;
  assert.equal({ ...reported, atMs: 0 }, { kind: 'edge', name: 'b', isActive: true, atMs: 0 });
  const last = changes.next();
  stop.abort();
  assert.is((await last).done, true);
});

test('an unplugged chip is reported once, and its levels when it is back', async () => {
  const gpio = openSimulatedGpio(fastClock);
  const stop = new AbortController();
  const inputs = watchInputs(gpio.driver, [button('a')], { ...os, clock: fastClock });
  const kinds: string[] = [];
  for await (const change of inputs.changes(stop.signal)) {
    kinds.push(change.kind);
    if (kinds.length === 1) gpio.unplug();
    if (change.kind === 'gone') setTimeout(() => gpio.replug(), 120);
    if (kinds.length === 3) stop.abort();
  }
  assert.equal(kinds, ['levels', 'gone', 'levels']);
});

test('a hold is reported while nothing else happens', async () => {
  const gpio = openSimulatedGpio(fastClock);
  const stop = new AbortController();
  const inputs = watchInputs(gpio.driver, [button('a')], { ...os, clock: fastClock });
  const reported: PressChange[] = [];
  for await (const change of watchPresses(inputs, fastClock, stop.signal)) {
    reported.push(change);
    if (change.kind === 'levels') setTimeout(() => gpio.press('a'), 60);
    if (change.kind === 'press') stop.abort();
  }
  assert.equal(
    reported.map((change) => (change.kind === 'press' ? change.length : change.kind)),
    ['levels', 'hold-reached', 'very-long', 'held'],
  );
});

test('a button that was down at the start counts as held until it is verified', async () => {
  const edge = (isActive: boolean, atMs: number) =>
    ({ kind: 'edge', name: 'a', isActive, atMs }) as const;
  const changes = async function* (): AsyncGenerator<InputChange> {
    yield { kind: 'levels', active: new Set(['a']), atMs: 0 };
    yield* [edge(false, 5_000), edge(true, 9_000), edge(false, 9_200), edge(true, 40_000)];
  };
  const held: (readonly string[])[] = [];
  const signal = new AbortController().signal;
  for await (const change of watchPresses(
    { driver: 'none', changes },
    new VirtualClock(),
    signal,
  )) {
    if (change.kind === 'held') held.push(change.buttons);
  }
  assert.equal(held, [['a'], []]);
});

test('a reader that is late by 300 edges gets a report of the loss, not half of them', async () => {
  const queue = new ChangeQueue();
  for (let index = 0; index < 300; index += 1) {
    queue.push({ kind: 'edge', name: 'a', isActive: index % 2 === 0, atMs: index });
  }
  const signal = new AbortController().signal;
  assert.equal(await queue.take(signal), { kind: 'lost', edges: 300, atMs: 299 });
  queue.push({ kind: 'edge', name: 'a', isActive: true, atMs: 300 });
  assert.equal(await queue.take(signal), { kind: 'edge', name: 'a', isActive: true, atMs: 300 });
});

test('a blinking lamp changes, stops on request, and comes back with its chip', async () => {
  const gpio = openSimulatedGpio(fastClock);
  await using lamp = openGpioLamp(
    gpio.driver,
    { name: 'live', line: 'live', isActiveLow: false },
    fastClock,
  );
  const seen = new Set<boolean | undefined>();
  await lamp.show([500, 500]);
  for (let look = 0; look < 20; look += 1) {
    seen.add(gpio.lamp('live'));
    await systemClock.sleep(7);
  }
  assert.equal([...seen].toSorted(), [false, true]);
  gpio.unplug();
  try {
    await lamp.show([1000]);
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), 'unplugged');
  }
  gpio.replug();
  await systemClock.sleep(150);
  assert.is(gpio.lamp('live'), true);
});

test('the character device is chosen before sysfs, and where both are missing the error lists what was searched', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gpio-probe-'));
  assert.is(probeGpio(root).choice, 'none');
  assert.throws(
    () => openLineDriver(probeGpio(root), systemClock),
    /no \/dev\/gpiochip\*; sysfs: no writable/,
  );
  await mkdir(join(root, 'sys/class/gpio'), { recursive: true });
  await writeFile(join(root, 'sys/class/gpio/export'), '');
  assert.is(probeGpio(root).choice, 'sysfs');
  await mkdir(join(root, 'dev'));
  await writeFile(join(root, 'dev/gpiochip0'), '');
  assert.is(probeGpio(root).choice, 'chardev');
});

test('a sysfs number is the base of the chip with the label plus the offset', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gpio-sysfs-'));
  for (const [chip, label, base, ngpio] of [
    ['gpiochip512', 'pinctrl-bcm2711', '512', '58'],
    ['gpiochip570', 'raspberrypi-exp-gpio', '570', '8'],
  ] as const) {
    await mkdir(join(root, chip));
    await writeFile(join(root, chip, 'label'), `${label}\n`);
    await writeFile(join(root, chip, 'base'), `${base}\n`);
    await writeFile(join(root, chip, 'ngpio'), `${ngpio}\n`);
  }
  const chips = listSysfsChips(root);
  assert.is(findSysfsNumber('GPIO17', chips), 529);
  assert.is(findSysfsNumber({ chip: 'raspberrypi-exp-gpio', offset: 2 }, chips), 572);
  assert.throws(() => findSysfsNumber('GPIO58', chips), /no such chip or offset/);
  assert.throws(() => findSysfsNumber('LED', chips), /no such chip or offset/);
});

test('of two rhythms asked for at once the last one stays, and no other goes on', async () => {
  const gpio = openSimulatedGpio(systemClock);
  const spec = { name: 'live', line: 'GPIO22', isActiveLow: false };
  await using lamp = openGpioLamp(gpio.driver, spec, systemClock);
  await Promise.all([lamp.show([20, 20]), lamp.show([30, 30]), lamp.show([])]);
  const seen = new Set<boolean | undefined>();
  for (let look = 0; look < 20; look += 1) {
    seen.add(gpio.lamp('live'));
    await systemClock.sleep(7);
  }
  assert.equal([...seen], [false]);
});

test('a reader of presses that leaves is let go, though no button moves', async () => {
  const gpio = openSimulatedGpio(systemClock);
  const inputs = watchInputs(gpio.driver, [button('start')], os);
  for await (const change of watchPresses(inputs, systemClock, new AbortController().signal)) {
    assert.is(change.kind, 'levels');
    break;
  }
});

test.run();
