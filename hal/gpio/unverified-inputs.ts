/** Buttons that were down at the start, until they are known not to be wired the other way round. Pure. */

/**
 * Of an inverted button a press is `up` and letting go is `down`, and its edges look like those of
 * a sound one. What tells them apart is how long it is left alone: that is `down` then.
 */
interface UnverifiedInput {
  /** When it last went down. */
  readonly downMs: number;
  /** Up since; Infinity while it is down. */
  readonly upMs: number;
  /** Up since, but for short presses; Infinity where it was not up yet. */
  readonly mostlyUpMs: number;
}

export type UnverifiedInputs = ReadonlyMap<string, UnverifiedInput>;

export const NONE_UNVERIFIED: UnverifiedInputs = new Map();

/** Nobody holds a button that does nothing for so long. */
const LEFT_ALONE_MS = 30_000;
/** Nor presses it for so long without leaving it alone for a moment. */
const TRIED_MS = 120_000;

/** All levels are known again: what was unverified has done something unseen meanwhile. */
export function markUnverified(
  before: UnverifiedInputs,
  active: ReadonlySet<string>,
  nowMs: number,
): UnverifiedInputs {
  const still = [...before.keys()].map((name) => [name, begin(nowMs, nowMs)] as const);
  const found = [...active].map((name) => [name, begin(nowMs, Infinity)] as const);
  return new Map([...still, ...found]);
}

function begin(nowMs: number, upMs: number): UnverifiedInput {
  return { downMs: nowMs, upMs, mostlyUpMs: upMs };
}

export function onDown(before: UnverifiedInputs, name: string, nowMs: number): UnverifiedInputs {
  const known = before.get(name);
  if (known === undefined) return before;
  return new Map([...before, [name, { ...known, downMs: nowMs, upMs: Infinity }]]);
}

export function onUp(
  before: UnverifiedInputs,
  name: string,
  { nowMs, shortMs }: { readonly nowMs: number; readonly shortMs: number },
): UnverifiedInputs {
  const known = before.get(name);
  // Its release may be reported twice.
  if (known === undefined || known.upMs < Infinity) return before;
  const isShort = nowMs - known.downMs < shortMs;
  const mostlyUpMs = isShort ? Math.min(known.mostlyUpMs, nowMs) : nowMs;
  return new Map([...before, [name, { ...known, upMs: nowMs, mostlyUpMs }]]);
}

export function withoutVerified(before: UnverifiedInputs, nowMs: number): UnverifiedInputs {
  return new Map([...before].filter(([, one]) => nowMs < verifiedMs(one)));
}

/** When the next one is verified if nothing happens to it; Infinity for none. */
export function nextVerifiedMs(inputs: UnverifiedInputs): number {
  return Math.min(Infinity, ...[...inputs.values()].map(verifiedMs));
}

function verifiedMs({ upMs, mostlyUpMs }: UnverifiedInput): number {
  return Math.min(upMs + LEFT_ALONE_MS, Math.max(upMs, mostlyUpMs + TRIED_MS));
}
