/** Reads tracks from the FIFOs that a capture process writes. */
import { parseSegment } from '../gdp/caps.ts';
import { openFifo } from '../gdp/fifo.ts';
import { type GdpBuffer, GdpParser } from '../gdp/parse.ts';

export interface TrackInputEvents {
  readonly onCaps: (caps: string) => void;
  readonly onUnit: (unit: {
    runningUs: number;
    isKeyframe: boolean;
    isDiscont: boolean;
    data: Buffer;
  }) => void;
  /** The writer has closed the FIFO. */
  readonly onEnd: () => void;
  readonly onMalformed: () => void;
}

/**
 * Reads one encoded track.
 *
 * @returns how to stop. Throws an Error of `openSync` where the FIFO cannot be opened.
 */
export function openTrackInput(path: string, events: TrackInputEvents): () => void {
  const socket = openFifo(path, 'reading');
  const parser = new GdpParser();
  let segment = { startNs: 0n, baseNs: 0n };

  const onBuffer = ({ ptsNs, isKeyframe, isDiscont, data }: GdpBuffer) => {
    // The first buffer may have no time stamp where data arrives before PLAYING.
    if (ptsNs === undefined) return;
    const runningNs = ptsNs - segment.startNs + segment.baseNs;
    events.onUnit({ runningUs: Number(runningNs) / 1000, isKeyframe, isDiscont, data });
  };
  socket.on('data', (chunk: Buffer) => {
    const packets = parser.push(chunk);
    if (packets === 'malformed') {
      socket.destroy();
      events.onMalformed();
      return;
    }
    for (const packet of packets) {
      if (packet.kind === 'buffer') onBuffer(packet);
      else if (packet.kind === 'caps') events.onCaps(packet.caps);
      else segment = parseSegment(packet.text) ?? segment;
    }
  });
  socket.on('error', () => undefined);
  socket.once('close', events.onEnd);
  return () => socket.destroy();
}

/** Reads raw bytes. Returns how to stop. Throws an Error of `openSync` where the FIFO cannot be opened. */
export function openRawInput(path: string, onBytes: (bytes: Buffer) => void): () => void {
  const socket = openFifo(path, 'reading');
  socket.on('data', onBytes);
  socket.on('error', () => undefined);
  return () => socket.destroy();
}
