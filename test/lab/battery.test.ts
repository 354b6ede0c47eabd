/** Batteries on i2c-stub and the kernel power supply class. */
import i2c from 'i2c-bus';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openI2cBus } from '../../hal/battery/i2c.ts';
import { readIna219 } from '../../hal/battery/ina219.ts';
import { readMax1704x } from '../../hal/battery/max1704x.ts';
import { openBattery, openKernelBattery } from '../../hal/battery/open.ts';
import type { Battery, BatteryState } from '../../hal/battery/port.ts';
import { listBatteries, powerSupplyGauge } from '../../hal/battery/power-supply.ts';
import { chardevDriver } from '../../hal/gpio/chardev.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { HalError } from '../../hal/os/errors.ts';
import { get, loadI2cStub, makeGpioChip, put, run, timed, until } from './support/kernel.ts';

const test = suite('lab: batteries on i2c-stub and the kernel power supply class');
const never = new AbortController().signal;

const number = await loadI2cStub();
const chip = makeGpioChip({ 6: 'GPIO6', 12: 'GPIO12', 26: 'GPIO26' });
const lines = chardevDriver(systemClock);
let raw = i2c.openSync(number);

/** A big-endian register, as the chip sends it. */
const setWord = (address: number, register: number, value: number) =>
  raw.writeWordSync(address, register, ((value & 0xff) << 8) | ((value >> 8) & 0xff));

/** Asks again while a loaded lab does not answer in the driver's 250 ms. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 40; ; left -= 1) {
    try {
      const value = await ask();
      if (left === 0 || !/no answer in|still hangs/.test(JSON.stringify(value))) return value;
    } catch (error) {
      if (left === 0 || !(error instanceof HalError) || error.code !== 'TIMEOUT') throw error;
    }
    await systemClock.sleep(250, never);
  }
}

/** Reads a battery over and over, as the box does, and keeps the newest state. */
function follow(battery: Battery) {
  const stop = new AbortController();
  let latest: BatteryState | undefined;
  const reading = (async () => {
    while (!stop.signal.aborted) {
      latest = await battery.read(never);
      await systemClock.sleep(300, never);
    }
  })();
  return {
    isKnown: () => latest?.phase === 'known',
    reason: () => (latest?.phase === 'unknown' ? latest.reason : ''),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await reading;
    },
  };
}

async function readBoard(board: string) {
  await using bus = await openI2cBus(number, systemClock);
  const battery = await openBattery({ board }, bus, lines, systemClock, never);
  assert.ok(battery);
  await using open = battery;
  // Awaited: the bus closes when this returns.
  return await answered(() => open.read(never));
}

test('an INA219 is read over /dev/i2c-N: volts, and a shunt below zero', async () => {
  setWord(0x42, 0x02, ((7400 / 4) << 3) | 2);
  setWord(0x42, 0x01, -1000 & 0xffff);
  await using bus = await openI2cBus(number, systemClock);
  const wiring = { shuntMicroOhm: 100_000, currentSign: 1 } as const;
  const reported = await answered(() => readIna219(bus.at(0x42, never), wiring));
  assert.equal(reported, { voltageMv: 7400, currentMa: -100 });
});

test('a MAX17048 is read over /dev/i2c-N', async () => {
  setWord(0x36, 0x02, 49_280);
  setWord(0x36, 0x04, 0x4980);
  await using bus = await openI2cBus(number, systemClock);
  const reported = await answered(() => readMax1704x(bus.at(0x36, never), 'max17048'));
  assert.equal(reported, { voltageMv: 3850, chargePct: 73.5 });
});

test('the Waveshare (C) profile: charge from the curve, mains from the current', async () => {
  setWord(0x43, 0x02, (3600 / 4) << 3);
  setWord(0x43, 0x01, -800 & 0xffff);
  const state = await readBoard('waveshare-ups-hat-c');
  assert.is(state.phase === 'known' && state.currentMa, -800);
  assert.is(state.phase === 'known' && state.chargePct, 24.7);
  assert.is(state.phase === 'known' && state.mains, 'off');
});

