/** What the media process reports to the daemon once a second. */
import { every } from '../../hal/os/async.ts';
import type { HttpFigures } from '../http/http-figures.ts';
import type { Viewers } from '../origin/viewers.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { Pushes } from '../push/pushes.ts';
import { FrameRate } from './frame-rate.ts';
import type { MediaFigures } from './messages.ts';
import type { PartLag } from './part-lag.ts';
import { Publication } from './publication.ts';

const REPORT_EVERY_MS = 1_000;

export interface FiguresReportDeps {
  readonly presentation: Presentation;
  readonly trackIds: readonly string[];
  readonly viewers: Viewers;
  readonly partLag: PartLag;
  readonly http: () => HttpFigures;
  /** Undefined where the config has none. */
  readonly pushes: Pick<Pushes, 'figures'> | undefined;
  readonly nowUs: () => number;
  readonly onReport: (figures: MediaFigures) => void;
}

/** Counts what happens between two reports, and sends one each second. */
export class FiguresReport {
  readonly #deps: FiguresReportDeps;
  readonly #frameRate: FrameRate;
  readonly #publication: Publication;
  #reportedMs: number;
  #partsTotal = 0;

  constructor(deps: FiguresReportDeps) {
    this.#deps = deps;
    this.#publication = new Publication(deps.trackIds);
    this.#reportedMs = performance.now();
    this.#frameRate = new FrameRate(this.#reportedMs);
  }

  async run(signal: AbortSignal): Promise<void> {
    await every(REPORT_EVERY_MS, signal, () => {
      if (performance.now() - this.#reportedMs >= REPORT_EVERY_MS / 2) this.#report();
    });
  }

  addFrame(trackId: string): void {
    this.#frameRate.add(trackId);
  }

  /** With many viewers timers run seconds late, and a missing report would count as a stall. */
  addPart(trackId: string): void {
    this.#partsTotal += 1;
    this.#publication.add(trackId);
    if (performance.now() - this.#reportedMs >= REPORT_EVERY_MS) this.#report();
  }

  /** To be called a few times a second. */
  tick(): void {
    if (!this.#deps.presentation.isEnded) this.#publication.tick(performance.now());
  }

  #report(): void {
    const { presentation, viewers, partLag, http, pushes, nowUs, onReport } = this.#deps;
    this.#reportedMs = performance.now();
    const framesPerS = this.#frameRate.take(this.#reportedMs);
    const stalled = presentation.isEnded ? undefined : this.#publication.stalled();
    onReport({
      isFlowing: presentation.isFlowing(nowUs()),
      http: http(),
      viewers: viewers.figures(this.#reportedMs),
      partLagMs: partLag.take(),
      partsTotal: this.#partsTotal,
      repeatedFramesTotal: presentation.repeatedFramesTotal,
      ...(framesPerS === undefined ? {} : { framesPerS }),
      ...(stalled === undefined ? {} : { stalled }),
      ...(pushes && { push: pushes.figures() }),
      substitutes: presentation.substitutes.now(),
      suspended: presentation.substitutes.suspended(),
      heldBytes: presentation.tracks().reduce((sum, { window }) => sum + window.heldBytes(), 0),
    });
  }
}
