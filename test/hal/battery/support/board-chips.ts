/** Registers of UPS boards, as their chips hold them. */
import { block, type FakeChip } from '../fake-bus.ts';

export const pijuice = (status: number): FakeChip => ({
  blocks: {
    64: sealed([status]),
    65: sealed([73]),
    73: sealed([0x8c, 0x0f]),
    75: sealed([0x2c, 0x01]),
  },
});

export function sealed(body: readonly number[]): number[] {
  return [...body, body.reduce((sum, byte) => sum ^ byte, 0xff)];
}

/** INA219 and INA226 words: volts and the shunt's drop. */
export const ina219 = (voltageMv: number, shuntMicroVolt: number): FakeChip => ({
  words: { 2: ((voltageMv / 4) << 3) | 2, 1: (shuntMicroVolt / 10) & 0xffff },
});

export const max17040 = (voltageMv: number, pct: number): FakeChip => ({
  words: { 2: (voltageMv / 1.25) << 4, 4: Math.round(pct * 256) },
});

export const pisugar2 = (voltage: number, current: number, v: number, i: number): FakeChip => ({
  bytes: { ...block(voltage, [v & 0xff, v >> 8]), ...block(current, [i & 0xff, i >> 8]) },
});
