/** Recordings made by the real writer, of bytes that are no pictures. */
import { createHash } from 'node:crypto';
import { RecordingFile } from '../../../../pipelines/recording/files/recording-file.ts';

export const EPOCH_MS = Date.UTC(2026, 10, 29, 20);

const HEADER = Buffer.alloc(700, 'h');
const PART_US = 200_000;

export interface Recorded {
  readonly name: string;
  /** Records so many seconds more. */
  record(seconds: number): Promise<void>;
  end(): Promise<void>;
}

/** A recording of a picture, with a key frame each second, and of sound. */
export async function startRecording(folder: string, baseS = 0): Promise<Recorded> {
  const track = { timescale: 90_000 } as const;
  const file = await RecordingFile.create(
    folder,
    { epochMs: EPOCH_MS, sequence: baseS + 1 },
    {
      ...{ type: 'begin', baseUs: baseS * 1e6, header: HEADER, isWhole: true },
      tracks: [
        { ...track, trackId: 'high', kind: 'video' },
        { ...track, trackId: 'audio', kind: 'audio' },
      ],
    },
  );
  let part = (baseS * 1e6) / PART_US;
  return {
    name: file.name,
    record: async (seconds) => {
      for (const last = part + (seconds * 1e6) / PART_US; part < last; part += 1) {
        for (const trackIndex of [0, 1]) {
          file.append({
            ...{ type: 'fragment', trackIndex, startUs: part * PART_US, durationUs: PART_US },
            isKeyframe: part % 5 === 0,
            chunks: [bytesOf(`${part} ${trackIndex}`, trackIndex === 0 ? 900 : 100)],
          });
        }
        await file.sync();
      }
    },
    end: async () => void (await file.finish('off', true)),
  };
}

function bytesOf(seed: string, length: number): Buffer {
  const block = createHash('sha512').update(seed).digest();
  return Buffer.alloc(length, block);
}
