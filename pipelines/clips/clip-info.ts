/** What is known of a clip besides its file: when MARK was pressed, and what it was called. */
import * as v from 'valibot';
import { parseAs } from '../../hal/os/files/json.ts';
import { readInside, replaceInside } from '../../hal/os/open-inside.ts';

export interface WantedClip {
  /** Unix time of the MARK, in ms, by the clock of the stream. */
  readonly atMs: number;
  /** By the crew. */
  readonly label?: string;
  /** Length of the clip, which ends with what was published last. */
  readonly seconds: number;
  /** Its place among all that were ever made of the drop. */
  readonly ofDrop?: { readonly dropId: string; readonly number: number };
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1e9));

const schema = v.object({
  atMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  durationS: v.pipe(v.number(), v.minValue(0), v.maxValue(600)),
  label: v.optional(v.pipe(v.string(), v.maxLength(80))),
  /** In the order of writing; of no clip of an earlier version. */
  sequence: v.optional(count),
  ofDrop: v.optional(v.object({ dropId: v.pipe(v.string(), v.maxLength(80)), number: count })),
});

export type ClipInfo = v.InferOutput<typeof schema>;

const MAX_BYTES = 4_096;
export const clipInfoName = (clipId: string) => `clip-${clipId}.info.json`;

/** Beside the clip, for a media process that starts later. */
export async function storeClipInfo(folder: string, clipId: string, info: ClipInfo): Promise<void> {
  await replaceInside(folder, clipInfoName(clipId), Buffer.from(JSON.stringify(info)), 0o640);
}

/** undefined where there is none, as of an older box, or its file is damaged. */
export async function readClipInfo(folder: string, clipId: string): Promise<ClipInfo | undefined> {
  const bytes = await readInside(folder, clipInfoName(clipId), MAX_BYTES).catch(() => '');
  return parseAs(schema, bytes.toString());
}
