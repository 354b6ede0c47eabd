/** The driver for batteries that the kernel knows, under /sys/class/power_supply. */

import { readdir, readFile } from 'node:fs/promises';
import { HalError, halErrorOf } from '../os/errors.ts';
import type { Gauge, GaugeReading, Mains } from './port.ts';

const ROOT = '/sys/class/power_supply';

export type SupplyProperties = Readonly<Record<string, string>>;

/** Parses a supply's `uevent`: `POWER_SUPPLY_NAME=value` lines; others are left out. */
export function parseSupply(text: string): SupplyProperties {
  const pairs = text.split('\n').map((line) => /^POWER_SUPPLY_([A-Z0-9_]+)=(.*)$/.exec(line));
  return Object.fromEntries(
    pairs.flatMap((pair) => (pair ? [[pair[1] ?? '', pair[2] ?? '']] : [])),
  );
}

/** Below this a driver has not learnt its pack, or counts in another unit: no such pack feeds a Pi. */
const MIN_MAH = 50;

/**
 * One battery and all chargers as one reading. Units of the class are uV, uA, uAh, uWh and s
 * (Documentation/ABI/testing/sysfs-class-power). Drivers do not agree on the sign
 * of CURRENT_NOW: the status decides it.
 */
function readingOf(battery: SupplyProperties, chargers: readonly SupplyProperties[]): GaugeReading {
  const number = (name: string) => {
    const value = Number.parseInt(battery[name] ?? '', 10);
    return Number.isFinite(value) ? value : undefined;
  };
  const status = battery.STATUS;
  const chargePct = number('CAPACITY');
  const voltageUv = number('VOLTAGE_NOW');
  const currentUa = number('CURRENT_NOW');
  const timeLeftS = number('TIME_TO_EMPTY_NOW') ?? number('TIME_TO_EMPTY_AVG');
  const sign = status === 'Discharging' ? -1 : 1;
  const isUsable = (value: number | undefined): value is number => value !== undefined && value > 0;
  // Below a volt a driver counts in another unit or has not measured yet.
  const packUv = isUsable(voltageUv) && voltageUv >= 1_000_000 ? voltageUv : undefined;
  const capacityMah = capacityOf(number('CHARGE_FULL'), number('ENERGY_FULL'), packUv);
  return {
    mains: mainsOf(status, chargers),
    ...(chargePct !== undefined && chargePct >= 0 && chargePct <= 100 ? { chargePct } : {}),
    ...(packUv === undefined ? {} : { voltageMv: packUv / 1000 }),
    ...(currentUa === undefined ? {} : { currentMa: (sign * Math.abs(currentUa)) / 1000 }),
    ...(status === 'Charging' || status === 'Discharging'
      ? { isCharging: status === 'Charging' }
      : {}),
    ...(status === 'Discharging' && isUsable(timeLeftS) ? { timeLeftS } : {}),
    ...(capacityMah === undefined ? {} : { capacityMah }),
  };
}

/** A driver reports its pack in uAh or in uWh, or not at all. */
function capacityOf(
  chargeUah: number | undefined,
  energyUwh: number | undefined,
  voltageUv: number | undefined,
): number | undefined {
  const byEnergy =
    energyUwh === undefined || voltageUv === undefined ? 0 : (energyUwh / voltageUv) * 1000;
  const reported = [(chargeUah ?? 0) / 1000, byEnergy];
  return reported.find((mah) => mah >= MIN_MAH);
}

function mainsOf(status: string | undefined, chargers: readonly SupplyProperties[]): Mains {
  const online = chargers.map((charger) => charger.ONLINE).filter((value) => value !== undefined);
  // 1 is fixed and 2 programmable; a supply's status alone may be a driver's guess.
  if (online.length > 0) return online.some((value) => value !== '0') ? 'on' : 'off';
  if (status === 'Charging') return 'on';
  return status === 'Discharging' ? 'off' : 'unknown';
}

/** Batteries that the kernel has a driver for. */
export async function listBatteries(root: string = ROOT): Promise<string[]> {
  const supplies = await readAll(root);
  return supplies
    .filter(({ properties }) => isBattery(properties))
    .map(({ name }) => name)
    .toSorted();
}

/** A gauge over `/sys/class/power_supply`. */
export function powerSupplyGauge(name: string, root: string = ROOT): Gauge {
  return async () => {
    const supplies = await readAll(root);
    const battery = supplies.find((supply) => supply.name === name);
    if (battery === undefined) throw new HalError('GONE', `power supply ${name}: not there`);
    if (battery.properties.PRESENT === '0') {
      throw new HalError(
        'NOT_FOUND',
        `power supply ${name}: its driver reports that no pack is fitted`,
      );
    }
    const chargers = supplies.map(({ properties }) => properties).filter(isCharger);
    return readingOf(battery.properties, chargers);
  };
}

function isBattery({ TYPE, SCOPE }: SupplyProperties): boolean {
  // "Device" is the battery of a mouse or a headset.
  return TYPE === 'Battery' && SCOPE !== 'Device';
}

/** A wireless mouse is `ONLINE` while it answers: neither it nor its charger feeds this box. */
function isCharger({ TYPE, SCOPE }: SupplyProperties): boolean {
  return TYPE !== 'Battery' && SCOPE !== 'Device';
}

async function readAll(root: string): Promise<{ name: string; properties: SupplyProperties }[]> {
  const names = await readdir(root).catch(() => []);
  const supplies = await Promise.all(
    names.map(async (name) => {
      try {
        const properties = parseSupply(await readFile(`${root}/${name}/uevent`, 'utf8'));
        // Some drivers leave TYPE out of the uevent.
        const type = (await readFile(`${root}/${name}/type`, 'utf8')).trim();
        return [{ name, properties: { ...properties, TYPE: type } }];
      } catch (error) {
        const { code } = halErrorOf(error, name);
        if (code === 'NOT_FOUND' || code === 'GONE') return [];
        throw halErrorOf(error, `power supply ${name}`);
      }
    }),
  );
  return supplies.flat();
}
