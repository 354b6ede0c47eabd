/** Drivers of devices for which the config says `auto`: simulated in the demo, else what is there. */
import { existsSync } from 'node:fs';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { namesIn } from '../../hal/os/files/names-in.ts';
import type { Config } from '../config/config.ts';

/** What there is of what is found by itself; lines of buttons and lamps are not. */
export interface Found {
  readonly hasUsbPrinter: boolean;
  readonly hasModemManager: boolean;
}

/** There while the service is enabled: one that is installed and masked never answers. */
const MODEM_MANAGER = '/etc/systemd/system/dbus-org.freedesktop.ModemManager1.service';
const LOOK_EVERY_MS = 5_000;

function findDrivers(): Found {
  return {
    hasUsbPrinter: namesIn('/dev/usb').some((name) => /^lp\d+$/.test(name)),
    hasModemManager: existsSync(MODEM_MANAGER),
  };
}

/** A printer that was there stays one: without it the box says that it is away. */
export function withFoundDrivers(
  isDemo: boolean,
  find: () => Found = findDrivers,
): (config: Config) => Config {
  let hadPrinter = false;
  return (config) => {
    const { printer, modems, panel, power } = config;
    const found = isDemo ? { hasUsbPrinter: false, hasModemManager: false } : find();
    hadPrinter ||= found.hasUsbPrinter;
    const [isAutoPrinter, isAutoModems] = [printer.driver === 'auto', modems.driver === 'auto'];
    const usb = { driver: 'usb', device: 'auto' } as const;
    const none = { driver: isDemo ? 'simulated' : 'none' } as const;
    const manager = { driver: found.hasModemManager ? 'modem-manager' : none.driver } as const;
    return {
      ...config,
      printer: isAutoPrinter ? { ...printer, ...(hadPrinter ? usb : none) } : printer,
      modems: isAutoModems ? { ...modems, ...manager } : modems,
      panel: panel.driver === 'auto' ? { ...panel, ...none } : panel,
      // A real board is looked for by its own driver.
      power: power.board === 'auto' && isDemo ? { ...power, board: 'simulated' } : power,
    };
  };
}

/** Takes a printer that is plugged in later, as a task. */
export async function followPrinter(
  live: {
    given(): Config;
    current(): Config;
    change(config: Config, parts: ReadonlySet<'printer'>): void;
  },
  clock: Clock,
  signal: AbortSignal,
  find: () => Found = findDrivers,
): Promise<void> {
  while (await pause(clock, LOOK_EVERY_MS, signal)) {
    const isWanted =
      live.given().printer.driver === 'auto' && live.current().printer.driver === 'none';
    if (isWanted && find().hasUsbPrinter) live.change(live.given(), new Set(['printer']));
  }
}
