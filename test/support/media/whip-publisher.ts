/** A publisher by WebRTC outside any browser: GStreamer's pictures and sound, sent by the library. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  Audio,
  H264RtpPacketizer,
  PeerConnection,
  RtcpNackResponder,
  RtcpSrReporter,
  RtpPacketizationConfig,
  type Track,
  Video,
} from 'node-datachannel';
import { GdpParser } from '../../../pipelines/gdp/parse.ts';

export interface WhipPublisher {
  readonly connection: PeerConnection;
  readonly sdp: string;
  /** Key frames that were asked for. */
  readonly asked: () => number;
  /** Stops sending, and says nothing of it. */
  readonly vanish: () => void;
  /** What is not closed keeps the process alive. */
  readonly close: () => void;
}

const ENCODED =
  'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 bitrate=600 ! ' +
  'h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au';

/** Up to its offer. @param pattern Of videotestsrc: `red`, for example. */
export async function openWhipPublisher(pattern: string): Promise<WhipPublisher> {
  const connection = new PeerConnection('publisher', {
    ...{ iceServers: [], bindAddress: '127.0.0.1' },
  });
  const video = new Video('0', 'SendOnly');
  video.addH264Codec(96, 'packetization-mode=1;profile-level-id=42e01f');
  video.addSSRC(1_111, 'publisher', 'publisher', 'video');
  const audio = new Audio('1', 'SendOnly');
  audio.addOpusCodec(111);
  audio.addSSRC(2_222, 'publisher', 'publisher', 'audio');
  const tracks = { video: connection.addTrack(video), audio: connection.addTrack(audio) };
  const config = new RtpPacketizationConfig(1_111, 'publisher', 96, 90_000);
  const packetizer = new H264RtpPacketizer('LongStartSequence', config);
  packetizer.addToChain(new RtcpSrReporter(config));
  packetizer.addToChain(new RtcpNackResponder());
  tracks.video.setMediaHandler(packetizer);
  let asked = 0;
  tracks.video.onMessage((packet) => {
    if (packet.includes(0xce)) asked += 1;
  });
  const send = (track: Track, data: Buffer) => {
    if (track.isOpen()) track.sendMessageBinary(data);
  };
  const source = `videotestsrc is-live=true pattern=${pattern} ! video/x-raw,width=640,height=360,framerate=30/1 ! ${ENCODED}`;
  const picture = encode(source, (timeUs, data) => {
    config.timestamp = Math.round((timeUs * 90) / 1_000) % 2 ** 32;
    send(tracks.video, data);
  });
  let sequence = 0;
  const sound = encode('audiotestsrc is-live=true freq=440 ! opusenc', (timeUs, data) => {
    const header = Buffer.from([0x80, 111, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt16BE(sequence, 2);
    sequence = (sequence + 1) & 0xffff;
    header.writeUInt32BE(Math.round((timeUs * 48) / 1_000) % 2 ** 32, 4);
    header.writeUInt32BE(2_222, 8);
    send(tracks.audio, Buffer.concat([header, data]));
  });
  const offer = new Promise<string>((resolve) => {
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
    });
  });
  connection.setLocalDescription('offer');
  const vanish = () => {
    for (const child of [picture, sound]) child.kill('SIGKILL');
  };
  const close = () => {
    vanish();
    for (const track of Object.values(tracks)) track.close();
    connection.close();
  };
  return { connection, sdp: await offer, asked: () => asked, vanish, close };
}

function encode(source: string, onUnit: (timeUs: number, data: Buffer) => void): ChildProcess {
  const words = `-q ${source} ! gdppay crc-header=false ! fdsink fd=1 sync=false`.split(' ');
  const child = spawn('gst-launch-1.0', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const parser = new GdpParser();
  child.stdout?.on('data', (chunk: Buffer) => {
    const packets = parser.push(chunk);
    if (packets === 'malformed') throw new Error('no GDP');
    for (const packet of packets) {
      if (packet.kind === 'buffer' && packet.ptsNs !== undefined) {
        onUnit(Number(packet.ptsNs) / 1_000, packet.data);
      }
    }
  });
  return child;
}

/** Sends its offer with a token. */
export async function offerByWhip(sdp: string, endpoint: string, token: string): Promise<Response> {
  return await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
    body: sdp,
  });
}
