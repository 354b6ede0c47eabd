/** Which sources send nothing although their processes run. Pure but for its counts. */
import type { SourceFigures, SourceKind } from '../../../pipelines/capture/messages.ts';

/**
 * A network camera whose connection is dead, or a driver that hangs, reports no failure.
 * A camera that was just started, and one in the dark, sends something within this.
 */
const STALLED_S = 10;

export class SourceStalls {
  readonly #silentS = new Map<SourceKind, number>();

  /** To be called once a second. Returns those that are to be restarted now. */
  step({ camera, sound }: SourceFigures): readonly SourceKind[] {
    const silent: Readonly<Record<SourceKind, boolean>> = {
      camera: camera.framesPerS === 0,
      camera2: camera.second?.framesPerS === 0,
      sound: sound?.phase === 'silent',
    };
    const kinds: readonly SourceKind[] = ['camera', 'camera2', 'sound'];
    return kinds.filter((kind) => {
      const silentS = silent[kind] ? (this.#silentS.get(kind) ?? 0) + 1 : 0;
      const isStalled = silentS >= STALLED_S;
      this.#silentS.set(kind, isStalled ? 0 : silentS);
      return isStalled;
    });
  }
}
