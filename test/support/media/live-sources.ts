/** Real source processes and a real capture process, and what comes of them. */
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPipes } from '../../../daemon/media/children/pipes.ts';
import type { LaunchFragment, SendUnits } from '../../../hal/gst/launch.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import { entryPoint, type RunningChild, runCommand } from '../../../hal/os/process.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import {
  type GraphSettings,
  renderGraph,
  SAMPLE_RATE_HZ,
} from '../../../pipelines/capture/graph.ts';
import type {
  CaptureSettings,
  FromCapture,
  SourceFigures,
  SourceKind,
  ToCapture,
} from '../../../pipelines/capture/messages.ts';
import { openRawInput, openTrackInput } from '../../../pipelines/media/track-input.ts';
import { renderCameraGraph, renderSoundGraph } from '../../../pipelines/source/graph.ts';
import type { FromSource, SourceSettings, ToSource } from '../../../pipelines/source/messages.ts';

export interface SeenUnit {
  readonly runningUs: number;
  readonly isKeyframe: boolean;
  readonly data: Buffer;
  readonly arrivedMs: number;
}

export interface LiveSources extends AsyncDisposable {
  /** Units of a track so far: `high`, `low` or `audio`. */
  units(track: string): readonly SeenUnit[];
  caps(track: string): string;
  /** Bytes of raw sound for the level meter so far, */
  meterBytes(): number;
  /** and the newest of it: S16LE, interleaved. */
  newestSound(bytes: number): Buffer;
  /** The newest figures. */
  figures(): SourceFigures | undefined;
  /**
   * Starts a source's process in place of the one that runs.
   *
   * @param sendUnits Of a source that another process sends.
   */
  start(kind: SourceKind, source: LaunchFragment, sendUnits?: SendUnits): Promise<RunningChild>;
  send(message: ToCapture): void;
}

const CAPTURE = entryPoint(import.meta.url, '../../../pipelines/capture/main');
const SOURCE = entryPoint(import.meta.url, '../../../pipelines/source/main');
const WIDTH = 320;
const HEIGHT = 180;

export const LIVE_GRAPH: GraphSettings = {
  picture: { widthPx: WIDTH, heightPx: HEIGHT, fps: 30 },
  hasSound: true,
  gopFrames: 30,
  renditions: [
    { id: 'high', width: WIDTH, height: HEIGHT, bitrateBps: 1_500_000 },
    { id: 'low', width: WIDTH / 2, height: HEIGHT / 2, bitrateBps: 400_000 },
  ],
  audio: { id: 'audio', channels: 2, bitrateBps: 96_000 },
  encoder: 'x264enc',
  speed: 'ultrafast',
  audioEncoder: 'avenc_aac',
};

