import type { Clock } from '../../hal/os/clock.ts';
import type { ToCapture } from '../../pipelines/capture/messages.ts';
import type { MediaFigures, ToMedia } from '../../pipelines/media/messages.ts';
import type { Substitutes } from './loads.ts';

/** What the media path is to leave out. */
export interface Suspension {
  readonly substitutes: Substitutes;
  readonly hasPreviews: boolean;
  /** The uplink's own picture gets so much at most; undefined: as the links allow. */
  readonly uplinkMaxBps: number | undefined;
}

export interface SuspendedEncodersDeps {
  readonly toMedia: (message: ToMedia) => void;
  readonly toCapture: (message: ToCapture) => void;
  /** Name of the valve before a rendition's encoder. */
  readonly valveOf: (rendition: string) => string | undefined;
  readonly restartCapture: (reason: string) => void;
  readonly clock: Clock;
}

/** Makes encoders rest and come back, with the media process, which says when. */
export interface SuspendedEncoders {
  set(rest: Suspension): void;
  /** A media process serves: it knows nothing yet. */
  onMediaServing(): void;
  /** A pipeline plays: all its valves are open. */
  onCapturePlaying(): void;
  onFigures(figures: Pick<MediaFigures, 'suspended' | 'substitutes'>): void;
}

/** A rendition is back after two groups of pictures; one whose key frames fall apart never is. */
const BACK_MS = 15_000;

export function openSuspendedEncoders(deps: SuspendedEncodersDeps): SuspendedEncoders {
  const { toMedia, toCapture, valveOf, clock } = deps;
  let rest: Omit<Suspension, 'uplinkMaxBps'> = { substitutes: {}, hasPreviews: true };
  let resting: readonly string[] = [];
  let shut: ReadonlySet<string> = new Set();
  let lateSinceMs: number | undefined;

  const tellMedia = () =>
    toMedia({ type: 'suspend', substitutes: rest.substitutes, hasPreviews: rest.hasPreviews });
  const isWanted = (id: string) => id in rest.substitutes;
  const setValves = () => {
    // An encoder rests when nobody takes anything from it, and runs before somebody does.
    const wanted = new Set(resting.filter(isWanted));
    const opened = [...shut].filter((id) => !wanted.has(id));
    const closed = [...wanted].filter((id) => !shut.has(id));
    for (const id of [...opened, ...closed]) {
      const element = valveOf(id);
      if (element === undefined) continue;
      toCapture({ type: 'valve', element, isShut: wanted.has(id) });
    }
    shut = wanted;
  };
  /** An encoder that takes no orders for key frames comes back with a new pipeline. */
  const watchLate = (substitutes: Substitutes) => {
    const nowMs = clock.monotonicMs();
    if (Object.keys(substitutes).every(isWanted)) lateSinceMs = undefined;
    else lateSinceMs ??= nowMs;
    if (lateSinceMs === undefined || nowMs - lateSinceMs < BACK_MS) return;
    lateSinceMs = undefined;
    deps.restartCapture('a rendition does not come back while it runs');
  };
  return {
    set: ({ substitutes, hasPreviews }) => {
      rest = { substitutes, hasPreviews };
      setValves();
      tellMedia();
    },
    onMediaServing: () => {
      resting = [];
      tellMedia();
    },
    onCapturePlaying: () => {
      shut = new Set();
      setValves();
    },
    onFigures: (figures) => {
      resting = figures.suspended;
      setValves();
      watchLate(figures.substitutes);
    },
  };
}
