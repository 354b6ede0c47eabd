import type { PowerPhase } from '../snapshot.ts';

/**
 * What is switched off to last longer, in this order: first what nobody misses,
 * last what viewers would see. Sound, one rendition and one recording go on to
 * the end.
 *
 * - `lut`: the stream's colours are the camera's own.
 * - `previews`: no new posters and clips are made while live.
 * - `top-rendition`: the best picture is no longer encoded; viewers fall to the next.
 * - `lamps`: dark but for power and on air.
 * - `printer`: what is asked for waits.
 * - `renditions`: only the lowest picture is left.
 */
export const LOADS = [
  'lut',
  'previews',
  'top-rendition',
  'lamps',
  'printer',
  'renditions',
] as const;

export type Load = (typeof LOADS)[number];

const SHED: Readonly<Record<PowerPhase, number>> = {
  normal: 0,
  saving: 3,
  'last-minutes': LOADS.length,
  'shut-down': LOADS.length,
};

/** What is off in a phase: always a beginning of {@link LOADS}. */
export function shedIn(phase: PowerPhase): readonly Load[] {
  return LOADS.slice(0, SHED[phase]);
}
