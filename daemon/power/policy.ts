/** What the battery asks of the box. */
import type { BatteryReading, BatteryState } from '../../hal/battery/port.ts';
import { BATTERY } from '../health/thresholds.ts';
import { POWER_PHASES, type PowerPhase } from '../model/snapshot.ts';

/**
 * What the battery asks of the box, as a pure step.
 *
 * A phase is entered when several readings in a row ask for it, and left upwards
 * only with a margin or when the mains are back. The machine is shut down only
 * when two figures agree: the charge, and the time left or a charge that was
 * seen to fall. A gauge that is silent, stuck or jumping never shuts it down.
 */
export interface PowerSettings {
  /** The drop is planned to last until then (Unix ms); undefined: not known. */
  readonly plannedEndMs?: number;
  /** The machine was to be shut down and goes on. */
  readonly isNotOff?: boolean;
}

export interface PowerState {
  readonly phase: PowerPhase;
  /** For each higher phase: how long all readings have asked for it or a higher one. */
  readonly asked: Readonly<Partial<Record<PowerPhase, Asked>>>;
  /** How long all readings have asked for a lower phase, and the highest of those. */
  readonly lower: (Asked & { readonly phase: PowerPhase }) | undefined;
  readonly trend: Trend | undefined;
  readonly lastPct: number | undefined;
}

interface Asked {
  readonly sinceMs: number;
  readonly readings: number;
}

/** The charge since it last rose: falls are seen against the highest. */
interface Trend {
  readonly highestPct: number;
  readonly lowestPct: number;
}

export const START_POWER: PowerState = {
  phase: 'normal',
  asked: {},
  lower: undefined,
  trend: undefined,
  lastPct: undefined,
};

/** A cell's last two per cent last a minute or two under load. */
const OUT_PCT = 2;
/** Reserve beyond the planned end. */
const RESERVE_S = 600;

/** One figure that is this good contradicts the other one that is bad. */
const CONTRADICTS_PCT = 25;
const CONTRADICTS_S = 600;
/** A fall that is seen beside a low charge; where neither mains nor current is known it takes more. */
const SEEN_TO_FALL_PCT = 1;
const DISCHARGES_PCT = 2;
/** A rise that noise does not make: it charges. */
const CHARGES_PCT = 2;
/** More between two readings is a gauge that jumps. */
const JUMP_PCT = 10;
/** Above this the current flows out, whatever a missing mains pin says. */
const DRAW_MA = -50;

/** Times its figure at which a phase is left again. */
const MARGIN = 1.2;

interface Confirmation {
  readonly readings: number;
  readonly ms: number;
}

/** How long a phase must be asked for: the higher, the longer. Readings come every 5 s. */
const CONFIRMATION: Readonly<Record<PowerPhase, Confirmation>> = {
  normal: { readings: 3, ms: 10_000 },
  saving: { readings: 3, ms: 10_000 },
  'last-minutes': { readings: 4, ms: 15_000 },
  'shut-down': { readings: 6, ms: 25_000 },
};

const rank = (phase: PowerPhase) => POWER_PHASES.indexOf(phase);

/** Takes one reading. `nowMs` never steps; `wallMs` is for the planned end. */
export function stepPower(
  before: PowerState,
  battery: BatteryState,
  { plannedEndMs, isNotOff = false }: PowerSettings,
  nowMs: number,
  wallMs: number,
): PowerState {
  const pct = battery.phase === 'known' ? battery.chargePct : undefined;
  const trend = trendOf(before.trend, battery);
  const isJump = Math.abs((pct ?? 0) - (before.lastPct ?? pct ?? 0)) > JUMP_PCT;
  const seen: PowerState = { ...before, trend, lastPct: pct ?? before.lastPct };
  // A shutdown that was started is completed: half of one is worse than either. One that did
  // not come leaves the box to its readings.
  if (before.phase === 'shut-down' && !isNotOff) return seen;
  const needS = plannedEndMs === undefined ? 0 : (plannedEndMs - wallMs) / 1000 + RESERVE_S;
  const wanted = isJump ? undefined : wantedBy(battery, before.phase, needS, trend);
  if (wanted === undefined) return { ...seen, asked: {}, lower: undefined };
  return follow(seen, wanted, nowMs);
}

