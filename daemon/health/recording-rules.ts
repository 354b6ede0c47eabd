/** Alerts of the recording targets: one for each way in which a disk fails. */
import type { TargetFailure } from '../../pipelines/recording/settings.ts';
import type { BoxSnapshot, RecordingTarget } from '../model/snapshot.ts';
import type { Rule } from './step.ts';
import { isRecordingSlow } from './thresholds.ts';

const OTHERS = 'The other recordings go on.';

interface Failure {
  /** Of the alert's key. */
  readonly name: string;
  readonly text: (id: string) => string;
  readonly advice: string;
}

/** Each failure asks for something else of a person. */
const FAILURES: Readonly<Record<TargetFailure, Failure>> = {
  full: {
    name: 'full',
    text: (id) => `Disk ${id} is full: nothing is recorded on it`,
    advice: `${OTHERS} Free some space or take another disk: it goes on by itself.`,
  },
  others: {
    name: 'others',
    text: (id) =>
      `Disk ${id} is full of recordings of another box, or of this one before its card was changed`,
    advice: `${OTHERS} Save those and delete them, or take another disk: it goes on by itself.`,
  },
  'read-only': {
    name: 'read-only',
    text: (id) => `Disk ${id} is write-protected: nothing is recorded on it`,
    advice: `${OTHERS} Check its write protection; a worn card locks itself.`,
  },
  gone: {
    name: 'gone',
    text: (id) => `Disk ${id} is missing`,
    advice: `${OTHERS} Plug it in again: it is repaired and goes on by itself.`,
  },
  slow: {
    name: 'hangs',
    text: (id) => `Disk ${id} does not answer: nothing is recorded on it`,
    advice: `${OTHERS} Check its plug, or take another disk.`,
  },
  broken: {
    name: 'failed',
    text: (id) => `Disk ${id} has failed: nothing is recorded on it`,
    advice: `${OTHERS} Check that disk.`,
  },
};

const MEDIA = ['media-down', 'media-silent', 'viewers-port'];

export const RECORDING_RULES: readonly Rule[] = [
  {
    key: 'recorder-*-died',
    holdMs: 20_000,
    advice: 'Recording continues in a new file. If this happens again, check that disk.',
    dependsOn: [...MEDIA, 'media-died', ...Object.values(FAILURES).map(({ name }) => keyFor(name))],
    find: ({ lostRecorders }) =>
      lostRecorders.map(({ id, folder, reason }) => ({
        id,
        text: `The recording on disk ${id} was interrupted`,
        detail: `${folder}: ${reason}`,
      })),
  },
  ...(Object.keys(FAILURES) as TargetFailure[]).map((failure): Rule => {
    const { name, text, advice } = FAILURES[failure];
    return {
      key: keyFor(name),
      severity: 'critical',
      afterMs: 1_000,
      holdMs: 5_000,
      advice,
      dependsOn: MEDIA,
      find: ({ box: { recording } }) =>
        recording
          .filter((target) => failureOf(target) === failure)
          .map(({ id, folder, reason }) => ({
            id,
            text: text(id),
            detail: reason === undefined ? folder : `${folder}: ${reason}`,
          })),
    };
  }),
  {
    key: 'recording-*-slow',
    afterMs: 3_000,
    holdMs: 10_000,
    advice: 'The disk is too slow or nearly broken; take another one.',
    dependsOn: MEDIA,
    find: ({ box: { recording } }) =>
      recording
        .filter((target) => target.phase !== 'failed' && isRecordingSlow(target))
        .map(({ id, folder }) => ({
          id,
          text: `Disk ${id} is too slow`,
          detail: `${folder}: a power cut would lose seconds of the recording`,
        })),
  },
  {
    key: 'recording-one-disk',
    afterMs: 2_000,
    holdMs: 5_000,
    advice: 'If this disk fails, both copies are lost: record the second one on another disk.',
    find: ({ box }) => {
      const detail = describeShared(sharedDisks(box.recording));
      return detail && { text: 'Two recordings are on the same disk', detail };
    },
  },
];

function keyFor(name: string): string {
  return `recording-*-${name}`;
}

function failureOf({ phase, failure }: RecordingTarget): TargetFailure | undefined {
  return phase === 'failed' ? (failure ?? 'broken') : undefined;
}

/** Each disk that several targets are on, with their ids; a missing disk holds none. */
export function sharedDisks(
  recording: BoxSnapshot['recording'],
): readonly { readonly disk: string; readonly ids: readonly string[] }[] {
  const there = recording.filter((target) => failureOf(target) !== 'gone');
  const disks = new Set(there.flatMap((target) => target.disks ?? []));
  return [...disks].toSorted().flatMap((disk) => {
    const ids = there.filter((target) => target.disks?.includes(disk)).map(({ id }) => id);
    return ids.length > 1 ? [{ disk, ids }] : [];
  });
}

/** One line for a person; undefined where each has its own. */
export function describeShared(shared: ReturnType<typeof sharedDisks>): string | undefined {
  if (shared.length === 0) return undefined;
  const pairs = shared.map(({ disk, ids }) => `${ids.join(' and ')} are on one disk (${disk})`);
  return `${pairs.join(', ')}: their copies would be lost together`;
}
