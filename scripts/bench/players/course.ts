/** What happens while a player plays: one fault after the other, and the end. */
import type { Box } from '../../../test/support/box.ts';
import type { Tap } from './tap.ts';

/**
 * Faults: a killed capture, a killed media process, no network for 10 s, connections that are reset,
 * a rendition that is suspended to save power, one that is refused for 10 s.
 */
export type PhaseName =
  | 'steady'
  | 'capture'
  | 'media'
  | 'network'
  | 'reset'
  | 'saving'
  | 'rendition'
  | 'end';

export interface Phase {
  readonly name: PhaseName;
  /** Unix time, in ms. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface Course {
  /** Listed when the players start. */
  readonly segments: number;
  /** Seconds of each phase. */
  readonly lengthsS: Readonly<Record<PhaseName, number>>;
}

export const FULL_COURSE: Course = {
  segments: 18,
  lengthsS: {
    ...{ steady: 60, capture: 15, media: 20, network: 35 },
    ...{ reset: 15, saving: 60, rendition: 25, end: 40 },
  },
};

/** For as long the network, or a rendition, is away. */
const AWAY_MS = 10_000;

export interface Stage {
  readonly box: Pick<Box, 'childPid'>;
  readonly taps: readonly Tap[];
  /** Suspends the top rendition to save power, or resumes it; resolves once it is so. */
  readonly savePower: (isOn: boolean) => Promise<void>;
  /** Ends the drop. */
  readonly end: () => Promise<unknown>;
  /** The top rendition. */
  readonly rendition: string;
  /** Starts players again that have stopped, so that each fault is measured by itself. */
  readonly playAgain: () => Promise<void>;
  /** True when all players have seen the end. */
  readonly areEnded: () => boolean;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function runCourse({ lengthsS }: Course, stage: Stage): Promise<readonly Phase[]> {
  const { box, taps, rendition } = stage;
  const kill = (name: 'capture' | 'media') => process.kill(box.childPid(name) ?? 0, 'SIGKILL');
  const away = async (set: (isAway: boolean) => unknown) => {
    await set(true);
    await pause(AWAY_MS);
    await set(false);
  };
  const faults: Readonly<Record<PhaseName, () => unknown>> = {
    steady: () => undefined,
    capture: () => kill('capture'),
    media: () => kill('media'),
    network: () => away((isAway) => taps.map((tap) => tap.setDead(isAway))),
    reset: () => taps.map((tap) => tap.reset()),
    saving: () => away(stage.savePower),
    rendition: () => away((isAway) => taps.map((tap) => tap.lose(isAway ? rendition : undefined))),
    end: stage.end,
  };
  const phases: Phase[] = [];
  for (const name of Object.keys(lengthsS) as PhaseName[]) {
    if (lengthsS[name] === 0) continue;
    await stage.playAgain();
    const startMs = Date.now();
    await faults[name]();
    while (Date.now() - startMs < lengthsS[name] * 1000) {
      if (name === 'end' && stage.areEnded()) break;
      await pause(200);
    }
    phases.push({ name, startMs, endMs: Date.now() });
  }
  return phases;
}