test('the Waveshare (E) profile: a block of little-endian figures', async () => {
  raw.writeByteSync(0x2d, 0x02, 0xa2);
  const pack = [0x80, 0x3e, 0xf4, 0x01, 62, 0, 0x10, 0x0e, 0, 0, 90, 0];
  for (const [index, byte] of pack.entries()) raw.writeByteSync(0x2d, 0x20 + index, byte);
  const state = await readBoard('waveshare-ups-hat-e');
  assert.equal(state, {
    phase: 'known',
    source: `waveshare-ups-hat-e on i2c-${number}`,
    mains: 'on',
    voltageMv: 16_000,
    currentMa: 500,
    powerMw: 8000,
    chargePct: 62,
    isCharging: true,
  });
});

test('one pin, two boards: high is lost on an X728 and present on an X1200', async () => {
  setWord(0x36, 0x02, 3080 << 4);
  const mainsOf = async (board: string, isHigh: boolean) => {
    await using bus = await openI2cBus(number, systemClock);
    const battery = await openBattery({ board }, bus, lines, systemClock, never);
    assert.ok(battery);
    await using open = battery;
    // Claiming the line sets its pull, which the board's own driver overrules.
    await answered(() => open.read(never));
    chip.pull(6, isHigh);
    // A change of the mains is believed when a second reading agrees.
    await answered(() => open.read(never));
    const state = await answered(() => open.read(never));
    assert.is(state.phase === 'known' && state.voltageMv, 3850);
    return state.phase === 'known' && state.mains;
  };
  assert.is(await mainsOf('geekworm-x728', true), 'off');
  assert.is(await mainsOf('geekworm-x728', false), 'on');
  assert.is(await mainsOf('geekworm-x1200', true), 'on');
  assert.is(await mainsOf('geekworm-x1200', false), 'off');
});

test('an X728 sees that the machine runs, its button held, and then that it does not', async () => {
  setWord(0x36, 0x02, 3080 << 4);
  await using bus = await openI2cBus(number, systemClock);
  const battery = await openBattery({ board: 'geekworm-x728' }, bus, lines, systemClock, never);
  assert.ok(battery?.cutPower);
  await using open = battery;
  await answered(() => open.read(never));
  assert.equal([chip.value(12), chip.value(26)], [true, false]);
  const cutting = battery.cutPower(never);
  await until('the button', () => chip.value(26));
  assert.is(chip.value(12), true);
  await until('its release', () => !chip.value(26));
  await cutting;
  assert.equal([chip.value(12), chip.value(26)], [false, false]);
});

test('a Waveshare (E) cuts the power by its register', async () => {
  await using bus = await openI2cBus(number, systemClock);
  const board = 'waveshare-ups-hat-e';
  const battery = await openBattery({ board }, bus, lines, systemClock, never);
  assert.ok(battery?.cutPower);
  const { cutPower } = battery;
  await answered(() => cutPower(never));
  assert.is(raw.readByteSync(0x2d, 0x01), 0x55);
});

test('a board whose chip is not on the bus is unknown and named', async () => {
  const state = await readBoard('pijuice');
  assert.is(state.phase, 'unknown');
  assert.match(state.phase === 'unknown' ? state.reason : '', '0x14');
});

test('the shared address 0x36 is refused without a name', async () => {
  await using bus = await openI2cBus(number, systemClock);
  const { chooseBoard } = await import('../../hal/battery/find-board.ts');
  const answers: number[] = [];
  for (const address of [0x14, 0x36]) {
    try {
      await answered(() => bus.at(address, never).readByte(2));
      answers.push(address);
    } catch {
      // No such device.
    }
  }
  assert.equal(answers, [0x36]);
  assert.is(chooseBoard('auto', answers).kind, 'ambiguous');
});

