/** Opens the battery's driver: one of the kernel, or a board on the I2C bus. */

import type { LineDriver } from '../gpio/port.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { openBoardBattery } from './board-battery.ts';
import { type BoardLines, openBoardLines } from './board-lines.ts';
import type { BoardProfile } from './boards.ts';
import { chooseBoard, listAnswering } from './find-board.ts';
import { gaugeOf } from './gauges.ts';
import type { Battery } from './port.ts';
import { listBatteries, powerSupplyGauge } from './power-supply.ts';
import type { I2cBus } from './registers.ts';

export interface BatteryConfig {
  /** A board's id, or `auto`. */
  readonly board: string;
  /** Of the cells that are fitted, where the profile's figure is not right. */
  readonly capacityMah?: number;
  /** Of the board, where its solder bridges were changed; undefined: as sold. */
  readonly address?: number;
  /** The shunt is wired the other way round. */
  readonly isCurrentReversed?: boolean;
}

/** A board as it is fitted here. */
export function fitted(board: BoardProfile, config: BatteryConfig): BoardProfile {
  const { gauge } = board;
  const { address = board.address, isCurrentReversed = false } = config;
  if (!isCurrentReversed || !('currentSign' in gauge)) return { ...board, address };
  const currentSign = gauge.currentSign === 1 ? -1 : 1;
  return { ...board, address, gauge: { ...gauge, currentSign } };
}

/**
 * The battery of this machine: a driver of the kernel first, then a board on the
 * bus. With `auto`, undefined when there is none.
 *
 * @param lines The machine's own, never simulated ones: a board's mains pin is on
 *   them. Undefined where it has none.
 * @throws HalError AMBIGUOUS when a chip answers at an address that several
 *   boards share, NOT_FOUND when the configured board does not exist, TIMEOUT when
 *   the bus hangs while it is searched.
 */
export async function openBattery(
  config: BatteryConfig,
  bus: I2cBus | undefined,
  lines: LineDriver | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Battery | undefined> {
  const [kernel] = config.board === 'auto' ? await listBatteries() : [];
  if (kernel !== undefined) return openKernelBattery(kernel, config, clock);
  if (bus === undefined) {
    if (config.board === 'auto') return undefined;
    throw new HalError('NOT_FOUND', `battery ${config.board}: there is no I2C bus`);
  }
  const answering = config.board === 'auto' ? await listAnswering(bus, clock, signal) : [];
  const choice = chooseBoard(config.board, answering);
  if (choice.kind === 'board') {
    return openBoard(fitted(choice.board, config), config, bus, lines, clock);
  }
  if (choice.kind === 'ambiguous') {
    const address = `0x${choice.address.toString(16)}`;
    const boards = choice.candidates.join(', ');
    throw new HalError('AMBIGUOUS', `battery: a chip answers at ${address}: name one of ${boards}`);
  }
  if (config.board === 'auto') return undefined;
  throw new HalError('NOT_FOUND', `battery ${config.board}: no such board`);
}

/** A battery that the kernel has a driver for, which may report its pack's capacity. */
export function openKernelBattery(
  name: string,
  config: BatteryConfig,
  clock: Clock,
  root?: string,
): Battery {
  return openBoardBattery({
    source: `power_supply ${name}`,
    board: {
      cells: 4,
      capacityMah: config.capacityMah,
      // The number of cells is not reported, so the voltage means nothing of the charge.
      curve: [],
      cellMilliOhm: 0,
      mains: { by: 'gauge' },
    },
    gauge: powerSupplyGauge(name, root),
    clock,
  });
}

/** A named board on its bus, with its lines where it has some. */
function openBoard(
  profile: BoardProfile,
  config: BatteryConfig,
  bus: I2cBus,
  lines: LineDriver | undefined,
  clock: Clock,
): Battery {
  const board = { ...profile, capacityMah: config.capacityMah ?? profile.capacityMah };
  const wires = openBoardLines(profile, lines, clock);
  const cutPower = cutterOf(profile, bus, wires);
  return openBoardBattery({
    source: `${profile.id} on ${bus.name}`,
    board,
    gauge: gaugeOf(profile, bus),
    clock,
    ...(cutPower === undefined ? {} : { cutPower }),
    ...(wires === undefined ? {} : { readLines: wires.read, close: async () => wires.close() }),
  });
}

function cutterOf(
  { address, powerOff }: BoardProfile,
  bus: I2cBus,
  wires: BoardLines | undefined,
): Battery['cutPower'] {
  if (powerOff?.by !== 'register') return wires?.cutPower;
  const { register, value } = powerOff;
  return (signal) => bus.at(address, signal).writeByte(register, value);
}
