/** A fake I2C bus with chips for tests. */
import type { I2cBus, Registers } from '../../../hal/battery/registers.ts';

export type Words = Readonly<Record<number, number>>;

/** What a chip holds: 16-bit registers, or single bytes for chips that are read by byte. */
export interface FakeChip {
  readonly words?: Words;
  readonly bytes?: Words;
  /** Answers of a controller whose registers are commands, each with a length of its own. */
  readonly blocks?: Readonly<Record<number, readonly number[]>>;
}

/** A bus with these chips; any other address is not acknowledged. */
export function openFakeBus(
  chips: Readonly<Record<number, FakeChip>>,
  onWrite: (address: number, register: number, value: number) => void = () => {},
): I2cBus {
  return {
    name: 'fake bus',
    at: (address) => ({
      ...fakeRegisters(chips[address]),
      writeByte: async (register, value) => onWrite(address, register, value),
    }),
    [Symbol.asyncDispose]: async () => {},
  };
}

function fakeRegisters(chip: FakeChip | undefined): Omit<Registers, 'writeByte'> {
  const check = (): FakeChip => {
    if (chip !== undefined) return chip;
    throw Object.assign(new Error('EREMOTEIO: no acknowledgement'), { code: 'EREMOTEIO' });
  };
  const byte = (register: number) => check().bytes?.[register] ?? 0xff;
  return {
    readByte: async (register) => byte(register),
    readWord: async (register) => check().words?.[register] ?? 0xffff,
    readBlock: async (register, length) =>
      Buffer.from(
        check().blocks?.[register] ?? Array.from({ length }, (_, index) => byte(register + index)),
      ),
  };
}

/** Bytes from `register` on. */
export function block(register: number, bytes: readonly number[]): Record<number, number> {
  return Object.fromEntries(bytes.map((value, index) => [register + index, value]));
}
