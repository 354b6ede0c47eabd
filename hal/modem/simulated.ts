/** Simulated modems, which follow a trace. */

import { pause } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import type { ModemState, Modems, ModemsState } from './port.ts';

/** A modem's state from a second on; what is not named stays as it was. */
interface TracePoint {
  readonly fromS: number;
  readonly state: Partial<ModemState> | 'unplugged';
}

export interface ModemTrace {
  readonly id: string;
  readonly points: readonly TracePoint[];
  /** The trace begins again after this; 0: it stays at its end. */
  readonly repeatS: number;
}

const FRESH: Omit<ModemState, 'id'> = {
  model: 'simulated 5G',
  registration: 'searching',
  technology: 'unknown',
  sim: 'ready',
  addresses: [],
};

/** A walk from the stage to the cellar and back, as the demo's two links have it. */
export const DEMO_TRACES: readonly ModemTrace[] = [
  {
    id: 'sim-a',
    repeatS: 240,
    points: [
      {
        fromS: 0,
        state: {
          registration: 'connected',
          technology: '5g-nsa',
          operator: 'Sim A',
          interfaceName: 'sima0',
          rsrpDbm: -78,
          rsrqDb: -10,
          sinrDb: 18,
        },
      },
      { fromS: 60, state: { technology: 'lte', rsrpDbm: -104, sinrDb: 4 } },
      { fromS: 90, state: { rsrpDbm: -117, sinrDb: -3 } },
      { fromS: 120, state: { technology: '5g-nsa', rsrpDbm: -84, sinrDb: 14 } },
    ],
  },
  {
    id: 'sim-b',
    repeatS: 240,
    points: [
      {
        fromS: 0,
        state: {
          registration: 'connected',
          technology: 'lte',
          operator: 'Sim B',
          interfaceName: 'simb0',
          rsrpDbm: -95,
          rsrqDb: -12,
          sinrDb: 9,
        },
      },
      { fromS: 150, state: { registration: 'searching', technology: 'unknown' } },
      { fromS: 165, state: { registration: 'connected', technology: 'lte' } },
    ],
  },
];

/** The modem at a second of its trace, or undefined while unplugged. Pure. */
export function modemAt(trace: ModemTrace, atS: number): ModemState | undefined {
  const s = trace.repeatS > 0 ? atS % trace.repeatS : atS;
  let state: ModemState | undefined = { id: trace.id, ...FRESH };
  for (const point of trace.points) {
    if (point.fromS > s) break;
    if (point.state === 'unplugged') state = undefined;
    else state = { ...(state ?? { id: trace.id, ...FRESH }), ...point.state };
  }
  return state;
}

export interface SimulatedModems extends Modems {
  readonly ids: readonly string[];
  /** From now on it searches in vain: until it is reset, or this takes it back. */
  setHung(id: string, isHung: boolean): void;
  isHung(id: string): boolean;
}

/** Modems that follow their traces from when they were opened; a reset shows as searching. */
export function openSimulatedModems(traces: readonly ModemTrace[], clock: Clock): SimulatedModems {
  const startMs = clock.monotonicMs();
  const hung = new Set<string>();
  const downUntilMs = new Map<string, number>();
  const now = (): readonly ModemState[] => {
    const nowMs = clock.monotonicMs();
    return traces.flatMap((trace) => {
      const state = modemAt(trace, (nowMs - startMs) / 1000);
      if (state === undefined) return [];
      const isDown = hung.has(trace.id) || (downUntilMs.get(trace.id) ?? 0) > nowMs;
      return [isDown ? { ...state, registration: 'searching' as const } : state];
    });
  };
  const find = (id: string) => {
    if (!now().some((modem) => modem.id === id)) throw new HalError('NOT_FOUND', `modem ${id}`);
  };
  return {
    driver: 'simulated',
    ids: traces.map(({ id }) => id),
    canPower: false,
    changes: async function* (signal): AsyncGenerator<ModemsState> {
      let reported = '';
      while (!signal.aborted) {
        const modems = now();
        if (JSON.stringify(modems) !== reported) yield { phase: 'known', modems };
        reported = JSON.stringify(modems);
        await pause(clock, 500, signal);
      }
    },
    act: async (id, action) => {
      find(id);
      if (action === 'reset' || action === 'power') hung.delete(id);
      downUntilMs.set(id, clock.monotonicMs() + 5000);
    },
    sendPin: async (id) => find(id),
    setHung: (id, isHung) => {
      if (isHung) hung.add(id);
      else hung.delete(id);
    },
    isHung: (id) => hung.has(id),
  };
}
