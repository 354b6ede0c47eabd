/** Which chip on the bus `auto` takes for a board, where chips of other makers have its address. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBattery } from '../../../hal/battery/open.ts';
import type { I2cBus } from '../../../hal/battery/registers.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { seeded } from '../../support/seeded.ts';
import { block, type FakeChip, openFakeBus } from './fake-bus.ts';
import { pijuice } from './support/board-chips.ts';

const test = suite('boards that are found');

const never = new AbortController().signal;
const PISUGAR_3 = 0x57;
const PIJUICE = 0x14;
const WAVESHARE_E = 0x2d;

const pisugar3 = (version: string): FakeChip => ({
  bytes: {
    ...{ 2: 0x80, 34: 0x0f, 35: 0x3c, 42: 64 },
    ...block(0xe2, [...Buffer.from(version.padEnd(15, '\0'))]),
  },
});

/** 16 V, 62 %. */
const PACK = [0x80, 0x3e, 0x0c, 0xfe, 62, 0, 0x10, 0x0e, 185, 0, 0, 0];
const IDENTITY = { 0: 0x0a, 1: 0x0b };
/** 4 V each. */
const CELLS = block(0x30, [0xa0, 0x0f, 0xa0, 0x0f, 0xa0, 0x0f, 0xa0, 0x0f]);
const waveshareE = (more: FakeChip['bytes']): FakeChip => ({
  bytes: { 2: 0x20, ...block(0x20, PACK), ...more },
});

/** Of thousands of chips: without the pauses between the looks at a bus. */
const quick: Clock = {
  ...systemClock,
  sleep: async (ms, signal) => (ms <= 100 ? undefined : await systemClock.sleep(ms, signal)),
};

async function find(chip: FakeChip, board = 'auto', address = PISUGAR_3) {
  const bus = openFakeBus({ [address]: chip });
  return await openBattery({ board }, bus, undefined, quick, never);
}

const filled = (byteAt: (register: number) => number): FakeChip => ({
  bytes: Object.fromEntries(Array.from({ length: 256 }, (_, i) => [i, byteAt(i)])),
});

test('a PiSugar 3 is found by its voltage, its charge and the version of its firmware', async () => {
  for (const version of ['1.2.4', '1.3.4-release', '123456789012345']) {
    await using battery = await find(pisugar3(version));
    const state = await battery?.read(never);
    assert.is(state?.phase === 'known' && state.chargePct, 64, version);
  }
});

test('an EEPROM or a sensor at the address of a PiSugar 3 is no battery', async () => {
  const random = seeded(57);
  const strangers = [
    filled(() => 0xff),
    filled(() => 0),
    // A pulse sensor (MAX30102): registers that count, and a part ID at the end.
    filled((register) => (register === 0xff ? 0x15 : register & 0x1f)),
    ...Array.from({ length: 2000 }, () => filled(() => Math.floor(random() * 256))),
    // The figures of a cell alone.
    pisugar3(''),
  ];
  for (const [index, chip] of strangers.entries()) {
    assert.is(await find(chip), undefined, `stranger ${index}`);
  }
});

/** What a bus may have at the address of a board, beside it. */
function strangersTo(address: number): readonly FakeChip[] {
  const random = seeded(address);
  return [
    ...[0x00, 0xff, 0x7f, 0x80].map((byte) => filled(() => byte)),
    // Registers that count, as those of a touch panel or a port expander.
    ...[0, 1, 0x0a, 0xff].map((from) => filled((register) => (register + from) & 0xff)),
    filled((register) => register & 0x1f),
    ...Array.from({ length: 2000 }, () => filled(() => Math.floor(random() * 256))),
  ];
}

test('a PiJuice is found by the checksums of its answers, also with a first bit that got lost', async () => {
  const fed = pijuice(0xf8);
  const [status = 0, sum = 0] = fed.blocks?.[64] ?? [];
  const lost = { blocks: { ...fed.blocks, 64: [status & 0x7f, sum] } };
  for (const chip of [fed, lost]) {
    await using battery = await find(chip, 'auto', PIJUICE);
    const state = await battery?.read(never);
    assert.is(state?.phase === 'known' && state.chargePct, 73);
    assert.is(state?.phase === 'known' && state.mains, 'on');
  }
});

