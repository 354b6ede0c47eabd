/** What is known of a clip besides its file: when MARK was pressed, and what it was called. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readInside } from '../../hal/os/open-inside.ts';

export interface WantedClip {
  /** Unix time of the MARK, in ms, by the clock of the stream. */
  readonly atMs: number;
  /** By the crew. */
  readonly label?: string;
  /** Length of the clip, which ends with what was published last. */
  readonly seconds: number;
}

const schema = v.object({
  atMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  durationS: v.pipe(v.number(), v.minValue(0), v.maxValue(600)),
  label: v.optional(v.pipe(v.string(), v.maxLength(80))),
});

export type ClipInfo = v.InferOutput<typeof schema>;

const MAX_BYTES = 4_096;
const nameOf = (clipId: string) => `clip-${clipId}.info.json`;

/** Beside the clip, for a media process that starts later. */
export async function storeClipInfo(folder: string, clipId: string, info: ClipInfo): Promise<void> {
  const path = join(folder, nameOf(clipId));
  await writeFile(`${path}.part`, JSON.stringify(info), { mode: 0o640 });
  await rename(`${path}.part`, path);
}

/** undefined where there is none, as of an older box, or its file is damaged. */
export async function readClipInfo(folder: string, clipId: string): Promise<ClipInfo | undefined> {
  try {
    const text = (await readInside(folder, nameOf(clipId), MAX_BYTES)).toString();
    const parsed = v.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
