/** The sound for WebRTC as a pushed stream of its own, which edge boxes read: one packet a record. */
import { type PushedRecord, recordOf } from './records.ts';

/** Its name among the streams; no rendition has it. */
export const OPUS_STREAM = 'opus';

/** Nothing has to be known before the first packet. */
export const OPUS_INIT: PushedRecord = recordOf(
  { kind: 'init', track: 'audio', initId: OPUS_STREAM },
  0,
  () => Buffer.alloc(0),
);

/** @param dateMs Unix time of its first sample. */
export function opusRecord(dateMs: number, data: Buffer): PushedRecord {
  const header = { kind: 'media', track: 'audio', isStart: true, initId: OPUS_STREAM } as const;
  return recordOf({ ...header, dateMs }, data.length, () => data);
}
