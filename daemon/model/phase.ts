/** What a phase of the drop means for the camera. Pure. */
import type { DropPhase } from './snapshot.ts';

/** Phases in which the camera runs: whatever ends the box then interrupts a picture. */
const WITH_CAMERA: readonly DropPhase[] = ['preflight', 'armed', 'live', 'ending'];

export function hasCamera(phase: DropPhase): boolean {
  return WITH_CAMERA.includes(phase);
}