/** @param channels Which of the sound's are taken. */
export async function openLiveSources({
  fps = 30,
  gopFrames = fps,
  channels = [1, 2],
  hasSecond = false,
  encoder = LIVE_GRAPH.encoder,
}: {
  readonly fps?: number;
  readonly gopFrames?: number;
  readonly channels?: readonly number[];
  /** A second camera, `camera2`. */
  readonly hasSecond?: boolean;
  readonly encoder?: GraphSettings['encoder'];
} = {}): Promise<LiveSources> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-sources-'));
  const ending = new AbortController();
  const log = openLog('warn', 'journal', (line) => process.stderr.write(line));
  const units = new Map<string, SeenUnit[]>();
  const caps = new Map<string, string>();
  let figures: SourceFigures | undefined;
  const sound: Buffer[] = [];
  const running: Promise<unknown>[] = [];
  const audio = { id: 'audio', channels: channels.length, bitrateBps: 96_000 };
  const picture = { ...LIVE_GRAPH.picture, fps };
  const graph = renderGraph({ ...LIVE_GRAPH, picture, gopFrames, audio, encoder });
  const paths = graph.outputs.map(({ id }) => join(folder, id));
  await runCommand('mkfifo', paths, { timeoutMs: 2_000 });
  const stops = graph.outputs.map(({ id, kind }, i) => {
    if (kind === 'meter') {
      return openRawInput(paths[i] as string, (bytes) => {
        sound.push(bytes);
      });
    }
    units.set(id, []);
    return openTrackInput(paths[i] as string, {
      onCaps: (text) => caps.set(id, text),
      onUnit: (unit) => units.get(id)?.push({ ...unit, arrivedMs: performance.now() }),
      onEnd: () => undefined,
      onMalformed: () => undefined,
    });
  });
  const fds = paths.map((path) => openSync(path, constants.O_WRONLY));
  const deps = { clock: systemClock, log };
  const [env, graceMs] = [{ UV_THREADPOOL_SIZE: '8' }, 1_000];
  const capture = openWorker<CaptureSettings, ToCapture, FromCapture>(
    { name: 'capture', entry: CAPTURE, env, graceMs },
    deps,
  );
  const report = (error: unknown) => process.env['DEBUG_SOURCES'] && console.error(String(error));
  const opened = new Map<number, () => void>();
  const settings: CaptureSettings = {
    launch: graph.launch,
    outputs: graph.outputs,
    slates: [],
    picture: { widthPx: WIDTH, heightPx: HEIGHT, fps, hasSecond, titleFile: '', textFile: '' },
    sound: { sampleRateHz: SAMPLE_RATE_HZ, channels },
  };
  const onMessage = (message: FromCapture) => {
    if (message.type === 'source-opened') opened.get(message.run)?.();
    if (message.type === 'figures') figures = message.figures;
  };
  const onStart = () => {
    for (const fd of fds) closeSync(fd);
  };
  const started = { settings, inherit: fds, onMessage, onStart };
  running.push(capture.run(started, ending.signal).catch(report));
  let runs = 0;
  const stopping = new Map<SourceKind, AbortController>();
  const start: LiveSources['start'] = async (kind, source, sendUnits) => {
    stopping.get(kind)?.abort();
    const stop = new AbortController();
    stopping.set(kind, stop);
    runs += 1;
    const run = runs;
    const path = join(folder, `${kind}-${run}`);
    await runCommand('mkfifo', [path], { timeoutMs: 2_000 });
    const isOpen = new Promise<void>((resolve) => opened.set(run, resolve));
    capture.send({ type: 'source', kind, run, path });
    await isOpen;
    const fd = openSync(path, constants.O_WRONLY);
    const launch =
      kind !== 'sound'
        ? renderCameraGraph(source, { widthPx: WIDTH, heightPx: HEIGHT })
        : renderSoundGraph(source, SAMPLE_RATE_HZ);
    const { feed, units: received } = source;
    const pipes = sendUnits === undefined ? undefined : await openPipes(['units'], 'reading');
    await sendUnits?.(pipes?.named[0]?.path ?? '', ending.signal);
    const worker = openWorker<SourceSettings, ToSource, FromSource>(
      { name: kind, entry: SOURCE, env, graceMs },
      deps,
    );
    return await new Promise((resolve) => {
      const onSourceMessage = (message: FromSource) => {
        // As the daemon does: GStreamer's threads may keep it for long.
        if (message.type === 'ended') stop.abort();
        if (message.type !== 'playing') return;
        const clockUs = source.stamping === 'monotonic' ? 0 : message.clockUs;
        capture.send({ type: 'source-clock', kind, run, clockUs });
      };
      const one = {
        settings: { launch, ...(feed && { feed }), ...(received && { units: received }) },
        inherit: [fd, ...(pipes?.fds ?? [])],
        onMessage: onSourceMessage,
        onStart: (child: RunningChild) => {
          closeSync(fd);
          pipes?.close();
          resolve(child);
        },
      };
      const ends = AbortSignal.any([stop.signal, ending.signal]);
      const ended = worker.run(one, ends).catch(report);
      running.push(ended.finally(() => pipes?.[Symbol.asyncDispose]()));
    });
  };
  return {
    units: (track) => units.get(track) ?? [],
    caps: (track) => caps.get(track) ?? '',
    meterBytes: () => sound.reduce((bytes, one) => bytes + one.length, 0),
    newestSound: (bytes) => newestOf(sound, bytes),
    figures: () => figures,
    start,
    send: capture.send,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await Promise.race([Promise.all(running), sleep(5_000)]);
      for (const stop of stops) stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Joins the last pieces only: it is asked for several times a second. */
function newestOf(pieces: readonly Buffer[], bytes: number): Buffer {
  let from = pieces.length;
  for (let missing = bytes; missing > 0 && from > 0; missing -= pieces[from]?.length ?? 0)
    from -= 1;
  return Buffer.concat(pieces.slice(from)).subarray(-bytes);
}
