/** `venuebox doctor battery`. */
import { readdir, readFile } from 'node:fs/promises';
import { openI2cBus } from '../../../hal/battery/i2c.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import type { BatteryState } from '../../../hal/battery/port.ts';
import { openLineDriver, probeGpio } from '../../../hal/gpio/probe.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import type { Config } from '../../config/config.ts';
import { judgeBattery } from './findings.ts';
import { type Finding, note, type PartReport, wrong } from './report.ts';

/** Buses of monitors and of a PC's memory: no UPS board is on them. */
const FOREIGN_BUS = /i801|piix4|nforce2|ddc|i915|amdgpu|nvidia|hdmi|\baux\b/i;

/** UPS boards of the config are on this bus of a Pi's header. */
const HEADER_BUS = 1;

interface Asked {
  readonly line?: string;
  readonly findings: readonly Finding[];
}

/** The board that the config names; else the kernel's battery, or any UPS board with an address of its own. */
export async function probeBattery(
  { power: { board } }: Pick<Config, 'power'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<PartReport> {
  const driver = `set to ${board}`;
  if (board === 'none') return { part: 'battery', driver, lines: [], findings: [] };
  const buses = await listBuses();
  const asked = await askAll(board, buses, clock, signal);
  return {
    part: 'battery',
    driver,
    lines: [
      ...buses.map((bus) => `/dev/i2c-${bus}`),
      ...(asked.every(({ line }) => line === undefined) ? ['no battery was found'] : []),
      ...asked.flatMap(({ line }) => line ?? []),
    ],
    findings: asked.flatMap(({ findings }) => findings),
  };
}

async function askAll(
  board: string,
  buses: readonly number[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Asked[]> {
  if (board !== 'auto' && board !== 'simulated') {
    return [await askBattery(board, HEADER_BUS, clock, signal)];
  }
  const kernel = await askBattery('auto', undefined, clock, signal);
  if (kernel.line !== undefined) return [kernel];
  return Promise.all(buses.map((bus) => askBattery('auto', bus, clock, signal)));
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
  board: string,
  number: number | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    await using bus = number === undefined ? undefined : await openI2cBus(number, clock);
    const probe = probeGpio();
    const lines = probe.choice === 'none' ? undefined : openLineDriver(probe, clock);
    await using battery = await openBattery({ board }, bus, lines, clock, signal);
    if (battery === undefined) return { findings: [] };
    const state = await battery.read(signal);
    return { line: renderBattery(state), findings: judgeBattery(state) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HalError)) throw error;
    return { findings: [findingOf(error, board)] };
  }
}

function findingOf({ code, message }: HalError, board: string): Finding {
  if (code === 'AMBIGUOUS') return note(message, 'set the board, where this is a UPS board');
  if (code === 'NOT_PERMITTED') return wrong(message, 'add this user to the group i2c');
  return board === 'auto'
    ? note(message, 'check the board')
    : wrong(message, 'check the board, its plugs, and that I2C is on (raspi-config)');
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
