/** Reads the gauge that a board profile names. */

import type { BoardProfile } from './boards.ts';
import { readIna219 } from './ina219.ts';
import { readIna226 } from './ina226.ts';
import { readMax1704x } from './max1704x.ts';
import { readPiJuice } from './pijuice.ts';
import { readPiSugar2, readPiSugar3 } from './pisugar.ts';
import type { Gauge, GaugeReading } from './port.ts';
import type { I2cBus, Registers } from './registers.ts';
import { readWaveshareE } from './waveshare-e.ts';

/** The gauge that a board profile names, on a bus. */
export function gaugeOf(board: BoardProfile, bus: I2cBus): Gauge {
  return (signal) => readGauge(board, bus.at(board.address, signal));
}

function readGauge({ gauge }: BoardProfile, chip: Registers): Promise<GaugeReading> {
  switch (gauge.chip) {
    case 'ina219':
      return readIna219(chip, gauge);
    case 'ina226':
      return readIna226(chip, gauge);
    case 'max17040':
    case 'max17043':
    case 'max17048':
      return readMax1704x(chip, gauge.chip);
    case 'waveshare-e':
      return readWaveshareE(chip);
    case 'pijuice':
      return readPiJuice(chip);
    case 'ip5209':
    case 'ip5312':
      return readPiSugar2(chip, gauge.chip);
    case 'pisugar-3':
      return readPiSugar3(chip);
  }
}
