import * as v from 'valibot';
import { type Fault, name, oneOf, text, whole } from './rules.ts';

const target = v.strictObject({
  id: name,
  folder: v.pipe(text, v.minLength(1, 'must name a folder')),
  reserve_mb: v.optional(whole(0, 10_000_000), 500),
  reserve_pct: v.optional(whole(0, 90), 5),
  policy: v.optional(oneOf('oldest-first', 'stop'), 'oldest-first'),
  own_volume: v.optional(v.boolean('must be true or false'), false),
});

/** Added to the config as `recording`. */
export const recordingSchema = v.strictObject({
  dvr_s: v.optional(whole(0, 7200), 0),
  targets: v.optional(
    v.pipe(v.array(target), v.maxLength(4, 'must list four targets at most')),
    [],
  ),
});

/** Added to the config as `clips`. */
export const clipsSchema = v.strictObject({
  folder: v.optional(text, 'clips'),
  length_s: v.optional(whole(5, 120), 30),
  poster_every_s: v.optional(whole(0, 3600), 30),
  token_secret_file: v.optional(text, ''),
});

export type RecordingConfig = v.InferOutput<typeof recordingSchema>;

export function* recordingFaults({ targets }: RecordingConfig): Generator<Fault> {
  for (const [i, { id, folder }] of targets.entries()) {
    if (targets.findIndex((other) => other.id === id) !== i) {
      yield { path: ['recording', 'targets', i, 'id'], message: `${id} is there twice` };
    }
    if (targets.findIndex((other) => other.folder === folder) !== i) {
      yield { path: ['recording', 'targets', i, 'folder'], message: 'is another target’s already' };
    }
  }
}
