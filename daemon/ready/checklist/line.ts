/** Lines of the checklist, and what they are made from. */
import type { Line, Survey, Verdict } from '../../model/readiness.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';

/** What the config asks of a drop. */
export interface Plan {
  readonly picture: { readonly width: number; readonly height: number; readonly fps: number };
  readonly isExposureLocked: boolean;
  readonly soundChannels: number;
  /** How long the drop is meant to last; an hour where that is not said. */
  readonly plannedS: number;
  readonly isPlannedSaid: boolean;
  /** Of that, from now on: all of it until it is live. */
  readonly leftS: number;
  /** Until it starts; 0 where that is not soon. */
  readonly waitS: number;
  /** Of all that is recorded on one target. */
  readonly recordedBps: number;
  readonly recordingTargets: number;
  readonly hasPosters: boolean;
  readonly hasPrinter: boolean;
  /** An address that guests are given in the config: there may be caches in front of the box. */
  readonly isPublished: boolean;
  readonly uplinkBps: number | undefined;
  /** RFC 3339, or empty. */
  readonly startsAt: string;
}

/** A link, as the short drill saw it. */
export interface ProbedLink {
  readonly id: string;
  readonly isBackup: boolean;
  readonly rttMs?: number;
  readonly lossPct?: number;
  /** Delivered while it carried the stream alone; undefined where it was not tried alone. */
  readonly aloneBps?: number;
  readonly isUsable: boolean;
  readonly reason: string;
}

export interface LinkProbe {
  readonly phase: 'connected' | 'connecting' | 'off';
  readonly reason?: string;
  readonly rttMs?: number;
  readonly latencyMs?: number;
  /** What was offered to the links meanwhile. */
  readonly offeredBps: number;
  readonly links: readonly ProbedLink[];
  /** Undefined with fewer than two usable links. */
  readonly drill?: {
    readonly link: string;
    readonly takenOverBy?: string;
    readonly failoverMs?: number;
    readonly lost?: number;
  };
}

/** The guests' page, fetched as a phone does. */
export interface PageProbe {
  readonly url: string;
  /** Why it could not be fetched. */
  readonly failure?: string;
  readonly loadedMs?: number;
  readonly files?: number;
  /** Of the second round, replies that a cache in front of the box answered. */
  readonly edgeHits?: number;
  readonly hasEdge?: boolean;
}

export interface PosterProbe {
  readonly failure?: string;
  /** Files by format, for example `{ avif: 4, webp: 4, jpeg: 4 }`. */
  readonly files: Readonly<Record<string, number>>;
  readonly tookMs?: number;
}

/** What was tried out for the checklist; undefined where it could not be tried now. */
export interface Probes {
  readonly links?: LinkProbe;
  readonly page?: PageProbe;
  readonly posters?: PosterProbe;
  /** Read off the paper that would be printed; undefined where it cannot be read. */
  readonly pageCode?: { readonly wanted: string; readonly read?: string };
  /** Mean brightness of pictures now, 0 to 1. */
  readonly lightRatios?: readonly number[];
  /** The loudest of each channel while the checks ran. */
  readonly peakDbfs?: readonly number[];
  /** How many Wi-Fi networks there are now; left out where this machine cannot see them. */
  readonly wifiNetworks?: number;
  readonly survey?: Survey;
}

export interface Facts {
  readonly box: BoxSnapshot;
  readonly plan: Plan;
  readonly probes: Probes;
  readonly nowMs: number;
}

export type LineMaker = (facts: Facts) => Line | readonly Line[];

const make =
  (verdict: Verdict) =>
  (name: string, evidence: string, advice = ''): Line => ({ name, verdict, evidence, advice });

export const pass = make('pass');
export const warn = make('warn');
export const fail = make('fail');

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const mbps = (bps: number): string => `${(bps / 1e6).toFixed(1)} Mb/s`;
