/** Stores which poster belongs to a clip, beside the clip. */
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { parseAs } from '../../hal/os/files/json.ts';
import { readInside, replaceInside } from '../../hal/os/open-inside.ts';
import { PICTURE_FORMATS } from './accept.ts';
import type { Poster } from './poster.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const schema = v.object({
  widthPx: count,
  heightPx: count,
  files: v.pipe(
    v.array(
      v.object({
        format: v.picklist(PICTURE_FORMATS),
        widthPx: count,
        heightPx: count,
        name: v.pipe(v.string(), v.regex(/^poster-[\w-]{11}-\d{3,4}\.[a-z]{4}$/)),
        bytes: count,
        sha256: v.pipe(v.string(), v.regex(/^[\w+/]{43}=$/)),
      }),
    ),
    v.maxLength(12),
  ),
});

/** A dozen files are described in less. */
const MAX_BYTES = 16_384;
export const posterName = (clipId: string) => `clip-${clipId}.json`;

/** For a media process that starts later. */
export async function storePoster(folder: string, clipId: string, poster: Poster): Promise<void> {
  const files = poster.files.map(({ path, ...file }) => ({ ...file, name: basename(path) }));
  const text = JSON.stringify({ ...poster, files });
  await replaceInside(folder, posterName(clipId), Buffer.from(text), 0o640);
}

/** undefined where the clip has none, or its file is damaged. */
export async function readPoster(folder: string, clipId: string): Promise<Poster | undefined> {
  const bytes = await readInside(folder, posterName(clipId), MAX_BYTES).catch(() => '');
  const parsed = parseAs(schema, bytes.toString());
  if (parsed === undefined) return undefined;
  const { files, ...size } = parsed;
  return { ...size, files: files.map((file) => ({ ...file, path: join(folder, file.name) })) };
}
