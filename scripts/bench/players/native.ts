/** Players that are programs: ffmpeg, GStreamer, mpv and VLC. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { mediaTimeOf } from '../../../test/support/media/media-time.ts';
import type { Player, RunningPlayer, Sample } from './player.ts';
import { has, lookAt, PLAYLIST, runningOf } from './program.ts';
import { vlc } from './vlc.ts';

/** Frames come as luma of this size. */
const [WIDTH_PX, HEIGHT_PX] = [320, 180];
const LUMA_BYTES = WIDTH_PX * HEIGHT_PX;
const POLL_MS = 100;

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Decoded frames come from the program's descriptor 3, when it shows them. */
function startShowing({ command, args, env = {} }: Launch): RunningPlayer {
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const;
  const child = spawn(command, args, { stdio: [...stdio], env: { ...process.env, ...env } });
  const samples: Sample[] = [];
  readFrames(child.stdio[3] as Readable, (sample) => samples.push(sample));
  return runningOf(child, samples);
}

function readFrames(stream: Readable, onSample: (sample: Sample) => void): void {
  let rest = Buffer.alloc(0);
  stream.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    for (; rest.length >= LUMA_BYTES; rest = rest.subarray(LUMA_BYTES)) {
      lookAt(rest, WIDTH_PX, onSample);
    }
  });
}

const ffmpeg: Player = {
  name: 'ffmpeg',
  missing: () => has('/usr/bin/ffmpeg', 'apt: ffmpeg'),
  start: async (url) => {
    const size = `scale=${WIDTH_PX}:${HEIGHT_PX}`;
    const out = ['-map', '0:v:0', '-vf', size, '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:3'];
    const args = ['-nostdin', '-v', 'warning', '-i', `${url}${PLAYLIST}`, ...out];
    return startShowing({ command: 'ffmpeg', args });
  },
};

/** @param other The other HLS element of GStreamer, which may not be used. */
function gstreamer(name: string, playbin: string, other: string, element: string): Player {
  const raw = `video/x-raw,format=GRAY8,width=${WIDTH_PX},height=${HEIGHT_PX}`;
  const sink = `videoconvert ! videoscale ! ${raw} ! fdsink fd=3 sync=true`;
  const from = 'apt: gstreamer1.0-tools gstreamer1.0-plugins-good gstreamer1.0-plugins-bad';
  return {
    name,
    missing: () => {
      const tool = has('/usr/bin/gst-launch-1.0', from);
      if (tool !== undefined) return tool;
      try {
        execFileSync('gst-inspect-1.0', ['--exists', element]);
        return undefined;
      } catch {
        return `${element} (${from})`;
      }
    },
    start: async (url) =>
      startShowing({
        command: 'gst-launch-1.0',
        args: [
          ...['-q', playbin, `uri=${url}${PLAYLIST}`],
          ...[`video-sink=${sink}`, 'audio-sink=fakesink sync=true'],
        ],
        env: { GST_PLUGIN_FEATURE_RANK: `${other}:NONE` },
      }),
  };
}

const mpv: Player = {
  name: 'mpv',
  missing: () => has('/usr/bin/mpv', 'apt: mpv'),
  start: async (url) => {
    const folder = mkdtempSync(join(tmpdir(), 'venuebox-mpv-'));
    const socketPath = join(folder, 'ipc');
    const { dateMs, mediaMs } = await mediaTimeOf(`${url}/live/low/index.m3u8`);
    const options = ['--no-config', '--vo=null', '--ao=null', '--rebase-start-time=no'];
    const args = [...options, `--input-ipc-server=${socketPath}`, `${url}${PLAYLIST}`];
    const child = spawn('mpv', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const samples: Sample[] = [];
    const playing = runningOf(child, samples);
    const timer = setInterval(() => void ask(), POLL_MS);
    let socket: Socket | undefined;
    const ask = () => {
      if (socket === undefined && existsSync(socketPath)) {
        socket = connect(socketPath);
        socket.on('error', () => undefined);
        socket.setEncoding('utf8').on('data', (text: string) => {
          const [, position] = /"data":(\d[\d.]*)/.exec(text) ?? [];
          if (position === undefined) return;
          const shownMs = dateMs - mediaMs + Number(position) * 1000;
          samples.push({ atMs: Date.now(), shownMs });
        });
      }
      socket?.write('{"command":["get_property","time-pos"]}\n');
    };
    return {
      ...playing,
      [Symbol.asyncDispose]: async () => {
        clearInterval(timer);
        socket?.destroy();
        await playing[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

export const NATIVE_PLAYERS: readonly Player[] = [
  ffmpeg,
  mpv,
  vlc,
  gstreamer('GStreamer hlsdemux2', 'playbin3', 'hlsdemux', 'hlsdemux2'),
  gstreamer('GStreamer hlsdemux', 'playbin', 'hlsdemux2', 'hlsdemux'),
];
