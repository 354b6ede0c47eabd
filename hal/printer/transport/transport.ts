/** A way to a printer's bytes. All calls reject with `HalError`. */
export interface Transport extends AsyncDisposable {
  readonly name: string;
  /** Resolves when the printer, or the line to it, has taken all bytes. Returns how far it came. */
  write(bytes: Uint8Array, signal: AbortSignal, onSent?: (bytes: number) => void): Promise<void>;
  /** What the printer sends within `timeoutMs`; empty when nothing comes. */
  read(timeoutMs: number, signal: AbortSignal): Promise<Buffer>;
}

/** Opens it again for each job, so that an unplugged printer is found again. */
export type OpenTransport = (signal: AbortSignal) => Promise<Transport>;

/** No byte taken for so long: the printer holds its hand up, mostly for want of paper. */
export const STALL_MS = 10_000;
