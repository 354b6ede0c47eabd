/** Reads the access units of one track, which another process sends by a FIFO. */
import { Socket } from 'node:net';
import { GdpParser } from './parse.ts';

export interface UnitEvents {
  readonly onCaps: (caps: string) => void;
  readonly onUnit: (unit: {
    /** Media time. */
    readonly timeUs: number;
    readonly isKeyframe: boolean;
    readonly data: Buffer;
  }) => void;
  /** There will be no more: their sender has ended, or sends something else. */
  readonly onEnd: (reason: string) => void;
}

export function openUnitInput(fd: number, events: UnitEvents): void {
  const socket = new Socket({ fd, readable: true, writable: false });
  const parser = new GdpParser();
  socket.on('data', (chunk: Buffer) => {
    const packets = parser.push(chunk);
    if (packets === 'malformed') {
      socket.destroy();
      events.onEnd('the bytes are not GDP');
      return;
    }
    for (const packet of packets) {
      if (packet.kind === 'caps') events.onCaps(packet.caps);
      else if (packet.kind === 'buffer' && packet.ptsNs !== undefined) {
        const { isKeyframe, data } = packet;
        events.onUnit({ timeUs: Number(packet.ptsNs) / 1000, isKeyframe, data });
      }
    }
  });
  socket.on('error', () => undefined);
  socket.once('close', () => events.onEnd('their sender has ended'));
}
