/** How far the broker has acknowledged the events, on disk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseAs } from '../../../hal/os/files/json.ts';
import { saveFile } from '../../../hal/os/save-file.ts';

const FILE = 'acked.json';
const cursorSchema = v.object({ session: v.string(), ackedSeq: v.number() });
type Cursor = v.InferOutput<typeof cursorSchema>;

/** Undefined for a damaged one: then events may be sent again, with the same `seq`. */
export async function readCursor(folder: string): Promise<Cursor | undefined> {
  return parseAs(cursorSchema, await readFile(join(folder, FILE), 'utf8').catch(() => ''));
}

/** Replaces the file as one, so that a power cut leaves the old or the new. */
export function saveCursor(folder: string, cursor: Cursor): Promise<void> {
  return saveFile(join(folder, FILE), JSON.stringify(cursor));
}
