/** Suspends and resumes encoders to save power. */
import type { Clock } from '../../hal/os/clock.ts';
import type { ToCapture } from '../../pipelines/capture/messages.ts';
import type { MediaFigures, ToMedia } from '../../pipelines/media/messages.ts';
import type { Substitutes } from './loads.ts';

/** What the media path is to leave out. */
export interface Suspension {
  readonly substitutes: Substitutes;
  readonly hasPreviews: boolean;
  readonly hasLook: boolean;
  /** The uplink's own picture gets so much at most; undefined: as the links allow. */
  readonly uplinkMaxBps: number | undefined;
}

export const NOTHING_SUSPENDED: Suspension = {
  ...{ substitutes: {}, hasPreviews: true, hasLook: true },
  uplinkMaxBps: undefined,
};

export interface SuspendedEncodersDeps {
  readonly toMedia: (message: ToMedia) => void;
  readonly toCapture: (message: ToCapture) => void;
  /** Name of the valve before a rendition's encoder. */
  readonly valveOf: (rendition: string) => string | undefined;
  readonly restartCapture: (reason: string) => void;
  readonly clock: Clock;
}

/** Suspends and resumes encoders, when the media process is ready for it. */
export interface SuspendedEncoders {
  set(suspension: Pick<Suspension, 'substitutes' | 'hasPreviews'>): void;
  /** A media process serves: it has no settings yet. */
  onMediaServing(): void;
  /** A pipeline plays: all its valves are open. */
  onCapturePlaying(): void;
  onFigures(figures: Pick<MediaFigures, 'suspended' | 'substitutes'>): void;
}

/** A rendition is back after two groups of pictures; one whose key frames fall apart never is. */
const BACK_MS = 15_000;

export function openSuspendedEncoders(deps: SuspendedEncodersDeps): SuspendedEncoders {
  const { toMedia, toCapture, valveOf, clock } = deps;
  let wanted: Pick<Suspension, 'substitutes' | 'hasPreviews'> = {
    substitutes: {},
    hasPreviews: true,
  };
  let suspended: readonly string[] = [];
  let shut: ReadonlySet<string> = new Set();
  let lateSinceMs: number | undefined;

  const sendMedia = () =>
    toMedia({ type: 'suspend', substitutes: wanted.substitutes, hasPreviews: wanted.hasPreviews });
  const isWanted = (id: string) => id in wanted.substitutes;
  const setValves = () => {
    // An encoder is suspended when none of its output is used, and runs before it is again.
    const closing = new Set(suspended.filter(isWanted));
    const opened = [...shut].filter((id) => !closing.has(id));
    const closed = [...closing].filter((id) => !shut.has(id));
    for (const id of [...opened, ...closed]) {
      const element = valveOf(id);
      if (element === undefined) continue;
      toCapture({ type: 'valve', element, isShut: closing.has(id) });
    }
    shut = closing;
  };
  /** An encoder that ignores requests for key frames needs a new pipeline. */
  const watchLate = (substitutes: Substitutes) => {
    const nowMs = clock.monotonicMs();
    if (Object.keys(substitutes).every(isWanted)) lateSinceMs = undefined;
    else lateSinceMs ??= nowMs;
    if (lateSinceMs === undefined || nowMs - lateSinceMs < BACK_MS) return;
    lateSinceMs = undefined;
    deps.restartCapture('a suspended rendition did not resume');
  };
  return {
    set: ({ substitutes, hasPreviews }) => {
      wanted = { substitutes, hasPreviews };
      setValves();
      sendMedia();
    },
    onMediaServing: () => {
      suspended = [];
      sendMedia();
    },
    onCapturePlaying: () => {
      shut = new Set();
      setValves();
    },
    onFigures: (figures) => {
      suspended = figures.suspended;
      setValves();
      watchLate(figures.substitutes);
    },
  };
}
