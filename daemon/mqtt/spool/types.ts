import type { Log } from '../../../hal/os/log.ts';

/** The spool cannot do what it is for; the message says where. */
export class SpoolError extends Error {
  readonly code: 'OPEN_FAILED' | 'WRITE_FAILED' | 'FULL' | 'TOO_LONG';

  constructor(code: SpoolError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SpoolError';
    this.code = code;
  }
}

export interface SpoolOptions {
  readonly folder: string;
  /** Most that all segments hold; the oldest goes first, and is told of. */
  readonly maxBytes: number;
  readonly log: Log;
  /** Smaller in tests. */
  readonly segmentBytes?: number;
}

export interface SpoolFigures {
  /** Written and not yet with the broker. */
  readonly waiting: number;
  readonly bytes: number;
  /** Dropped unsent, as the spool was full. */
  readonly droppedTotal: number;
}
