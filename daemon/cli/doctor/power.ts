import { readdir, readFile } from 'node:fs/promises';
import { openI2cBus } from '../../../hal/battery/i2c.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import type { BatteryState } from '../../../hal/battery/port.ts';
import { openLineDriver, probeGpio } from '../../../hal/gpio/probe.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { judgeBattery } from './findings.ts';
import { type Finding, note, type PartReport, wrong } from './report.ts';

/** Buses of monitors and of a PC's memory: no UPS board is on them. */
const FOREIGN_BUS = /i801|piix4|nforce2|ddc|i915|amdgpu|nvidia|hdmi|\baux\b/i;

interface Asked {
  readonly line?: string;
  readonly findings: readonly Finding[];
}

/** The kernel's battery, or whatever UPS board is known by its address on an I2C bus. */
export async function probeBattery(clock: Clock, signal: AbortSignal): Promise<PartReport> {
  const buses = await listBuses();
  const kernel = await askBattery(undefined, clock, signal);
  const asked =
    kernel.line === undefined
      ? await Promise.all(buses.map((bus) => askBattery(bus, clock, signal)))
      : [kernel];
  const lines = asked.flatMap(({ line }) => line ?? []);
  return {
    part: 'battery',
    driver: lines.length === 0 ? 'absent' : 'found',
    lines: [...buses.map((bus) => `/dev/i2c-${bus}`), ...lines],
    findings: asked.flatMap(({ findings }) => findings),
  };
}

async function listBuses(): Promise<number[]> {
  const names = (await readdir('/dev').catch(() => [])).filter((name) => /^i2c-\d+$/.test(name));
  const kept = names.map(async (name) => {
    const adapter = await readFile(`/sys/bus/i2c/devices/${name}/name`, 'utf8').catch(() => '');
    return FOREIGN_BUS.test(adapter) ? [] : [Number(name.slice(4))];
  });
  return (await Promise.all(kept)).flat().toSorted((a, b) => a - b);
}

/** @param number Of an I2C bus; undefined asks the kernel's power_supply class only. */
async function askBattery(
  number: number | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    await using bus = number === undefined ? undefined : await openI2cBus(number, clock);
    const probe = probeGpio();
    const lines = probe.choice === 'none' ? undefined : openLineDriver(probe, clock);
    await using battery = await openBattery({ board: 'auto' }, bus, lines, clock, signal);
    if (battery === undefined) return { findings: [] };
    const state = await battery.read(signal);
    return { line: renderBattery(state), findings: judgeBattery(state) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HalError)) throw error;
    return { findings: [findingOf(error)] };
  }
}

function findingOf({ code, message }: HalError): Finding {
  if (code === 'AMBIGUOUS') return note(message, 'set the board, where this is a UPS board');
  if (code === 'NOT_PERMITTED') return wrong(message, 'add this user to the group i2c');
  return note(message, 'see the board');
}

function renderBattery(state: BatteryState): string {
  if (state.phase === 'absent') return 'absent';
  if (state.phase === 'unknown') return `${state.source}: unknown, mains ${state.mains}`;
  const { source, chargePct, voltageMv, currentMa, mains } = state;
  const figures = [
    chargePct === undefined ? 'charge unknown' : `${chargePct} %`,
    ...(voltageMv === undefined ? [] : [`${(voltageMv / 1000).toFixed(2)} V`]),
    ...(currentMa === undefined ? [] : [`${currentMa} mA`]),
  ];
  return `${source}: ${figures.join(', ')}, mains ${mains}`;
}