function follow(before: PowerState, wanted: PowerPhase, nowMs: number): PowerState {
  const { phase } = before;
  const higher = POWER_PHASES.filter((one) => rank(one) > rank(phase) && rank(one) <= rank(wanted));
  const asked = Object.fromEntries(
    higher.map((one) => [one, again(before.asked[one], nowMs)]),
  ) as PowerState['asked'];
  const isLower = rank(wanted) < rank(phase);
  const highest = atLeast(before.lower?.phase ?? wanted, wanted);
  const lower = isLower ? { ...again(before.lower, nowMs), phase: highest } : undefined;
  const risen = higher.findLast((one) => isConfirmed(one, asked[one], nowMs));
  // What was asked for beyond the new phase has waited as long already.
  if (risen !== undefined) return { ...before, phase: risen, asked, lower: undefined };
  if (lower !== undefined && isConfirmed(highest, lower, nowMs)) {
    return { ...before, phase: highest, asked: {}, lower: undefined };
  }
  return { ...before, asked, lower };
}

function again(before: Asked | undefined, nowMs: number): Asked {
  return { sinceMs: before?.sinceMs ?? nowMs, readings: (before?.readings ?? 0) + 1 };
}

function isConfirmed(phase: PowerPhase, asked: Asked | undefined, nowMs: number): boolean {
  const { readings, ms } = CONFIRMATION[phase];
  return asked !== undefined && asked.readings >= readings && nowMs - asked.sinceMs >= ms;
}

/** The phase that this reading alone asks for; undefined where it says nothing. */
function wantedBy(
  battery: BatteryState,
  now: PowerPhase,
  needS: number,
  trend: Trend | undefined,
): PowerPhase | undefined {
  if (battery.phase === 'absent') return 'normal';
  if (battery.mains === 'on') return 'normal';
  // A pin says that the mains are off, and no gauge says for how long that can last.
  if (battery.phase === 'unknown')
    return battery.mains === 'off' ? atLeast(now, 'saving') : undefined;
  if (!isDischarging(battery, trend)) return undefined;
  const { chargePct, timeLeftS } = battery;
  if (chargePct === undefined && timeLeftS === undefined) return atLeast(now, 'saving');
  const margin = (phase: PowerPhase) => (rank(now) >= rank(phase) ? MARGIN : 1);
  if (mustShutDown(battery, trend)) return 'shut-down';
  if (isNear(battery, BATTERY.empty.pct, BATTERY.empty.s, margin('last-minutes'))) {
    return 'last-minutes';
  }
  const savingS = Math.max(needS, needS > 0 ? 0 : BATTERY.saving.s);
  return isNear(battery, BATTERY.saving.pct, savingS, margin('saving')) ? 'saving' : 'normal';
}

/** Two figures say that it ends within minutes, and none says otherwise. */
function mustShutDown({ chargePct, timeLeftS }: BatteryReading, trend: Trend | undefined): boolean {
  if (chargePct === undefined) return false;
  const isChargeLow = chargePct <= BATTERY.shutDown.pct;
  const isTimeLow = timeLeftS !== undefined && timeLeftS <= BATTERY.shutDown.s;
  const hasFallen = fallOf(trend) >= SEEN_TO_FALL_PCT;
  if (isTimeLow) return chargePct <= CONTRADICTS_PCT;
  // Where nothing is left but a fall that was seen, an estimate that says otherwise is stale.
  if (chargePct <= OUT_PCT && hasFallen) return true;
  const isTimeLong = timeLeftS !== undefined && timeLeftS > CONTRADICTS_S;
  return isChargeLow && !isTimeLong && (timeLeftS !== undefined || hasFallen);
}

/** Either figure is low and the other does not contradict it. */
function isNear(
  { chargePct, timeLeftS }: BatteryReading,
  pct: number,
  seconds: number,
  margin: number,
): boolean {
  const isChargeLow = chargePct !== undefined && chargePct <= pct * margin;
  const isTimeLow = timeLeftS !== undefined && timeLeftS <= seconds * margin;
  return isChargeLow || isTimeLow;
}

function isDischarging(battery: BatteryReading, trend: Trend | undefined): boolean {
  if (battery.mains !== 'unknown') return battery.mains === 'off';
  // The state of the mains is unknown: the current shows it, or a falling charge.
  return (battery.currentMa ?? 0) < DRAW_MA || fallOf(trend) >= DISCHARGES_PCT;
}

function trendOf(before: Trend | undefined, battery: BatteryState): Trend | undefined {
  if (battery.phase === 'absent' || battery.mains === 'on') return undefined;
  const pct = battery.phase === 'known' ? battery.chargePct : undefined;
  if (pct === undefined) return before;
  if (before === undefined || pct - before.lowestPct >= CHARGES_PCT) {
    return { highestPct: pct, lowestPct: pct };
  }
  return {
    highestPct: Math.max(before.highestPct, pct),
    lowestPct: Math.min(before.lowestPct, pct),
  };
}

function fallOf(trend: Trend | undefined): number {
  return trend === undefined ? 0 : trend.highestPct - trend.lowestPct;
}

function atLeast(now: PowerPhase, phase: PowerPhase): PowerPhase {
  return rank(now) > rank(phase) ? now : phase;
}
