/** Records as they are pushed: rendered once, when the first client wants them, for all clients. */
import { HEADER_BYTES, type RecordHeader, writeHeader } from './wire/record.ts';

export interface PushedRecord {
  readonly header: RecordHeader;
  /** Header and payload; the same buffer each time. */
  readonly bytes: () => Buffer;
}

type Described = Partial<Omit<RecordHeader, 'payloadBytes' | 'kind'>> & Pick<RecordHeader, 'kind'>;

/** @param payload Made once, when it is needed first. */
export function recordOf(
  described: Described,
  payloadBytes: number,
  payload: () => Buffer,
): PushedRecord {
  const header: RecordHeader = {
    track: 'video',
    isStart: false,
    isDiscontinuity: false,
    part: 0,
    durationUs: 0,
    msn: 0,
    dateMs: 0,
    initId: '',
    ...described,
    payloadBytes,
  };
  let rendered: Buffer | undefined;
  return {
    header,
    bytes: () => {
      rendered ??= render(header, payload());
      return rendered;
    },
  };
}

/** Both end a response: the stream is over, or the client goes on with parts that it fetches. */
export const ENDED = recordOf({ kind: 'ended' }, 0, () => Buffer.alloc(0));
export const TOO_SLOW = recordOf({ kind: 'slow' }, 0, () => Buffer.alloc(0));

function render(header: RecordHeader, payload: Buffer): Buffer {
  const out = Buffer.allocUnsafeSlow(HEADER_BYTES + payload.length);
  writeHeader(new DataView(out.buffer, out.byteOffset, HEADER_BYTES), {
    ...header,
    payloadBytes: payload.length,
  });
  payload.copy(out, HEADER_BYTES);
  return out;
}
