import type { TargetFailure } from '../../pipelines/recording/settings.ts';
import type { BoxSnapshot, RecordingTarget } from '../model/snapshot.ts';
import type { Rule } from './step.ts';

/** Recording targets: a name for each way in which a disk fails, and for two that are one. */

/** A second of it is the promise; disks take a breath now and then. */
const LAG_MS = 3_000;

const OTHERS = 'The others go on recording.';

/** One name for each failure, since each asks for something else of a person. */
const FAILURES: readonly (readonly [TargetFailure, key: string, advice: string])[] = [
  ['full', 'full', `${OTHERS} Make room on it, or take another disk: it goes on by itself.`],
  ['read-only', 'read-only', `${OTHERS} See its write protection; a worn card locks itself.`],
  ['gone', 'gone', `${OTHERS} Plug it in again: it is mended and goes on by itself.`],
  ['slow', 'hangs', `${OTHERS} The disk does not answer: see its plug, or take another one.`],
  ['broken', 'failed', `${OTHERS} Check that disk.`],
];

export const RECORDING_RULES: readonly Rule[] = [
  {
    key: 'recorder-*-died',
    severity: 'warning',
    afterMs: 0,
    holdMs: 20_000,
    advice: 'It goes on in a new file. If it happens again, look at that disk and the journal.',
    find: ({ lostRecorders }) =>
      lostRecorders.map(({ id, folder, reason }) => ({
        id,
        text: `the recording on ${folder} broke off: ${reason.slice(0, 160)}`,
      })),
  },
  ...FAILURES.map(
    ([failure, name, advice]): Rule => ({
      key: `recording-*-${name}`,
      severity: 'critical',
      afterMs: 1_000,
      holdMs: 5_000,
      advice,
      find: ({ box: { recording } }) =>
        recording
          .filter((target) => failureOf(target) === failure)
          .map(({ id, folder, reason }) => ({
            id,
            text: `nothing is recorded on ${folder}: ${reason?.slice(0, 160) ?? 'it failed'}`,
          })),
    }),
  ),
  {
    key: 'recording-*-slow',
    severity: 'warning',
    afterMs: 3_000,
    holdMs: 10_000,
    advice: 'The disk is too slow or nearly broken; take another one.',
    find: ({ box: { recording } }) =>
      recording
        .filter(({ phase, lagMs }) => phase !== 'failed' && (lagMs ?? 0) > LAG_MS)
        .map(({ id, folder }) => ({ id, text: `${folder} is slow: a cut would lose seconds` })),
  },
  {
    key: 'recording-one-disk',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 5_000,
    advice: 'A second copy is for the day on which a disk fails: give it a disk of its own.',
    find: ({ box }) => describeShared(sharedDisks(box.recording)),
  },
];

function failureOf({ phase, failure }: RecordingTarget): TargetFailure | undefined {
  return phase === 'failed' ? (failure ?? 'broken') : undefined;
}

/** Each disk that several targets lie on, with their ids. One that is not there lies nowhere. */
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
  const told = shared.map(({ disk, ids }) => `${ids.join(' and ')} lie on one disk (${disk})`);
  return `${told.join(', ')}: their copies would be lost together`;
}
