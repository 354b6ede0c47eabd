/** Reads the battery and follows the power policy. */
import type { Battery, BatteryState } from '../../hal/battery/port.ts';
import { isAbort } from '../../hal/os/clock.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { PowerPhase, ShedLoad } from '../model/snapshot.ts';
import { type PowerSettings, START_POWER, stepPower } from './policy.ts';

export interface PowerDeps extends ClockAndLog {
  readonly battery: Battery;
  /** Asked at each reading: the planned end may be set while it runs. */
  readonly settings: () => PowerSettings;
  readonly onBattery: (battery: BatteryState) => void;
  /** What is switched off in a phase. */
  readonly shedLoadsIn: (phase: PowerPhase) => readonly ShedLoad[];
  /** Called at the start and at each change, with all that is switched off now; again where the shutdown did not come. */
  readonly onPhase: (phase: PowerPhase, shed: readonly ShedLoad[]) => void;
  readonly onEvent: (event: BoxEvent) => void;
}

const READ_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;
/** How soon a machine that was not shut down is asked again. */
const ASK_AGAIN_MS = 30_000;

const SEVERITY: Readonly<Record<PowerPhase, BoxEvent['severity']>> = {
  normal: 'info',
  saving: 'warning',
  'last-minutes': 'critical',
  'shut-down': 'critical',
};

/** Reads the battery and follows the policy until `signal` aborts. Never fails. */
export async function runPower(deps: PowerDeps, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps;
  let state = START_POWER;
  let fault: string | undefined;
  let askedMs = 0;
  deps.onPhase(state.phase, deps.shedLoadsIn(state.phase));
  try {
    while (!signal.aborted) {
      const battery = await deps.battery.read(signal);
      deps.onBattery(battery);
      const before = fault;
      fault = faultOf(battery);
      if (fault !== undefined && fault !== before) log.warn('battery fault', { reason: fault });
      const { phase } = state;
      const settings = deps.settings();
      const nowMs = clock.monotonicMs();
      state = stepPower(state, battery, settings, nowMs, clock.wallMs());
      const shedLoads = deps.shedLoadsIn(state.phase);
      const isNotOff = state.phase === 'shut-down' && settings.isNotOff === true;
      if (state.phase === phase && isNotOff && nowMs - askedMs >= ASK_AGAIN_MS) {
        askedMs = nowMs;
        deps.onPhase(state.phase, shedLoads);
      }
      if (state.phase !== phase) {
        askedMs = nowMs;
        const shed = shedLoads.map(({ load }) => load);
        log.warn('power phase changed', {
          from: phase,
          to: state.phase,
          shed,
          ...figuresOf(battery),
        });
        deps.onPhase(state.phase, shedLoads);
        deps.onEvent({
          type: 'power.phase',
          severity: SEVERITY[state.phase],
          atMs: clock.wallMs(),
          data: { from: phase, to: state.phase, shed, ...figuresOf(battery) },
        });
      }
      await clock.sleep(READ_EVERY_MS, signal);
    }
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  }
}

/** What of the battery cannot be read, for the journal. */
function faultOf(battery: BatteryState): string | undefined {
  if (battery.phase === 'unknown') return battery.reason;
  return battery.phase === 'known' ? battery.fault : undefined;
}

function figuresOf(battery: BatteryState) {
  if (battery.phase !== 'known') return { battery: battery.phase };
  const { chargePct, timeLeftS, mains } = battery;
  return { chargePct, timeLeftS, mains };
}

/** For the power policy: until when the drop is meant to last; its own end goes before the usual length. */
export function plannedEnd(
  { power }: Pick<Config, 'power'>,
  { ends_at }: Pick<Config['drop'], 'ends_at'>,
  { phase, sinceMs }: { phase: string; sinceMs: number },
) {
  if (phase !== 'live') return {};
  const endMs = Date.parse(ends_at);
  // A clock that is wrong by days gives no end that could be meant.
  if (endMs > sinceMs && endMs - sinceMs < DAY_MS) return { plannedEndMs: endMs };
  if (power.planned_minutes === 0) return {};
  return { plannedEndMs: sinceMs + power.planned_minutes * 60_000 };
}
