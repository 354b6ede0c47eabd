/** Feeds real encoded media to a presentation, with gaps and restarts. */
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { Presentation } from '../../../pipelines/packager/presentation.ts';
import type { RealMedia } from './real-media.ts';

export interface RealFeed {
  readonly presentation: Presentation;
  nowUs(): number;
  /** Capture (re)starts. */
  start(): void;
  /** Capture runs on for so long; its tracks may be chosen. */
  run(seconds: number, kinds?: readonly ('video' | 'audio')[]): void;
  /** Nothing comes for so long. */
  idle(seconds: number): void;
  die(): void;
}

/** Unix time of media time 0 in a test that does not say otherwise. */
export const REAL_EPOCH_MS = Date.UTC(2026, 10, 22);

/**
 * A presentation of real, decodable media: four seconds over and over.
 *
 * @param startUs Media time at which it begins.
 */
export function openRealFeed(
  media: RealMedia,
  onPublish: (trackId: string) => void,
  startUs = 5e6,
  epochMs = REAL_EPOCH_MS,
): RealFeed {
  const presentation = new Presentation({
    limits: limitsFor(200, 1000, 20),
    segmentUs: 1e6,
    epochMs,
    tracks: [
      { id: 'high', kind: 'video' },
      { id: 'audio', kind: 'audio' },
    ],
    firstMsn: 1000,
    firstDiscontinuity: 0,
    onPublish,
  });
  let nowUs = startUs;
  let run: { readonly startUs: number; video: number; audio: number } | undefined;
  const start = () => {
    presentation.beginRun(nowUs);
    presentation.setCaps('high', media.video.caps);
    presentation.setCaps('audio', media.audio.caps);
    run = { startUs: nowUs, video: 0, audio: 0 };
  };
  const deliver = (kind: 'video' | 'audio', isKept: boolean) => {
    const { unitUs, units } = media[kind];
    const lateUs = kind === 'video' ? 10_000 : 30_000;
    while (run !== undefined && run.startUs + run[kind] * unitUs + lateUs <= nowUs) {
      const unit = units[run[kind] % units.length];
      const runningUs = run[kind] * unitUs;
      run[kind] += 1;
      if (unit === undefined || !isKept) continue;
      const id = kind === 'video' ? 'high' : 'audio';
      presentation.add(id, { ...unit, runningUs, isDiscont: false, arrivedUs: nowUs });
    }
  };
  const step = (seconds: number, kinds: readonly string[]) => {
    const endUs = nowUs + seconds * 1e6;
    while (nowUs < endUs) {
      nowUs = Math.min(endUs, nowUs + 5_000);
      for (const kind of ['video', 'audio'] as const) deliver(kind, kinds.includes(kind));
      presentation.tick(nowUs);
    }
  };
  return {
    presentation,
    nowUs: () => nowUs,
    start,
    run: (seconds, kinds = ['video', 'audio']) => {
      if (run === undefined) start();
      step(seconds, kinds);
    },
    idle: (seconds) => step(seconds, []),
    die: () => {
      run = undefined;
      presentation.endRun();
    },
  };
}
