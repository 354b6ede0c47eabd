/**
 * Runs inside the machine whose power is cut: repairs what the last cut left,
 * hands it out, and records until it dies. Reports to the host, over hostfs, how far
 * it is; the host's own page cache keeps that over the cut.
 */
import { cpSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import { openRecorders, type Recorders } from '../../../pipelines/recording/recorders.ts';
import { openRealFeed } from '../../../test/support/media/real-feed.ts';
import { readMedia } from '../../../test/support/media/real-media.ts';

const [work = ''] = process.argv.slice(2);
const out = '/mnt/out';
const FOLDERS = { a: '/mnt/a/rec', b: '/mnt/b/rec' };
const STEP_MS = 50;
const FIRST_US = 2e6;

const media = readMedia(
  readFileSync(join(work, 'video.gdp')),
  readFileSync(join(work, 'audio.gdp')),
);
// Media time is the time of day, so that no two boots give a recording the same name.
const epochMs = Date.now() - (Date.now() % 86_400_000);
const startUs = (Date.now() - epochMs) * 1000;

let recorders: Recorders | undefined;
let publishedUs = 0;
let lagMaxMs = 0;
const safeUs: Record<string, number> = {};
const feed = openRealFeed(
  media,
  (id) => {
    recorders?.collect(id);
    if (id === 'high') publishedUs = feed.nowUs();
  },
  startUs,
  epochMs,
);
recorders = openRecorders({
  presentation: feed.presentation,
  trackIds: ['high', 'audio'],
  targets: Object.entries(FOLDERS).map(([id, folder]) => ({
    id,
    folder,
    reserveBytes: 0,
    reservePct: 0,
    policy: 'oldest-first',
    isOwnVolume: true,
  })),
  clock: systemClock,
  log: openLog('info', 'people', (line) => writeSync(2, line)),
  onState: (states) => {
    lagMaxMs = Math.max(lagMaxMs, ...states.map(({ lagMs = 0 }) => Math.round(lagMs)));
  },
  onSynced: (id, untilUs) => {
    safeUs[id] = untilUs;
    report();
  },
});

/** By how much the last steps came late: for so long the host did not run this machine. */
const lateMs: number[] = [0];
const LATE_KEPT = 60;

let endings = 0;
const progress = openSync(join(out, 'progress'), 'w');
/** One write in place, so that a cut leaves the last or the one before. */
function report(): void {
  const line = JSON.stringify({
    starvedMs: Math.max(...lateMs),
    lagMaxMs,
    beganUs: startUs,
    nowUs: feed.nowUs(),
    publishedUs,
    endings,
    safeUs,
  });
  writeSync(progress, line.padEnd(250), 0);
}

const dying = new AbortController();
const running = recorders.run(dying.signal);
while (recorders.states().some(({ phase }) => phase === 'failed')) {
  await systemClock.sleep(STEP_MS);
}
for (const [id, folder] of Object.entries(FOLDERS)) {
  cpSync(folder, join(out, id), { recursive: true });
}
writeFileSync(join(out, 'repaired'), '');
if (readdirSync(out).includes('last')) {
  dying.abort();
  await running;
  process.exit(0);
}
/** Where the host asks for it: a first recording ends as a drop ends, and the next one begins. */
let ending: 'wanted' | 'under way' | 'over' = readdirSync(out).includes('ends') ? 'wanted' : 'over';
const { setOn, states } = recorders;
function endFirst(): void {
  if (ending === 'wanted' && publishedUs - startUs > FIRST_US && Object.keys(safeUs).length === 2) {
    ending = 'under way';
    setOn(false);
  }
  if (ending === 'under way' && states().every(({ phase }) => phase === 'off')) {
    ending = 'over';
    endings = 1;
    setOn(true);
  }
}

recorders.setOn(true);
const beganMs = performance.now();
const fedUs = feed.nowUs();
for (;;) {
  const steppedMs = performance.now();
  await systemClock.sleep(STEP_MS);
  lateMs.push(Math.round(performance.now() - steppedMs - STEP_MS));
  if (lateMs.length > LATE_KEPT) lateMs.shift();
  const dueUs = fedUs + (performance.now() - beganMs) * 1000;
  feed.run((dueUs - feed.nowUs()) / 1e6);
  endFirst();
  report();
}
