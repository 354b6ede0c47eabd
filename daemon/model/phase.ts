/** What a phase of the drop means: for the camera, and with the alerts for the box's health. Pure. */
import type { BoxSnapshot, DropPhase } from './snapshot.ts';

/** Phases in which the camera runs: whatever ends the box then interrupts a picture. */
const WITH_CAMERA: readonly DropPhase[] = ['preflight', 'armed', 'live', 'ending'];

export function hasCamera(phase: DropPhase): boolean {
  return WITH_CAMERA.includes(phase);
}

export const HEALTH = ['ok', 'degraded', 'failed'] as const;

/** In one word. */
export function healthOf({
  drop,
  warnings,
}: Pick<BoxSnapshot, 'drop' | 'warnings'>): (typeof HEALTH)[number] {
  const has = (wanted: string) => warnings.some(({ severity }) => severity === wanted);
  if (drop.phase === 'fault' || has('critical')) return 'failed';
  return has('warning') ? 'degraded' : 'ok';
}
