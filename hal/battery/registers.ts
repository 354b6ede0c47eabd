/**
 * The registers of one chip, as SMBus transfers. All calls reject with `HalError`.
 *
 * Words come as the chip's bytes in the order they were on the wire, first byte
 * high: SMBus itself counts the first byte as the low one.
 */
export interface Registers {
  readByte(register: number): Promise<number>;
  readWord(register: number): Promise<number>;
  readBlock(register: number, length: number): Promise<Buffer>;
  writeByte(register: number, value: number): Promise<void>;
}

/** One I2C bus. */
export interface I2cBus extends AsyncDisposable {
  readonly name: string;
  /** The chip at a 7-bit address; nothing is sent until its registers are read. */
  at(address: number, signal: AbortSignal): Registers;
}

export function signed16(value: number): number {
  return value >= 0x8000 ? value - 0x1_0000 : value;
}
