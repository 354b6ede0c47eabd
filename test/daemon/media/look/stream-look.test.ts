/** When viewers get a look, and what is recorded meanwhile: never the look. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { StreamLook } from '../../../../daemon/media/look/stream-look.ts';
import type { LookState } from '../../../../daemon/model/look.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('the look over the stream');

const WARM = { name: 'warm', cube_file: '', strength: 1 } as const;
const NONE = { name: 'none', cube_file: '', strength: 1 } as const;
const FILE = { name: 'none', cube_file: '/no/such.cube', strength: 0.5 } as const;

/** A media process that does what it is told: a track is its own encoder's again a moment later. */
function openStage(isRecorded = true) {
  const clock = new VirtualClock();
  const yaml = isRecorded
    ? 'recording: {targets: [{id: a, folder: a}]}'
    : 'recording: {targets: []}';
  let look: typeof WARM | typeof NONE | typeof FILE = NONE;
  let state: LookState | undefined;
  let shown = '';
  const stage = {
    clock,
    setLook: (next: typeof look) => {
      look = next;
    },
    state: () => state,
    /** The table over the picture. */
    shown: () => shown,
    substitutes: () => streamLook.substitutes({}),
    /** What it has now, which follows what is asked for. */
    made: {} as Readonly<Record<string, string>>,
    report: () => {
      streamLook.onFigures(stage.made);
      stage.made = streamLook.substitutes({});
    },
  };
  const streamLook: StreamLook = new StreamLook({
    config: () => parseConfig('x', yaml, []),
    presentDrop: () => ({ look }),
    stateFolder: '/nowhere',
    toCapture: (message) => {
      if (message.type === 'look') shown = message.file;
    },
    onNeed: () => undefined,
    onLook: (next) => {
      state = next;
    },
    tables: {
      changedMs: async () => 1,
      open: async (_folder, settings) => {
        if ('cubeFile' in settings.look) throw new Error('/no/such.cube:3: three numbers');
        return `/table-${settings.look.own}`;
      },
    },
    clock,
    log: silentLog,
  });
  return Object.assign(stage, { streamLook });
}

type Stage = ReturnType<typeof openStage>;

/** So many seconds, each with its report. */
async function pass(stage: Stage, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i += 1) {
    await stage.clock.advance(1_000);
    stage.report();
  }
}

async function run(stage: Stage, work: () => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const running = stage.streamLook.run(ending.signal);
  await stage.clock.advance(0);
  try {
    await work();
  } finally {
    ending.abort();
    await running;
  }
}

test('a stream with a look records a track of its own, and one without has none', async () => {
  const stage = openStage();
  await run(stage, async () => {
    assert.is(stage.streamLook.begin(), false);
    assert.is(stage.streamLook.hasClean, false);
    assert.equal(stage.substitutes(), {});
    stage.streamLook.end();
    stage.setLook(WARM);
    await pass(stage, 1);
    assert.is(stage.state()?.phase, 'ready');
    assert.is(stage.streamLook.begin(), true, 'other tracks');
    assert.is(stage.streamLook.hasClean, true);
    await pass(stage, 1);
    assert.is(stage.shown(), '/table-warm');
    assert.equal(stage.substitutes(), {});
    assert.is(stage.state()?.phase, 'shown');
  });
});

test('a look that is asked for during a stream without one waits for the next', async () => {
  const stage = openStage();
  await run(stage, async () => {
    stage.streamLook.begin();
    stage.setLook(WARM);
    await pass(stage, 5);
    assert.is(stage.shown(), '');
    assert.is(stage.state()?.phase, 'later');
  });
});

test('where nothing is recorded a look comes and goes at once', async () => {
  const stage = openStage(false);
  await run(stage, async () => {
    stage.streamLook.begin();
    stage.setLook(WARM);
    await pass(stage, 2);
    assert.is(stage.shown(), '/table-warm');
    assert.is(stage.streamLook.hasClean, false);
    stage.setLook(NONE);
    await pass(stage, 1);
    assert.is(stage.shown(), '');
    assert.is(stage.state(), undefined);
  });
});

