/** Players of others on a box: a cut of `npm run bench:players`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BROWSER_PLAYERS } from '../../../scripts/bench/players/browsers.ts';
import { NATIVE_PLAYERS } from '../../../scripts/bench/players/native.ts';
import { reportOf } from '../../../scripts/bench/players/report.ts';
import { listed, newestOf, startPlayers } from '../../../scripts/bench/players/run.ts';
import { ask } from '../../support/ask.ts';
import { startBox, until } from '../../support/box.ts';

const test = suite('players of others');
/** mpv is seen by test/daemon/never-stops: beside these it is given no time to show a picture. */
const NAMES = ['ffmpeg', 'hls.js 1.7', 'video.js', 'shaka, low latency'];
/** The others stand at the last picture and do not always report the end (README of the benchmarks). */
const REPORT_THE_END = new Set(['ffmpeg', 'hls.js 1.7']);
const LONG_MS = 90_000;
/** What a player may not have shown at the end. */
const MISSED_MAX_MS = 1_000;

test('each plays on over a killed capture, sees the end, and misses nothing of it', async () => {
  const all = [...NATIVE_PLAYERS, ...BROWSER_PLAYERS];
  const players = all.filter(({ name, missing }) => NAMES.includes(name) && !missing());
  assert.ok(players.length >= 3, players.map(({ name }) => name).join());
  await using box = await startBox();
  await box.ready();
  await listed(box, 4);
  await using started = await startPlayers(box, players);
  const { playing } = started;
  const explain = () =>
    JSON.stringify(
      playing.map((one) => [
        one.player.name,
        newestOf(one),
        one.running.isEnded(),
        [...one.running.complaints()],
      ]),
    );
  const allShow = (sinceMs: number) =>
    until(() => playing.every((one) => newestOf(one) > sinceMs), LONG_MS, explain);
  await allShow(0);
  process.kill(box.childPid('capture') ?? 0, 'SIGKILL');
  await allShow(Date.now() + 2_000);
  await ask(box, 'cmd', 'end');
  const reporting = playing.filter(({ player }) => REPORT_THE_END.has(player.name));
  await until(() => reporting.every(({ running }) => running.isEnded()), LONG_MS, explain);
  const missedMs = () => {
    const shownMs = playing.map(newestOf);
    return Math.max(...shownMs) - Math.min(...shownMs);
  };
  await until(() => missedMs() <= MISSED_MAX_MS, LONG_MS, explain);
});

test('the report of a player counts stalls, what it stood in a fault, and whether it went on', () => {
  const steady = { name: 'steady', startMs: 0, endMs: 10_000 } as const;
  const capture = { name: 'capture', startMs: 10_000, endMs: 20_000 } as const;
  const network = { name: 'network', startMs: 20_000, endMs: 30_000 } as const;
  const samples = Array.from({ length: 190 }, (_, i) => ({
    atMs: i * 100,
    shownMs: i * 100 - 2_000,
  }))
    // It stands for 700 ms, and for 3 s in the fault; in the next one it stops.
    .filter(({ atMs }) => !(atMs > 5_000 && atMs < 5_700) && !(atMs > 11_000 && atMs < 14_000));
  const report = reportOf(samples, [steady, capture, network], -500, 18_000);
  assert.is(report.firstFrameS, 0.5);
  assert.is(report.behindS, 2);
  assert.is(report.stalls, 1);
  assert.equal(report.stoodS, { capture: 3, network: undefined });
  assert.ok(Math.abs((report.missedAtEndS ?? 0) - 1.1) < 0.01, String(report.missedAtEndS));
});

test.run();
