/** Sends a track’s access units to the process that decodes them, by a FIFO. */
import { openFifo } from './fifo.ts';
import { renderGdp } from './parse.ts';

/** What a decoder takes. */
export interface AccessUnit {
  /** When it was taken, in us of CLOCK_MONOTONIC. */
  readonly takenUs: number;
  readonly isKeyframe: boolean;
  readonly data: Buffer;
}

export interface UnitOutput {
  /** False where the decoder is so far behind that the unit was left out. */
  readonly add: (unit: AccessUnit) => boolean;
  /** Its reader sees the end. */
  readonly close: () => void;
}

/** Unread bytes before units are left out: three seconds of 6 Mb/s. */
const BACKLOG_MAX_BYTES = 2_500_000;

/** Throws where the FIFO cannot be opened. @param onEnd Its reader is gone. */
export function openUnitOutput(path: string, onEnd: () => void): UnitOutput {
  const socket = openFifo(path, 'writing');
  socket.on('error', () => undefined);
  socket.once('close', onEnd);
  return {
    add: ({ takenUs, isKeyframe, data }) => {
      if (socket.writableLength > BACKLOG_MAX_BYTES) return false;
      const ptsNs = BigInt(Math.round(Math.max(0, takenUs) * 1000));
      const unit = { dtsNs: undefined, durationNs: undefined, isDiscont: false, isHeader: false };
      socket.write(renderGdp({ kind: 'buffer', ptsNs, isKeyframe, data, ...unit }));
      return true;
    },
    close: () => void socket.destroy(),
  };
}
