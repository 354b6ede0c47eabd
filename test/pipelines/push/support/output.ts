/** A client of a pushed stream that reads when a test says so. */
import type { StreamOutput } from '../../../../pipelines/http/streams/stream.ts';
import { type ReadRecord, RecordReader } from '../../../../pipelines/push/wire/reader.ts';

export interface TestOutput extends StreamOutput {
  /** All that was written so far. */
  readonly records: ReadRecord[];
  readonly buffers: Buffer[];
  /** False: it takes nothing from now on. */
  isReading: boolean;
  readonly isEnded: boolean;
  /** Media records as text: `v1000.0`, `a1000.1`, with `*` where playback can start. */
  readonly media: () => readonly string[];
  /** It takes all that was written. */
  readonly take: () => void;
}

export function openOutput(): TestOutput {
  const reader = new RecordReader();
  const records: ReadRecord[] = [];
  const buffers: Buffer[] = [];
  const state = { isReading: true, isEnded: false, backlogBytes: 0 };
  const write = (bytes: Buffer) => {
    if (state.isEnded) throw new Error('written after its end');
    if (!state.isReading) state.backlogBytes += bytes.length;
    buffers.push(bytes);
    records.push(...reader.add(bytes, 0));
  };
  return {
    records,
    buffers,
    get isReading() {
      return state.isReading;
    },
    set isReading(isReading: boolean) {
      state.isReading = isReading;
    },
    get isEnded() {
      return state.isEnded;
    },
    get backlogBytes() {
      return state.backlogBytes;
    },
    write,
    end: (bytes) => {
      write(bytes);
      state.isEnded = true;
    },
    take: () => {
      state.backlogBytes = 0;
    },
    media: () =>
      records
        .filter(({ header }) => header.kind === 'media')
        .map(({ header: { track, msn, part, isStart } }) => {
          return `${track[0]}${msn}.${part}${isStart && track === 'video' ? '*' : ''}`;
        }),
  };
}
