/** The rehearsal: some minutes as in a drop, of which guests see nothing. */
import { anySignal } from '../../hal/os/async.ts';
import { monotonicMs } from '../../hal/os/clock.ts';
import type { ViewerFigures } from '../../pipelines/probe/messages.ts';
import { louder } from '../health/facts.ts';
import { framesFlow } from '../model/freshness.ts';
import type { Drill, ProbedViewer, Rehearsal } from '../model/readiness.ts';
import { round } from '../model/rounding.ts';
import type { BoxSnapshot, UplinkFigures } from '../model/snapshot.ts';
import { type Goals, judge, type Measured } from './judge.ts';
import { bestOf, connect, type LinkDeps, takeAway, until } from './link-measurement.ts';
import { Interrupted, interruptionOf, type RunHandle } from './prepared-run.ts';
import type { OpenProbe, Probe } from './probe.ts';

export interface RehearsalDeps extends LinkDeps {
  readonly goals: Goals;
  readonly hasUplink: boolean;
  readonly openProbe: OpenProbe;
  readonly previewUrl: () => string | undefined;
  readonly streamNowMs: () => number;
}

const FLOW_MS = 30_000;
/** A player that has just begun still finds its pace. */
const SETTLE_MS = 5_000;
/** Of the rehearsal: how long a link is away, between these. */
const OUTAGE_RATIO = 0.15;
const OUTAGE_MIN_MS = 5_000;
const OUTAGE_MAX_MS = 30_000;
const WATCH_EVERY_MS = 1_000;

/** Rejects with {@link Interrupted} only where nothing was measured. */
export async function rehearse(
  minutes: number,
  deps: RehearsalDeps,
  handle: RunHandle,
): Promise<Rehearsal> {
  const { clock, snapshot } = deps;
  const startedMs = clock.wallMs();
  const fromMs = clock.monotonicMs();
  handle.want({ isCapturing: true, isUplinking: deps.hasUplink, hasClock: true });
  handle.step('starting camera and encoder');
  const isFlowing = () => framesFlow(snapshot());
  if (!(await until(isFlowing, FLOW_MS, clock, handle.signal))) {
    throw new Interrupted('no picture comes: run the checks');
  }
  const watch = new Watch(deps);
  const run = new Run(minutes * 60_000, watch, deps, handle);
  let reason: string | undefined;
  try {
    await run.go();
  } catch (error) {
    const interruption = interruptionOf(error, handle.signal);
    if (interruption === undefined) throw error;
    reason = interruption.message;
  }
  const measured = watch.measured(run.drill, run.noDrill);
  const lines = judge(measured, deps.goals);
  const isFailed = lines.some(({ verdict }) => verdict === 'fail');
  return {
    started: new Date(startedMs).toISOString(),
    lasted_s: Math.round((clock.monotonicMs() - fromMs) / 1000),
    verdict: reason === undefined ? (isFailed ? 'fail' : 'pass') : 'ended',
    reason: reason ?? null,
    viewer: measured.viewer ?? null,
    drill: measured.drill ?? null,
    lines: [...lines],
  };
}

/** One rehearsal: a probe watches all of it, and a link is taken away in the middle. */
class Run {
  drill: Drill | undefined;
  noDrill = 'no failover test: fewer than two links are up';
  readonly #lengthMs: number;
  readonly #watch: Watch;
  readonly #deps: RehearsalDeps;
  readonly #handle: RunHandle;

  constructor(lengthMs: number, watch: Watch, deps: RehearsalDeps, handle: RunHandle) {
    this.#lengthMs = lengthMs;
    this.#watch = watch;
    this.#deps = deps;
    this.#handle = handle;
  }

