/**
 * Buttons, sensing pins and lamps.
 *
 * A line is named as the kernel names it (`GPIO17`, see `gpioinfo`) or given as
 * an offset on a chip, which is found by its label (`pinctrl-rp1`), since chip
 * numbers and sysfs bases move between kernels.
 */
export type LineRef = string | { readonly chip: string; readonly offset: number };

type Bias = 'pull-up' | 'pull-down' | 'none';

export interface InputSpec {
  /** What the box calls it, for example `start`. */
  readonly name: string;
  readonly line: LineRef;
  /** True where the button shorts the line to ground. */
  readonly isActiveLow: boolean;
  readonly bias: Bias;
  /** Changes shorter than this are contact bounce. 0: none. */
  readonly debounceMs: number;
}

export interface OutputSpec {
  readonly name: string;
  readonly line: LineRef;
  readonly isActiveLow: boolean;
}

/** What a set of inputs reports. Times are of the clock's `monotonicMs`. */
export type InputChange =
  /** All levels: reported first, and again when a chip is back. */
  | { readonly kind: 'levels'; readonly active: ReadonlySet<string>; readonly atMs: number }
  | {
      readonly kind: 'edge';
      readonly name: string;
      readonly isActive: boolean;
      readonly atMs: number;
    }
  /** More happened than could be kept; the levels are reported next. */
  | { readonly kind: 'lost'; readonly edges: number; readonly atMs: number }
  /** The chip is away or held by another program; it is tried again. */
  | { readonly kind: 'gone'; readonly reason: string; readonly atMs: number };

/** A set of inputs that survives its chip being unplugged. */
export interface Inputs {
  /** The driver in use, for people. */
  readonly driver: string;
  /**
   * The current levels first, then each change. One reader at a time. Ends when
   * `signal` aborts, and never fails: a chip that is away is a change.
   */
  changes(signal: AbortSignal): AsyncIterable<InputChange>;
}

/** On and off times in ms, in turn, repeated. Empty is off; one entry is steady on. */
export type Rhythm = readonly number[];

/** A lamp. It goes on with what it shows until something else is set. */
export interface Lamp extends AsyncDisposable {
  readonly name: string;
  /** The driver in use, and whether the kernel keeps the rhythm when this process dies. */
  readonly driver: string;
  readonly isDrivenByKernel: boolean;
  /** Rejects with `HalError` when the lamp is away; the rhythm is then shown once it is back. */
  show(rhythm: Rhythm): Promise<void>;
  /** Why it went away since it was set; undefined while it shows it. */
  fault(): string | undefined;
}

/** Claims single lines. All calls throw or reject with `HalError`. */
export interface LineDriver {
  readonly name: string;
  /** Claims all lines or none. */
  openInputs(specs: readonly InputSpec[], onEdge: OnEdge, onGone: OnGone): InputHandle;
  openOutput(spec: OutputSpec, isActive: boolean): OutputHandle;
}

/** `lostEdges`: how many before this one the kernel had to drop. */
export type OnEdge = (name: string, isActive: boolean, atMs: number, lostEdges: number) => void;
/** Called at most once; the handle is then only good for closing. */
export type OnGone = (error: unknown) => void;

export interface InputHandle {
  /** Names of the lines that are active now. */
  read(): ReadonlySet<string>;
  close(): void;
}

export interface OutputHandle {
  set(isActive: boolean): void;
  close(): void;
}
