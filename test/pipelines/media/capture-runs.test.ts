/** When a capture run that brings nothing is given up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { UplinkFeed } from '../../../pipelines/feed/uplink-feed.ts';
import type { CaptureRunDeps } from '../../../pipelines/media/capture-run.ts';
import { CaptureRuns } from '../../../pipelines/media/capture-runs.ts';
import type { FromMedia } from '../../../pipelines/media/messages.ts';
import type { Presentation } from '../../../pipelines/packager/presentation.ts';
import { UnpublishedRenditions } from '../../../pipelines/scan/unpublished.ts';

const test = suite('capture runs');
const TICK_MS = 50;

/** A media process that looks every 50 ms, and a capture process of which frames arrive or not. */
class World {
  readonly failures: number[] = [];
  nowMs = 1_000;
  #run: { readonly begunMs: number; isPlaced: boolean } | undefined;
  #lastFrameMs = 0;
  readonly runs: CaptureRuns;

  constructor() {
    const presentation: Pick<Presentation, 'stalledUs' | 'isFlowing' | 'beginRun' | 'endRun'> = {
      isFlowing: () => this.#run?.isPlaced === true && this.nowMs - this.#lastFrameMs < 500,
      stalledUs: () =>
        this.#run === undefined
          ? 0
          : 1_000 * (this.nowMs - Math.max(this.#run.begunMs, this.#lastFrameMs)),
      beginRun: () => {
        this.#run = { begunMs: this.nowMs, isPlaced: false };
      },
      endRun: () => {
        this.#run = undefined;
      },
    };
    const deps: CaptureRunDeps = {
      presentation: presentation as Presentation,
      uplink: { restart: () => undefined } as UplinkFeed,
      unpublished: new UnpublishedRenditions(),
      nowUs: () => 1_000 * this.nowMs,
      send: (message: FromMedia) => {
        if (message.type === 'broken') this.failures.push(this.nowMs);
      },
      onUnit: () => undefined,
      onOpus: () => undefined,
    };
    this.runs = new CaptureRuns(deps);
    this.start();
  }

  start(): void {
    this.runs.open({ type: 'run', run: 1, inputs: [], slates: [] });
  }

  /** Looks for so long; frames arrive before each look, or not. */
  go(ms: number, hasFrames: boolean, tickMs = TICK_MS): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += tickMs;
      if (hasFrames) this.#frame();
      this.runs.failIfStalled();
    }
  }

  /** It does not run, and then looks once before it reads what has arrived. */
  pause(ms: number): void {
    this.nowMs += ms;
    this.runs.failIfStalled();
    this.#frame();
  }

  /** Some tracks have come, and not all. */
  place(): void {
    if (this.#run !== undefined) this.#run.isPlaced = true;
  }

  #frame(): void {
    this.#lastFrameMs = this.nowMs;
    if (this.#run !== undefined) this.#run.isPlaced = true;
  }
}

test('a run without frames for two seconds is given up, and one that brings some is not', () => {
  const world = new World();
  world.go(60_000, true);
  assert.equal(world.failures, []);
  world.go(1_900, false);
  assert.equal(world.failures, []);
  world.go(300, false);
  assert.is(world.failures.length, 1);
});

test('a machine that stands for seconds costs no capture: its frames are still to be read', () => {
  const world = new World();
  for (let n = 0; n < 50; n += 1) {
    world.go(500, true);
    world.pause(1_000 + 200 * n);
  }
  assert.equal(world.failures, []);
});

test('where each look is late a run that brings nothing is given up all the same', () => {
  const world = new World();
  world.go(5_000, true, 1_000);
  world.go(30_000, false, 1_000);
  assert.is(world.failures.length, 1);
});

test('a run whose sound has come has time until its picture comes', () => {
  const world = new World();
  world.place();
  world.go(10_000, false);
  world.go(5_000, true);
  assert.equal(world.failures, []);
  world.go(3_000, false);
  assert.is(world.failures.length, 1);
});

test('a start has 15 s, and twice as much after each that failed, until one has frames', () => {
  const world = new World();
  const triedMs = () => {
    const [startedMs, before] = [world.nowMs, world.failures.length];
    world.start();
    while (world.failures.length === before) world.go(TICK_MS, false);
    return Math.round((world.nowMs - startedMs) / 1_000);
  };
  assert.equal([triedMs(), triedMs(), triedMs(), triedMs()], [15, 30, 60, 60]);
  world.start();
  world.go(1_000, true);
  world.go(3_000, false);
  assert.is(triedMs(), 15);
});

test.run();
