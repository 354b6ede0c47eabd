/** What goes wrong on an evening, one after the other, while guests watch and the box records. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Box, startDetailedBox, until } from '../box.ts';
import { sendPanelAction } from '../operator.ts';
import { type Client, openClients } from './clients.ts';

const LONG_MS = 90_000;

/** A box whose clock can be set, by libfaketime; its monotonic clock is the machine's. */
export interface SettableBox extends AsyncDisposable {
  readonly box: Box;
  /** By so much from now on, as `+3d`. */
  setClock(by: string): Promise<void>;
}

export async function openSettableBox(
  overrides: readonly string[],
  keptIn?: string,
  start = startDetailedBox,
): Promise<SettableBox> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-clock-'));
  const file = join(folder, 'time');
  writeFileSync(file, '+0');
  const environment = [
    `LD_PRELOAD=${libfaketime()}`,
    `FAKETIME_TIMESTAMP_FILE=${file}`,
    'FAKETIME_CACHE_DURATION=1',
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
    // Else libsrt's timed waits, which count by the monotonic clock, end at once and spin.
    'FAKETIME_FORCE_MONOTONIC_FIX=0',
    'NO_FAKE_STAT=1',
  ];
  const box = await start(overrides, ['demo'], ['env', ...environment], undefined, keptIn);
  return {
    box,
    setClock: async (by) => {
      writeFileSync(file, by);
      await sleep(2_000);
    },
    [Symbol.asyncDispose]: async () => {
      await box[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

function libfaketime(): string {
  const folder = '/usr/lib';
  const found = readdirSync(folder)
    .map((name) => join(folder, name, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('libfaketime is missing: apt-get install libfaketime');
  return found;
}

export interface FaultsSeen {
  /** Of each fault. */
  readonly rows: readonly {
    readonly fault: string;
    /** From the end of the fault until all guests had played two seconds more. */
    readonly playedOnMs: number;
  }[];
  /** Of a page that was opened after the clock had been set. */
  readonly latenciesMs: readonly number[];
  /** What no guest and no recording may show. */
  readonly problems: readonly string[];
}

/** @param awayS How long camera and sound card are unplugged. */
export async function seeFaults(awayS: number, start = startDetailedBox): Promise<FaultsSeen> {
  const recordings = mkdtempSync(join(tmpdir(), 'venuebox-faults-'));
  const rows: { fault: string; playedOnMs: number }[] = [];
  const latenciesMs: number[] = [];
  const problems: string[] = [];
  try {
    {
      await using settable = await openSettableBox(
        [`recording.targets=[{id: a, folder: ${recordings}, reserve_mb: 0, reserve_pct: 0}]`],
        undefined,
        start,
      );
      const { box } = settable;
      await box.ready();
      // ffmpeg looks at what there is when it opens the stream, and takes no track that comes later.
      const segments = async () =>
        (await (await fetch(`${box.url}/live/mid/index.m3u8`)).text()).split('#EXTINF').length;
      await until(async () => (await segments()) > 4, LONG_MS, box.output);
      await using clients = await openClients(box.url);
      const plug = (name: string, isOn: boolean) =>
        sendPanelAction(box.operatorUrl, { do: 'switch', name, isOn });
      const unplug = async (...names: readonly string[]) => {
        for (const name of names) await plug(name, false);
        await sleep(awayS * 1000);
        for (const name of names) await plug(name, true);
      };
      const setClock = async (by: string) => {
        await settable.setClock(by);
        latenciesMs.push(await clients.latencyOfNewPage());
      };
      const faults: readonly (readonly [string, () => Promise<unknown> | boolean])[] = [
        ['camera unplugged', () => unplug('camera')],
        ['sound card unplugged', () => unplug('sound')],
        ['both unplugged', () => unplug('camera', 'sound')],
        ['capture killed', () => process.kill(box.childPid('capture') ?? 0, 'SIGKILL')],
        ['clock set by 3 days', () => setClock('+3d')],
        ['clock set back by 1 day', () => setClock('-1d')],
      ];
      let msn = 0;
      for (const [fault, work] of faults) {
        await work();
        const startedMs = performance.now();
        problems.push(...(await playOn(clients.all)).map((problem) => `${fault}: ${problem}`));
        rows.push({ fault, playedOnMs: Math.round(performance.now() - startedMs) });
        const playlist = await (await fetch(`${box.url}/live/mid/index.m3u8`)).text();
        const now = Number(/MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]);
        if (!(now >= msn)) problems.push(`${fault}: media sequence number ${now} after ${msn}`);
        msn = now;
        if (/GAP=YES|#EXT-X-GAP|#EXT-X-DISCONTINUITY$/m.test(playlist)) {
          problems.push(`${fault}: a gap in the playlist`);
        }
      }
    }
    problems.push(...(await checkRecordings(recordings)));
    return { rows, latenciesMs, problems };
  } finally {
    rmSync(recordings, { recursive: true, force: true });
  }
}

/** Each guest plays two seconds more. */
async function playOn(clients: readonly Client[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const before = await Promise.all(clients.map((client) => client.playedS()));
  for (const [i, client] of clients.entries()) {
    const isOn = async () =>
      (await client.playedS()) >= (before[i] ?? 0) + 2 || (await client.left()) !== undefined;
    await until(isOn, LONG_MS).catch(() => problems.push(`${client.name} plays no more`));
    const left = await client.left();
    if (left !== undefined) problems.push(`${client.name}: ${left}`);
  }
  return problems;
}

/** A longer time between two frames is a hole. */
const HOLE_S = 0.5;

/** Both tracks from the first to the last second, without a hole. */
async function checkRecordings(folder: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.mp4'));
  const movies = names.toSorted().map((name) => join(folder, name));
  if (movies.length === 0) problems.push('nothing was recorded');
  for (const movie of movies) {
    for (const track of ['v:0', 'a:0']) {
      const args = ['-v', 'error', '-select_streams', track, '-of', 'csv=p=0'];
      const { stdout, stderr } = await promisify(execFile)(
        'ffprobe',
        [...args, '-show_entries', 'packet=dts_time', movie],
        { maxBuffer: 50_000_000 },
      );
      if (stderr !== '') problems.push(`${track}: ${stderr.slice(0, 300)}`);
      const times = stdout.split('\n').map(Number.parseFloat).filter(Number.isFinite);
      if (times.length < 10) problems.push(`${track}: ${times.length} packets in ${movie}`);
      for (const [i, time] of times.entries()) {
        const stepS = i === 0 ? 0 : time - (times[i - 1] ?? 0);
        if (stepS < 0 || stepS > HOLE_S) problems.push(`${track}: ${stepS} s at ${time} s`);
      }
    }
  }
  return problems;
}
