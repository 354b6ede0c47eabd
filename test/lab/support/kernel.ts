/** Reads and writes the kernel's simulated hardware, and waits for it. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../../hal/os/process.ts';

/** A machine of CI that does much else is slow, and no failure. */
const PATIENCE_MS = 180_000;

/** Writes an attribute of sysfs or configfs. */
export function put(path: string, text: string): void {
  writeFileSync(path, text);
}

export function get(path: string): string {
  return readFileSync(path, 'utf8').trim();
}

/** Runs a command that must succeed. */
export async function run(command: string, ...args: readonly string[]): Promise<string> {
  const result = await runCommand(command, args, { timeoutMs: PATIENCE_MS });
  if (result.exitCode !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

/** Waits until `check` holds, and reports how long it took in ms. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  limitMs = PATIENCE_MS,
  explain: () => string = () => '',
): Promise<number> {
  const startMs = performance.now();
  while (!(await check())) {
    if (performance.now() - startMs > limitMs) {
      throw new Error(`${what}: not in ${limitMs} ms ${explain()}`);
    }
    await sleep(10);
  }
  return performance.now() - startMs;
}

/**
 * Waits until `check` holds, and prints how long it took beside the goal. A miss is
 * a figure of `npm run bench lab`, not a failure: a loaded machine is slow.
 */
export async function timed(
  goalMs: number,
  what: string,
  check: () => boolean | Promise<boolean>,
): Promise<number> {
  const tookMs = await until(what, check);
  console.log(`  TIME ${what}: ${tookMs | 0} ms, goal ${goalMs} ms`);
  return tookMs;
}

export const CHIP_LABEL = 'pinctrl-sim';
const CHIP = '/sys/kernel/config/gpio-sim/venue';

/** A chip of gpio-sim with 28 lines; press a button by pulling its line. */
export function makeGpioChip(names: Readonly<Record<number, string>>) {
  mkdirSync(`${CHIP}/bank0`, { recursive: true });
  put(`${CHIP}/bank0/num_lines`, '28');
  put(`${CHIP}/bank0/label`, CHIP_LABEL);
  for (const [offset, name] of Object.entries(names)) {
    mkdirSync(`${CHIP}/bank0/line${offset}`);
    put(`${CHIP}/bank0/line${offset}/name`, name);
  }
  put(`${CHIP}/live`, '1');
  const line = (offset: number, attribute: string) => {
    const device = get(`${CHIP}/dev_name`);
    const chip = get(`${CHIP}/bank0/chip_name`);
    return `/sys/devices/platform/${device}/${chip}/sim_gpio${offset}/${attribute}`;
  };
  return {
    pull: (offset: number, isHigh: boolean) =>
      put(line(offset, 'pull'), isHigh ? 'pull-up' : 'pull-down'),
    value: (offset: number) => get(line(offset, 'value')) === '1',
    unplug: () => put(`${CHIP}/live`, '0'),
    replug: () => put(`${CHIP}/live`, '1'),
    remove: () => {
      put(`${CHIP}/live`, '0');
      for (const offset of Object.keys(names)) rmdirSync(`${CHIP}/bank0/line${offset}`);
      rmdirSync(`${CHIP}/bank0`);
      rmdirSync(CHIP);
    },
  };
}

/** Chips that i2c-stub stands for. It is loaded once for all files. */
const STUB_ADDRESSES = [0x2d, 0x36, 0x42, 0x43];

/** Loads i2c-stub with empty chips, and reports its bus number. */
export async function loadI2cStub(): Promise<number> {
  const list = STUB_ADDRESSES.map((address) => `0x${address.toString(16)}`).join(',');
  await run('modprobe', 'i2c-stub', `chip_addr=${list}`);
  for (let bus = 0; bus < 16; bus += 1) {
    const name = `/sys/bus/i2c/devices/i2c-${bus}/name`;
    if (existsSync(name) && get(name).includes('stub')) return bus;
  }
  throw new Error('i2c-stub: no bus');
}
