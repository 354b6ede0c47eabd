/** `recording` and `clips` of the config. */
import { posix } from 'node:path';
import * as v from 'valibot';
import { type Fault, flag, integer, name, oneOf, repeatedFaults, text } from './rules.ts';

const target = v.strictObject({
  id: name,
  folder: v.pipe(text, v.minLength(1, 'must name a folder')),
  reserve_mb: v.optional(integer(0, 10_000_000), 500),
  reserve_pct: v.optional(integer(0, 90), 5),
  policy: v.optional(oneOf('oldest-first', 'stop'), 'oldest-first'),
  own_volume: v.optional(flag, false),
});

export const recordingSchema = v.strictObject({
  dvr_s: v.optional(integer(0, 7200), 0),
  targets: v.optional(v.pipe(v.array(target), v.maxLength(4, 'must list four targets at most')), [
    { id: 'card', folder: 'recordings' },
  ]),
});

export const clipsSchema = v.strictObject({
  folder: v.optional(text, 'clips'),
  length_s: v.optional(integer(5, 120), 30),
  keep: v.optional(integer(1, 1000), 300),
  max_mb: v.optional(integer(50, 1_000_000), 4000),
  reserve_mb: v.optional(integer(0, 10_000_000), 300),
  poster_every_s: v.optional(integer(0, 3600), 30),
  token_secret_file: v.optional(text, ''),
});

export type RecordingConfig = v.InferOutput<typeof recordingSchema>;

export function* recordingFaults({ targets }: RecordingConfig): Generator<Fault> {
  const at = (i: number, key: string) => ['recording', 'targets', i, key];
  yield* repeatedFaults(targets.map(({ id }, i) => [at(i, 'id'), id]));
  // `a/` and `./a` are one folder.
  const folders = targets.map(({ folder }) => posix.join(folder, '.').replace(/\/$/, ''));
  yield* repeatedFaults(
    folders.map((folder, i) => [at(i, 'folder'), folder]),
    'folder ',
  );
}