test("a chip that the kernel's driver takes is unknown to ours, and known through the class", async () => {
  await using bus = await openI2cBus(number, systemClock);
  const battery = await openBattery({ board: 'geekworm-x1200' }, bus, lines, systemClock, never);
  assert.ok(battery);
  await using open = battery;
  const adapter = `/sys/bus/i2c/devices/i2c-${number}`;
  put(`${adapter}/new_device`, 'max17040 0x36');
  await until('the kernel battery', async () => (await listBatteries()).includes('battery'));
  for (const _ of [1, 2]) {
    const taken = await answered(() => open.read(never));
    assert.ok(JSON.stringify(taken).includes('EBUSY'), JSON.stringify(taken));
  }
  const reported = await powerSupplyGauge('battery')(never);
  assert.is(reported.voltageMv, 3850);
  assert.is(Math.round(reported.chargePct ?? 0), 73);
  put(`${adapter}/delete_device`, '0x36');
  assert.is((await answered(() => open.read(never))).phase, 'known');
  const gone = await powerSupplyGauge('battery')(never).catch((error: unknown) => error);
  assert.is(gone instanceof HalError && gone.code, 'GONE');
});

test('an adapter that goes while its battery is read is reported, and read again when it is back', async () => {
  await using bus = await openI2cBus(number, systemClock);
  const battery = await openBattery({ board: 'geekworm-x1200' }, bus, lines, systemClock, never);
  assert.ok(battery);
  await using open = battery;
  await using seen = follow(open);
  await until('the battery', seen.isKnown);
  raw.closeSync();
  const unload = () =>
    run('rmmod', 'i2c-stub').then(
      () => true,
      () => false,
    );
  // The kernel lets no adapter go while it is open. Our driver closes it between two reads
  // when an address is refused: here that of a chip which a driver of the kernel has.
  put(`/sys/bus/i2c/devices/i2c-${number}/new_device`, 'max17040 0x43');
  await until('the adapter to go', async () => {
    await bus
      .at(0x43, never)
      .readByte(2)
      .catch(() => undefined);
    return unload();
  });
  await timed(1000, 'I2C battery: absence reported', () => seen.reason() !== '');
  assert.match(seen.reason(), /there is no \/dev\/i2c|ENODEV/);
  assert.is(await loadI2cStub(), number);
  raw = i2c.openSync(number);
  setWord(0x36, 0x02, 3080 << 4);
  await timed(5000, 'I2C battery: read again', seen.isKnown);
});

test('a battery of the power supply class that goes is reported, and read again when it is back', async () => {
  const adapter = `/sys/bus/i2c/devices/i2c-${number}`;
  put(`${adapter}/new_device`, 'max17040 0x36');
  await until('the kernel battery', async () => (await listBatteries()).includes('battery'));
  await using battery = openKernelBattery('battery', { board: 'auto' }, systemClock);
  await using seen = follow(battery);
  await until('the battery', seen.isKnown);
  put(`${adapter}/delete_device`, '0x36');
  await timed(1000, 'power_supply battery: absence reported', () => /battery/.test(seen.reason()));
  put(`${adapter}/new_device`, 'max17040 0x36');
  await timed(5000, 'power_supply battery: read again', seen.isKnown);
  put(`${adapter}/delete_device`, '0x36');
});

test("the kernel's test_power says the same as its files, mains on and off", async () => {
  const parameters = '/sys/module/test_power/parameters';
  put(`${parameters}/ac_online`, 'off');
  put(`${parameters}/usb_online`, 'off');
  put(`${parameters}/battery_status`, 'discharging');
  put(`${parameters}/battery_capacity`, '7');
  const off = await powerSupplyGauge('test_battery')(never);
  assert.equal([off.mains, off.chargePct, off.isCharging], ['off', 7, false]);
  // It says 3300 uV, which no pack has.
  assert.is(get('/sys/class/power_supply/test_battery/voltage_now'), '3300');
  assert.is(off.voltageMv, undefined);
  put(`${parameters}/ac_online`, 'on');
  put(`${parameters}/battery_status`, 'charging');
  const on = await powerSupplyGauge('test_battery')(never);
  assert.equal([on.mains, on.isCharging], ['on', true]);
});

test('the pin and the bus are free again at the end', () => {
  raw.closeSync();
  chip.remove();
});

test.run();