  async go(): Promise<void> {
    const { clock } = this.#deps;
    const stop = new AbortController();
    using ends = anySignal(this.#handle.signal, stop.signal);
    const probe = this.#openProbe();
    const running = Promise.all([probe.run(ends.signal), this.#watch.run(probe, ends.signal)]);
    running.catch(() => undefined);
    try {
      if (this.#deps.hasUplink) await connect(this.#deps, this.#handle);
      await clock.sleep(SETTLE_MS, this.#handle.signal);
      probe.restart();
      this.#watch.begin();
      const untilMs = clock.monotonicMs() + this.#lengthMs;
      await this.#wait(untilMs - this.#lengthMs * 0.6, untilMs);
      await this.#takeBestAway(probe);
      await this.#wait(untilMs, untilMs);
    } finally {
      stop.abort();
      await running.catch(() => undefined);
    }
  }

  #openProbe(): Probe {
    const { openProbe, previewUrl, streamNowMs } = this.#deps;
    return openProbe({
      pageUrl: '',
      streamUrl: previewUrl() ?? '',
      posterFolder: '',
      streamAheadMs: streamNowMs() - monotonicMs(),
    });
  }

  async #takeBestAway(probe: Probe): Promise<void> {
    const best = this.#deps.hasUplink ? bestOf(this.#deps.snapshot()) : undefined;
    if (best === undefined) return;
    const wantedMs = this.#lengthMs * OUTAGE_RATIO;
    const outageMs = Math.min(OUTAGE_MAX_MS, Math.max(OUTAGE_MIN_MS, wantedMs));
    const before = probe.seen().figures?.stalls;
    const drill = await takeAway(best, outageMs, this.#deps, this.#handle);
    const after = probe.seen().figures?.stalls;
    const stalls = before === undefined || after === undefined ? null : Math.max(0, after - before);
    this.drill = { ...drill, stalls };
  }

  /** Until `atMs`, and says how far it is. */
  async #wait(atMs: number, endMs: number): Promise<void> {
    const { clock } = this.#deps;
    for (let leftMs = atMs - clock.monotonicMs(); leftMs > 0; leftMs = atMs - clock.monotonicMs()) {
      const restS = Math.ceil((endMs - clock.monotonicMs()) / 1000);
      const figures = this.#watch.viewer();
      const p50 = figures?.latency_s.p50;
      const latency = p50 === undefined || p50 === null ? '' : `, ${p50.toFixed(2)} s behind`;
      this.#handle.step(`${restS} s left${latency}`, 1 - (restS * 1000) / this.#lengthMs);
      await clock.sleep(Math.min(leftMs, 2_000), this.#handle.signal);
    }
  }
}

/** Looks at the box once a second. */
class Watch {
  readonly #deps: RehearsalDeps;
  #figures: ViewerFigures | undefined;
  #peakDbfs: readonly number[] | undefined;
  #hasBegun = false;
  #seconds = 0;
  #connected = 0;
  #lowestBps: number | undefined;
  #firstUplink: UplinkFigures | undefined;
  #lastUplink: UplinkFigures | undefined;

  constructor(deps: RehearsalDeps) {
    this.#deps = deps;
  }

  begin(): void {
    this.#hasBegun = true;
    this.#figures = undefined;
  }

  async run(probe: Probe, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (this.#hasBegun) this.#look(this.#deps.snapshot());
      this.#figures = probe.seen().figures ?? this.#figures;
      await this.#deps.clock.sleep(WATCH_EVERY_MS, signal);
    }
  }

  viewer(): ProbedViewer | undefined {
    return this.#figures === undefined ? undefined : viewerOf(this.#figures);
  }

  measured(drill: Drill | undefined, noDrill: string): Measured {
    const dropped = (one: UplinkFigures | undefined) => one?.srt?.droppedTotal ?? 0;
    return {
      viewer: this.viewer(),
      drill,
      noDrill,
      peakDbfs: this.#peakDbfs,
      uplink: {
        isWanted: this.#deps.hasUplink,
        connectedRatio: this.#seconds === 0 ? 0 : this.#connected / this.#seconds,
        lost: Math.max(0, dropped(this.#lastUplink) - dropped(this.#firstUplink)),
        lowestBps: this.#lowestBps,
      },
    };
  }

  #look({ levels, uplink }: BoxSnapshot): void {
    if (levels !== undefined) this.#peakDbfs = louder(this.#peakDbfs, levels);
    this.#seconds += 1;
    if (uplink?.phase !== 'connected') return;
    this.#connected += 1;
    this.#firstUplink ??= uplink;
    this.#lastUplink = uplink;
    this.#lowestBps = Math.min(this.#lowestBps ?? Number.POSITIVE_INFINITY, uplink.bitrateBps);
  }
}

export function viewerOf(figures: ViewerFigures): ProbedViewer {
  const { latencyMs, stalls, stalledMs, parts, failed, isByPicture } = figures;
  const s = (ms: number | undefined) => (ms === undefined ? null : round(ms / 1000, 3));
  return {
    latency_s: { p50: s(latencyMs?.p50), p95: s(latencyMs?.p95), n: latencyMs?.n ?? 0 },
    is_by_picture: isByPicture,
    stalls,
    stalled_s: round(stalledMs / 1000, 1),
    parts,
    failed,
    hit_ratio: figures.edgeReplies === 0 ? null : round(figures.edgeHits / figures.requests, 3),
  };
}
