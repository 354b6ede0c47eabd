/** Which sources send nothing although their processes run. Pure but for its counts. */
import type { SourceFigures, SourceKind } from '../../../pipelines/capture/messages.ts';

/**
 * A network camera whose connection is dead, or a driver that hangs, reports no failure.
 * A camera that was just started, and one in the dark, sends something within this.
 */
const STALLED_S = 10;

export interface Stall {
  readonly kind: SourceKind;
  /** What this process sent before; one that never sent anything has failed. */
  readonly hasSent: boolean;
}

/** A process whose pipeline plays. */
interface Run {
  /** It waits for a sender that calls, and may do so for ever. */
  readonly isCalled: boolean;
  /** Undefined until the first figures, which still count frames of the process before. */
  readonly silentS: number | undefined;
  readonly hasSent: boolean;
}

export class SourceStalls {
  readonly #runs = new Map<SourceKind, Run>();

  /** The process of a source plays: until then it cannot send anything. */
  begin(kind: SourceKind, isCalled = false): void {
    this.#runs.set(kind, { isCalled, silentS: undefined, hasSent: false });
  }

  /** It has ended. */
  end(kind: SourceKind): void {
    this.#runs.delete(kind);
  }

  /** To be called once a second. Returns those that are to be restarted now. */
  step({ camera, sound }: SourceFigures): readonly Stall[] {
    const silent: Readonly<Record<SourceKind, boolean>> = {
      camera: camera.framesPerS === 0,
      camera2: camera.second?.framesPerS === 0,
      sound: sound?.phase === 'silent',
    };
    return [...this.#runs].flatMap(([kind, run]) => {
      const { silentS = -1, hasSent, isCalled } = run;
      const isWaiting = isCalled && !hasSent;
      const next = silent[kind] && !isWaiting ? silentS + 1 : 0;
      const isStalled = next >= STALLED_S;
      this.#runs.set(kind, {
        isCalled,
        silentS: isStalled ? 0 : next,
        hasSent: hasSent || (run.silentS !== undefined && !silent[kind]),
      });
      return isStalled ? [{ kind, hasSent }] : [];
    });
  }
}
