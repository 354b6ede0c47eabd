/** Measures what a guest sees over a line that loses and delays packets, and over a narrow one. */
import { runCommand } from '../../../hal/os/process.ts';
import { type Figure, round } from '../machine.ts';
import { type LossyOptions, openLossyNetwork } from './network.ts';
import type { LossyRun, LossySeen } from './run.ts';

const SECONDS = 60;
const TIMEOUT_MS = 900_000;
/** Below the higher rendition of the box, 900 kb/s, and above the lower one. */
const NARROW_BPS = 700_000;

const NAMES: Readonly<Record<string, string>> = {
  '?player=whep': 'WHEP',
  '?player=frames': 'frames, pushed',
  '?player=push': 'parts, pushed',
  '?player=parts': 'parts, fetched',
};

export async function benchLossy(): Promise<readonly Figure[]> {
  const bad = await watch({ lossRatio: 0.02, jitterMs: 30 }, Object.keys(NAMES), SECONDS);
  const worse = { lossRatio: 0.02, jitterMs: 60 };
  const ways = ['?player=push', '?player=parts'];
  const uneven = await watch(worse, ways, SECONDS, 200);
  const narrow = { lossRatio: 0, jitterMs: 0, rateBps: NARROW_BPS };
  const limited = await watch(narrow, ['?player=whep'], SECONDS / 2);
  return [
    ...bad.map((seen) => figureOf('100 ms, 2 % loss, 30 ms jitter', seen, SECONDS)),
    ...uneven.map((seen) => figureOf('200 ms, 2 % loss, 60 ms jitter', seen, SECONDS)),
    ...limited.map((seen) => figureOf(`a line of ${NARROW_BPS / 1e3} kb/s`, seen, SECONDS / 2)),
  ];
}

function figureOf(line: string, seen: LossySeen, seconds: number): Figure {
  const long = seen.freezesMs.filter((ms) => ms > 500).length;
  const freezes = `${seen.freezesMs.length} freezes over 250 ms, ${long} over 500`;
  const latency = `p50 ${round(seen.p50Ms, 0)}, p95 ${round(seen.p95Ms, 0)} ms`;
  const end = `${seen.heightPx} lines, by ${seen.by}`;
  return {
    name: `${NAMES[seen.query] ?? seen.query}, ${line}, ${seconds} s`,
    value: `${latency}; ${freezes}, longest ${round(seen.longestMs, 0)} ms; at the end ${end}`,
    goal: 'no freeze over 500 ms',
  };
}

async function watch(
  line: LossyOptions,
  queries: readonly string[],
  seconds: number,
  partMs = 100,
): Promise<readonly LossySeen[]> {
  await using network = await openLossyNetwork(line);
  const { venue, guest, venueAddress } = network;
  const run: LossyRun = { guest, venueAddress, queries, partMs, seconds };
  const program = ['--import', 'tsx', 'scripts/bench/lossy/run.ts', JSON.stringify(run)];
  const args = ['netns', 'exec', venue, process.execPath, ...program];
  const { stdout, stderr, exitCode } = await runCommand('ip', args, { timeoutMs: TIMEOUT_MS });
  const seen = stdout.split('\n').findLast((text) => text.startsWith('['));
  if (exitCode !== 0 || seen === undefined) throw new Error(`${stderr}\n${stdout}`);
  return JSON.parse(seen) as readonly LossySeen[];
}