test('to save power the look goes first, then the encoder of the recording; and back in the other order', async () => {
  const stage = openStage();
  stage.setLook(WARM);
  await run(stage, async () => {
    stage.streamLook.begin();
    await pass(stage, 2);
    stage.streamLook.shed(true);
    assert.is(stage.shown(), '');
    assert.equal(stage.substitutes(), {}, 'frames with the look are still under way');
    await pass(stage, 3);
    assert.equal(stage.substitutes(), { recording: 'high' });
    assert.is(stage.state()?.phase, 'shed');
    await pass(stage, 2);
    stage.streamLook.shed(false);
    assert.equal(stage.substitutes(), {});
    assert.is(stage.shown(), '', 'the recording is still made of what viewers get');
    await pass(stage, 4);
    assert.is(stage.shown(), '/table-warm');
  });
});

test('a file with a fault is refused, and another look is taken', async () => {
  const stage = openStage();
  stage.setLook(FILE);
  await run(stage, async () => {
    stage.streamLook.begin();
    await pass(stage, 2);
    assert.equal(stage.state(), {
      ...{ name: '/no/such.cube', strength: 0.5, phase: 'refused' },
      reason: '/no/such.cube:3: three numbers',
    });
    assert.is(stage.shown(), '');
    stage.setLook(WARM);
    await pass(stage, 5);
    assert.is(stage.shown(), '/table-warm');
  });
});

test('a machine that is too slow for it shows none, and says how slow it is', async () => {
  const stage = openStage();
  stage.setLook(WARM);
  const camera = { phase: 'live', framesPerS: 30, repeatedTotal: 0 } as const;
  const report = (fastestMs: number) =>
    stage.streamLook.onSources({ camera, look: { costMs: 31, fastestMs } });
  await run(stage, async () => {
    stage.streamLook.begin();
    await pass(stage, 2);
    for (const fastestMs of [30, 30, 5, 30, 30]) report(fastestMs);
    assert.is(stage.shown(), '/table-warm', 'others were in the way for a moment');
    report(30);
    assert.is(stage.shown(), '');
    await pass(stage, 100);
    assert.match(stage.state()?.reason ?? '', /needs 30 ms for a frame, and has 33/);
  });
});

test('whatever happens, the recording is never made of pictures with a look', async () => {
  const step = fc.constantFrom('warm', 'none', 'file', 'shed', 'unshed', 'begin', 'end', 'wait');
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    const stage = openStage();
    let isStreaming = false;
    let lookedMs = Number.NEGATIVE_INFINITY;
    await run(stage, async () => {
      for (const one of steps) {
        if (one === 'warm' || one === 'none' || one === 'file') {
          stage.setLook({ warm: WARM, none: NONE, file: FILE }[one]);
        } else if (one === 'shed' || one === 'unshed') stage.streamLook.shed(one === 'shed');
        else if (one === 'begin' && !isStreaming) {
          stage.streamLook.begin();
          // Other processes: nothing is under way.
          stage.made = stage.substitutes();
          lookedMs = Number.NEGATIVE_INFINITY;
          isStreaming = true;
        } else if (one === 'end' && isStreaming) {
          stage.streamLook.end();
          isStreaming = false;
        }
        await pass(stage, 1);
        if (!isStreaming) continue;
        const nowMs = stage.clock.monotonicMs();
        if (stage.shown() !== '') lookedMs = nowMs;
        const isOfViewers = !stage.streamLook.hasClean || 'recording' in stage.substitutes();
        assert.ok(!isOfViewers || nowMs - lookedMs > 1_000, `${steps.join(' ')}: at ${one}`);
      }
    });
  });
  await fc.assert(property, { seed: 15, numRuns: 200 });
});

test.run();
