/** What a caller can do about a failed device. */
export type HalErrorCode =
  /** Nothing there: check the plug or the configured name. */
  | 'NOT_FOUND'
  /** Another program holds it. */
  | 'DEVICE_BUSY'
  /** This user may not open it: a udev rule or a group is missing. */
  | 'NOT_PERMITTED'
  /** It was there and went: wait for it to come back. */
  | 'GONE'
  /** It did not answer in time; it may answer next time. */
  | 'TIMEOUT'
  /** It answered what its datasheet does not allow. */
  | 'BAD_REPLY'
  /** The config does not name which of several devices this is. */
  | 'AMBIGUOUS'
  /** This device or kernel cannot do that. */
  | 'UNSUPPORTED'
  /** Anything else the operating system refused. */
  | 'IO';

/** Options of an error that a person can repair. */
export interface ErrorAdvice extends ErrorOptions {
  /** What to do; the message ends with it. */
  readonly advice?: string;
}

/** The message says what failed, and what to do; the code is for programs. */
export class CodedError<Code extends string> extends Error {
  readonly code: Code;
  /** The message without its advice. */
  readonly what: string;
  readonly advice: string | undefined;

  constructor(code: Code, what: string, options?: ErrorAdvice) {
    super(options?.advice === undefined ? what : `${what}; ${options.advice}`, options);
    this.code = code;
    this.what = what;
    this.advice = options?.advice;
  }
}

/** A device failed; the code says what to do and `cause` what was underneath. */
export class HalError extends CodedError<HalErrorCode> {
  override readonly name = 'HalError';
}

/**
 * Linux error names by what they mean for a device. A missing I2C
 * acknowledgement is EREMOTEIO on a Pi 5 and EIO on older ones; ENXIO comes from
 * buses that report it as an address without an answer.
 */
const CODE_BY_ERRNO: Readonly<Record<string, HalErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  EBUSY: 'DEVICE_BUSY',
  EACCES: 'NOT_PERMITTED',
  EPERM: 'NOT_PERMITTED',
  ENODEV: 'GONE',
  ENXIO: 'GONE',
  EREMOTEIO: 'GONE',
  ESHUTDOWN: 'GONE',
  EPIPE: 'GONE',
  ECONNRESET: 'GONE',
  ETIMEDOUT: 'TIMEOUT',
  EOPNOTSUPP: 'UNSUPPORTED',
  ENOTTY: 'UNSUPPORTED',
};

/**
 * Wraps what the operating system threw in a {@link HalError}, by its errno name.
 *
 * @param what The device and what was asked of it, for the message.
 */
export function halErrorOf(error: unknown, what: string): HalError {
  if (error instanceof HalError) return error;
  const errno = errnoOf(error);
  const code = (errno === undefined ? undefined : CODE_BY_ERRNO[errno]) ?? 'IO';
  return new HalError(code, `${what}: ${errno ?? 'failed'}`, { cause: error });
}

/** The errno name of a Node system error, for example `ENODEV`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A worn card or a crowded moment says these, also of a file that is well. */
const MOMENTARY: ReadonlySet<string | undefined> = new Set(['EIO', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** The next look may find what was asked for. */
export const isMomentary = (error: unknown): boolean => MOMENTARY.has(errnoOf(error));

/** For `catch`: undefined where there is no such file; throws all else. */
export function ifMissing(error: unknown): undefined {
  if (errnoOf(error) !== 'ENOENT') throw error;
}