test('a Waveshare (E) is found by its pack, and its cells or its identity', async () => {
  for (const more of [IDENTITY, CELLS, { ...IDENTITY, ...CELLS }]) {
    await using battery = await find(waveshareE(more), 'auto', WAVESHARE_E);
    const state = await battery?.read(never);
    assert.is(state?.phase === 'known' && state.chargePct, 62);
  }
});

test('other chips at the address of a PiJuice or a Waveshare (E) are no battery', async () => {
  for (const address of [PIJUICE, WAVESHARE_E]) {
    for (const [index, chip] of strangersTo(address).entries()) {
      assert.is(await find(chip, 'auto', address), undefined, `${address}: stranger ${index}`);
    }
  }
  const glitch = { blocks: { ...pijuice(0).blocks, 73: [0x8c, 0x0f, 0x11] } };
  assert.is(await find(glitch, 'auto', PIJUICE), undefined);
  // The figures of a pack alone, and an identity without a pack.
  assert.is(await find(waveshareE({}), 'auto', WAVESHARE_E), undefined);
  const empty = waveshareE({
    ...IDENTITY,
    ...block(
      0x20,
      PACK.map(() => 0),
    ),
  });
  assert.is(await find(empty, 'auto', WAVESHARE_E), undefined);
});

/** A bus whose chip fails at its first look, at one of its reads. */
function faulty(address: number, chip: FakeChip, failsAt: number, fail: (sent: Buffer) => Buffer) {
  const bus = openFakeBus({ [address]: chip });
  let reads = 0;
  const once = (sent: Buffer) => {
    reads += 1;
    return reads === failsAt ? fail(sent) : sent;
  };
  const at: I2cBus['at'] = (asked, signal) => {
    const chip = bus.at(asked, signal);
    if (asked !== address) return chip;
    return {
      ...chip,
      readByte: async (register) => once(Buffer.of(await chip.readByte(register))).readUInt8(),
      readBlock: async (register, length) => once(await chip.readBlock(register, length)),
    };
  };
  return { ...bus, at };
}

test('a moment’s fault while a board is searched is no reason to do without it', async () => {
  const lost = (): never => {
    throw new HalError('GONE', 'no acknowledgement');
  };
  const garbled = (sent: Buffer) => sent.map((byte) => byte ^ 0x55) as Buffer;
  const boards = [
    ...[[PIJUICE, pijuice(0xf8), 5] as const, [WAVESHARE_E, waveshareE(CELLS), 3] as const],
    [PISUGAR_3, pisugar3('1.2.4'), 4] as const,
  ];
  for (const [address, chip, reads] of boards) {
    for (let failsAt = 1; failsAt <= reads; failsAt += 1) {
      for (const fail of [lost, garbled]) {
        const bus = faulty(address, chip, failsAt, fail);
        await using battery = await openBattery({ board: 'auto' }, bus, undefined, quick, never);
        const name = `${address}, read ${failsAt}`;
        assert.is((await battery?.read(never))?.phase, 'known', name);
      }
    }
  }
});

test('a bus that hangs is not asked again', async () => {
  const hangs = () => {
    throw new HalError('TIMEOUT', 'no answer');
  };
  const bus = faulty(PIJUICE, pijuice(0xf8), 2, hangs);
  const failed = await openBattery({ board: 'auto' }, bus, undefined, quick, never).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.is(failed instanceof HalError && failed.code, 'TIMEOUT');
});

test('a board that the config names is not asked what it is', async () => {
  await using battery = await find(pisugar3(''), 'pisugar-3');
  const state = await battery?.read(never);
  assert.is(state?.phase === 'known' && state.chargePct, 64);
});

test.run();
