/** Encodes a few seconds of real media with GStreamer. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GdpParser } from '../../../pipelines/gdp/parse.ts';

/** One encoded track as the capture process sends it, a few seconds long. */
export interface RealTrack {
  readonly caps: string;
  readonly unitUs: number;
  readonly units: readonly { readonly isKeyframe: boolean; readonly data: Buffer }[];
}

export interface RealMedia {
  readonly video: RealTrack;
  readonly audio: RealTrack;
}

const FRAMES = 120;

export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bitrateKbps: number;
  /** A pattern of videotestsrc: `snow` fills any bitrate, `ball` hardly one. */
  readonly pattern: 'ball' | 'snow';
}

const SMALL: Picture = { widthPx: 320, heightPx: 180, bitrateKbps: 500, pattern: 'ball' };

/** What gst-launch is to run for a track, but for where it writes to. */
export function launchOf(kind: 'video' | 'audio', picture: Picture = SMALL): string {
  const { widthPx, heightPx, bitrateKbps, pattern } = picture;
  return kind === 'video'
    ? `videotestsrc num-buffers=${FRAMES} pattern=${pattern} ! video/x-raw,format=I420,width=${widthPx},height=${heightPx},framerate=30/1 ! x264enc speed-preset=ultrafast tune=zerolatency bitrate=${bitrateKbps} key-int-max=30 ! video/x-h264,profile=baseline ! h264parse ! video/x-h264,stream-format=avc,alignment=au ! gdppay`
    : 'audiotestsrc num-buffers=188 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! avenc_aac bitrate=96000 ! aacparse ! audio/mpeg,mpegversion=4,stream-format=raw ! gdppay';
}

/** By launch line: test files that share a process begin with the same media. */
const encoded = new Map<string, Promise<Buffer>>();

/** Four seconds of H.264 and AAC, encoded by GStreamer; each group of 30 frames stands alone. */
export async function encodeMedia(picture: Picture = SMALL): Promise<RealMedia> {
  const encode = async (kind: 'video' | 'audio') => {
    const launch = launchOf(kind, picture);
    const bytes = encoded.get(launch) ?? encodeTrack(launch);
    encoded.set(launch, bytes);
    // Whoever damages it damages a copy.
    return Buffer.from(await bytes);
  };
  return readMedia(await encode('video'), await encode('audio'));
}

async function encodeTrack(launch: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-media-'));
  try {
    const path = join(folder, 'track');
    const words = [...launch.split(' '), '!', 'filesink', `location=${path}`];
    await promisify(execFile)('gst-launch-1.0', ['-q', ...words]);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Takes GDP streams of a picture (30 frames a second) and a sound (48 kHz) apart. */
export function readMedia(video: Buffer, audio: Buffer): RealMedia {
  return {
    video: readTrack(video, 1e6 / 30),
    audio: readTrack(audio, (1024 * 1e6) / 48_000),
  };
}

function readTrack(gdp: Buffer, unitUs: number): RealTrack {
  const packets = new GdpParser().push(gdp);
  if (packets === 'malformed') throw new Error('not GDP');
  let caps = '';
  const units = [];
  for (const packet of packets) {
    if (packet.kind === 'caps') caps = packet.caps;
    if (packet.kind !== 'buffer') continue;
    units.push({ isKeyframe: packet.isKeyframe, data: packet.data });
  }
  return { caps, unitUs, units };
}
