/** Plays one box's drop in some players at once, through a course of faults. */
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { ask } from '../../../test/support/ask.ts';
import { type Box, startDetailedBox, until } from '../../../test/support/box.ts';
import { sendPanelAction } from '../../../test/support/operator.ts';
import { type Course, runCourse } from './course.ts';
import { pageFiles } from './pages.ts';
import type { Player, RunningPlayer, Sample } from './player.ts';
import { type PlayerReport, reportOf } from './report.ts';
import { Tap } from './tap.ts';

export interface PlayerRow extends PlayerReport {
  readonly name: string;
  readonly requestsPerS: number;
  /** Requests that were refused, and what the player complained of. */
  readonly refused: number;
  readonly complaints: readonly string[];
  readonly hasSeenEnd: boolean;
}

/** Of the boxes of tests: see `startDetailedBox`. */
const TOP_RENDITION = 'mid';
const FIRST_FRAME_MS = 45_000;
const COMPLAINTS_MAX = 3;
/** A charge at which the box saves power, and how soon it does at the latest. */
const SAVING_PCT = 30;
const SAVING_MS = 60_000;

export interface Playing {
  readonly player: Player;
  readonly tap: Tap;
  running: RunningPlayer;
  /** What it showed before it was started again. */
  before: readonly Sample[];
  readonly complaints: Map<string, number>;
  readonly startedMs: number;
}

const STOPPED_MS = 3_000;

/** When the newest frame that it shows was taken; 0 before the first. */
export function newestOf({ running }: Playing): number {
  return running.samples.at(-1)?.shownMs ?? 0;
}

/** @param settings Of the box, as for `--set`. */
export async function playAtOnce(
  players: readonly Player[],
  course: Course,
  settings: readonly string[] = [],
): Promise<readonly PlayerRow[]> {
  await using box = await startDetailedBox(settings);
  await box.ready();
  await listed(box, course.segments);
  await using started = await startPlayers(box, players);
  await firstFrames(started.playing);
  return await followCourse(box, started.playing, course);
}

/** Each plays by a proxy of its own. */
export async function startPlayers(
  box: Box,
  players: readonly Player[],
): Promise<{ readonly playing: readonly Playing[] } & AsyncDisposable> {
  const playing: Playing[] = [];
  const end = async () => {
    for (const { running, tap } of playing) {
      await running[Symbol.asyncDispose]();
      await tap[Symbol.asyncDispose]();
    }
  };
  try {
    for (const player of players) {
      const tap = await Tap.open(box.url, pageFiles());
      const startedMs = Date.now();
      const running = await player.start(tap.url);
      const complaints = new Map<string, number>();
      playing.push({ player, tap, running, before: [], complaints, startedMs });
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { playing, [Symbol.asyncDispose]: end };
}

/** Waits until so many segments are listed: a player that comes in the middle of a drop finds a full window. */
export async function listed(box: Box, segments: number): Promise<void> {
  const count = async () => {
    const playlist = await fetch(`${box.url}/live/low/index.m3u8`);
    return (await playlist.text()).split('#EXTINF').length - 1;
  };
  await until(async () => (await count()) >= segments, 60_000, box.output);
}

/** The slowest one has so long; then the course begins without it. */
async function firstFrames(playing: readonly Playing[]): Promise<void> {
  const endMs = Date.now() + FIRST_FRAME_MS;
  const isWaiting = () => playing.some(({ running }) => running.samples.length === 0);
  while (isWaiting() && Date.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function followCourse(
  box: Box,
  playing: readonly Playing[],
  course: Course,
): Promise<readonly PlayerRow[]> {
  const counted = playing.map(({ tap }) => tap.requestsTotal);
  const startMs = Date.now();
  const steady: number[] = [];
  const countSteady = setTimeout(() => {
    const seconds = (Date.now() - startMs) / 1000;
    steady.push(...playing.map(({ tap }, i) => (tap.requestsTotal - (counted[i] ?? 0)) / seconds));
  }, course.lengthsS.steady * 1000);
  let endedMs = 0;
  const phases = await runCourse(course, {
    box,
    taps: playing.map(({ tap }) => tap),
    rendition: TOP_RENDITION,
    savePower: (isOn) => savePower(box, isOn),
    end: async () => {
      endedMs = Date.now();
      await ask(box, 'cmd', 'end');
    },
    playAgain: () => playAgain(playing),
    areEnded: () => playing.every(({ running }) => running.isEnded()),
  });
  clearTimeout(countSteady);
  const lastFrameMs = newestFrame(playing, endedMs);
  return playing.map(({ player, tap, running, before, complaints, startedMs }, i) => ({
    name: player.name,
    ...reportOf([...before, ...running.samples], phases, startedMs, lastFrameMs),
    requestsPerS: steady[i] ?? 0,
    refused: tap.refusedTotal,
    complaints: [...added(complaints, running.complaints())]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, COMPLAINTS_MAX)
      .map(([text, count]) => (count > 1 ? `${count} x ${text}` : text)),
    hasSeenEnd: running.isEnded(),
  }));
}

async function savePower(box: Box, isOn: boolean): Promise<void> {
  await sendPanelAction(box.operatorUrl, { do: 'mains', isOn: !isOn });
  await sendPanelAction(box.operatorUrl, { do: 'charge', pct: isOn ? SAVING_PCT : 100 });
  const isSuspended = async () =>
    (await box.state<BoxSnapshot>()).media?.suspended.includes(TOP_RENDITION) ?? false;
  await until(async () => (await isSuspended()) === isOn, SAVING_MS, box.output);
}

/** Those whose picture stands are restarted, as a person would. */
async function playAgain(playing: readonly Playing[]): Promise<void> {
  const before = playing.map(newestOf);
  await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
  // One that has never shown a frame is not waited for again.
  const stopped = playing.filter((one, i) => newestOf(one) > 0 && newestOf(one) === before[i]);
  for (const one of stopped) {
    added(one.complaints, one.running.complaints());
    one.before = [...one.before, ...one.running.samples];
    await one.running[Symbol.asyncDispose]();
    one.running = await one.player.start(one.tap.url);
  }
  if (stopped.length > 0) await firstFrames(stopped);
}

function added(all: Map<string, number>, more: ReadonlyMap<string, number>) {
  for (const [text, count] of more) all.set(text, (all.get(text) ?? 0) + count);
  return all;
}

/** The last frame of the drop is not known from outside: the newest that any player showed, or the end. */
function newestFrame(playing: readonly Playing[], endedMs: number): number {
  const shown = playing.flatMap(({ running }) => running.samples.at(-1)?.shownMs ?? []);
  return Math.max(endedMs, ...shown);
}
