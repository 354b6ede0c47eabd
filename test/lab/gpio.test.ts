/** Buttons and lamps on gpio-sim and the LED class. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chardevDriver, listLines } from '../../hal/gpio/chardev.ts';
import { watchInputs } from '../../hal/gpio/inputs.ts';
import { listLeds, openGpioLamp, openLedLamp } from '../../hal/gpio/lamps.ts';
import type { InputChange, InputSpec, LineRef } from '../../hal/gpio/port.ts';
import { probeGpio } from '../../hal/gpio/probe.ts';
import { RHYTHMS } from '../../hal/gpio/rhythm.ts';
import { sysfsDriver } from '../../hal/gpio/sysfs.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { HalError } from '../../hal/os/errors.ts';
import { silentLog } from '../../hal/os/log.ts';
import { CHIP_LABEL, get, makeGpioChip, run, timed, until } from './support/kernel.ts';

const test = suite('lab: GPIO and lamps on kernel drivers');
const os = { clock: systemClock, log: silentLog };
const chip = makeGpioChip({ 17: 'START', 22: 'LAMP', 27: 'PRINT' });

const button = (name: string, line: LineRef, debounceMs = 0): InputSpec => ({
  name,
  line,
  isActiveLow: true,
  bias: 'none',
  debounceMs,
});

/** Collects what inputs tell until closed. */
function follow(inputs: ReturnType<typeof watchInputs>) {
  const stop = new AbortController();
  const reported: InputChange[] = [];
  const ended = (async () => {
    for await (const change of inputs.changes(stop.signal)) reported.push(change);
  })();
  return {
    reported,
    count: (kind: InputChange['kind']) => reported.filter((change) => change.kind === kind).length,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

const DRIVERS = [
  { driver: chardevDriver(systemClock), line: (name: string, _offset: number): LineRef => name },
  {
    driver: sysfsDriver(systemClock),
    line: (_name: string, offset: number): LineRef => ({ chip: CHIP_LABEL, offset }),
  },
];

for (const { driver, line } of DRIVERS) {
  test(`${driver.name}: levels come first, then edges at the time they happened`, async () => {
    chip.pull(17, true);
    chip.pull(27, false);
    const specs = [button('start', line('START', 17)), button('print', line('PRINT', 27))];
    await using seen = follow(watchInputs(driver, specs, os));
    await until('levels', () => seen.count('levels') === 1);
    const [first] = seen.reported;
    assert.equal(first?.kind === 'levels' && [...first.active], ['print']);
    const pressedMs = systemClock.monotonicMs();
    chip.pull(17, false);
    await until('the press', () => seen.count('edge') === 1);
    const toldMs = systemClock.monotonicMs();
    chip.pull(17, true);
    await until('the release', () => seen.count('edge') === 2);
    const edges = seen.reported.flatMap((one) => (one.kind === 'edge' ? [one] : []));
    assert.equal(
      edges.map(({ name, isActive }) => [name, isActive]),
      [
        ['start', true],
        ['start', false],
      ],
    );
    // Not before the press by more than clocks differ, and not after it was reported, however late that is.
    const atMs = edges[0]?.atMs ?? 0;
    assert.ok(atMs > pressedMs - 5 && atMs <= toldMs, `${atMs} is not in ${pressedMs}..${toldMs}`);
  });

  test(`${driver.name}: a chip that goes is reported, and its lines come back with it`, async () => {
    chip.pull(17, true);
    await using seen = follow(watchInputs(driver, [button('start', line('START', 17))], os));
    await until('levels', () => seen.count('levels') === 1);
    chip.unplug();
    await timed(1000, `${driver.name}: absence reported`, () => seen.count('gone') === 1);
    chip.replug();
    await timed(5000, `${driver.name}: levels again`, () => seen.count('levels') === 2);
    chip.pull(17, true);
    await sleep(50);
    const before = seen.count('edge');
    chip.pull(17, false);
    await until('a press after the return', () => seen.count('edge') > before);
  });

  test(`${driver.name}: a lamp on a line blinks and ends dark when switched off`, async () => {
    const spec = { name: 'lamp', line: line('LAMP', 22), isActiveLow: false };
    await using lamp = openGpioLamp(driver, spec, systemClock);
    await lamp.show(RHYTHMS.flicker);
    const seen = new Set<boolean>();
    for (let look = 0; look < 20; look += 1) {
      seen.add(chip.value(22));
      await sleep(20);
    }
    assert.equal([...seen].toSorted(), [false, true]);
    await lamp.show(RHYTHMS.steady);
    assert.is(chip.value(22), true);
    await lamp.show(RHYTHMS.off);
    assert.is(chip.value(22), false);
  });
}

test('the kernel debounces: a bouncing press is one edge', async () => {
  chip.pull(17, true);
  const driver = chardevDriver(systemClock);
  await using seen = follow(watchInputs(driver, [button('start', 'START', 80)], os));
  await until('levels', () => seen.count('levels') === 1);
  for (const isHigh of [false, true, false, true, false]) {
    chip.pull(17, isHigh);
    await sleep(15);
  }
  await sleep(300);
  assert.is(seen.count('edge'), 1);
});

test('a line that another program holds is busy, and reported with its name', () => {
  const driver = chardevDriver(systemClock);
  const spec = { name: 'lamp', line: 'LAMP', isActiveLow: false };
  const first = driver.openOutput(spec, false);
  try {
    driver.openOutput(spec, false);
    assert.unreachable();
  } catch (error) {
    assert.is(error instanceof HalError && error.code, 'DEVICE_BUSY');
    assert.match(String(error), 'lamp');
  } finally {
    first.close();
  }
});

test('probing finds the character device, and lines are listed with names', () => {
  assert.is(probeGpio().choice, 'chardev');
  const named = listLines().flatMap(({ label, name }) =>
    label === CHIP_LABEL && name ? [name] : [],
  );
  assert.equal(named, ['START', 'LAMP', 'PRINT']);
});

/** An LED of the kernel's, with this many levels; its descriptor notifies of each change. */
async function makeLed(name: string, maxBrightness: number): Promise<number> {
  const fd = openSync('/dev/uleds', 'r+');
  const request = Buffer.alloc(68);
  request.write(name);
  request.writeInt32LE(maxBrightness, 64);
  writeSync(fd, request);
  await until('the LED', () => listLeds().includes(name));
  return fd;
}

test('a lamp that knows on and off only shows every rhythm', async () => {
  const fd = await makeLed('venuebox:green:power', 1);
  const lamp = openLedLamp('power', 'venuebox:green:power', systemClock);
  const root = '/sys/class/leds/venuebox:green:power';
  for (const [name, rhythm] of Object.entries(RHYTHMS)) {
    await lamp.show(rhythm);
    const trigger = rhythm.length > 2 ? '[pattern]' : rhythm.length === 2 ? '[timer]' : '[none]';
    assert.match(get(`${root}/trigger`), trigger, name);
  }
  assert.is(get(`${root}/pattern`), '1 900 1 0 0 300 0 0 1 150 1 0 0 650 0 0');
  closeSync(fd);
});

test('a lamp of the LED class is blinked by the kernel itself', async () => {
  const fd = await makeLed('venuebox:red:live', 255);
  const lamp = openLedLamp('live', 'venuebox:red:live', systemClock);
  const root = '/sys/class/leds/venuebox:red:live';
  await lamp.show(RHYTHMS.blink);
  assert.match(get(`${root}/trigger`), '[timer]');
  assert.equal([get(`${root}/delay_on`), get(`${root}/delay_off`)], ['500', '500']);
  await lamp.show(RHYTHMS.double);
  assert.match(get(`${root}/trigger`), '[pattern]');
  assert.is(get(`${root}/pattern`), '255 150 255 0 0 150 0 0 255 150 255 0 0 1050 0 0');
  const levels = new Set<number>();
  const bytes = Buffer.alloc(4);
  for (let change = 0; change < 4; change += 1) {
    readSync(fd, bytes, 0, 4, null);
    levels.add(bytes.readInt32LE(0));
  }
  assert.equal(
    [...levels].toSorted((a, b) => a - b),
    [0, 255],
  );
  await lamp.show(RHYTHMS.steady);
  assert.is(get(`${root}/brightness`), '255');
  await lamp.show(RHYTHMS.off);
  assert.is(get(`${root}/brightness`), '0');
  assert.match(get(`${root}/trigger`), '[none]');
  closeSync(fd);
  const gone = await lamp.show(RHYTHMS.steady).catch((error: unknown) => error);
  assert.is(gone instanceof HalError && gone.code, 'NOT_FOUND');
});

test('nothing of GPIO is left claimed', async () => {
  assert.equal(
    listLines().filter(({ isUsed }) => isUsed),
    [],
  );
  await run('true');
  chip.remove();
});

test.run();
