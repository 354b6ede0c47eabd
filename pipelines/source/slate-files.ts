/** Files with what is shown in the camera's place; drawn by slates.ts where they are not there. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { haveContent } from '../../hal/os/files/have-content.ts';
import { assertRegular } from '../../hal/os/files/read-regular.ts';
import { entryPoint, runCommand } from '../../hal/os/process.ts';

export interface SlateSettings {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly title: string;
  /** Shown over the last picture, darkened; empty: nothing. */
  readonly text: string;
  /** JPEG, PNG or WebP behind the title; empty: a dark ground. */
  readonly pictureFile: string;
}

/** Raw, of the picture's size: see `PictureSettings`. */
export interface SlateFiles {
  readonly titleFile: string;
  readonly textFile: string;
}

/** A Pi loads sharp and a large picture in some seconds. */
const TIMEOUT_MS = 60_000;

/**
 * Resolves with the files, drawn if need be; older ones go.
 *
 * Rejects with what the picture's file is not, or the disk's error.
 */
export async function openSlateFiles(
  folder: string,
  settings: SlateSettings,
  signal: AbortSignal,
): Promise<SlateFiles> {
  const id = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16);
  const titleFile = join(folder, `${id}.title`);
  const textFile = settings.text === '' ? '' : join(folder, `${id}.text`);
  const files = { titleFile, textFile };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (await haveContent(textFile === '' ? [titleFile] : [titleFile, textFile])) return files;
  // A pipe would hold up the drawing, and a device has no end.
  if (settings.pictureFile !== '') assertRegular(settings.pictureFile);
  const drawn = await runCommand(
    process.execPath,
    [
      ...process.execArgv,
      entryPoint(import.meta.url, './slates'),
      JSON.stringify({ ...settings, ...files }),
    ],
    { timeoutMs: TIMEOUT_MS, signal },
  );
  if (drawn.exitCode !== 0) throw new Error(reasonIn(drawn.stderr));
  for (const name of await readdir(folder)) {
    if (!name.startsWith(id)) await rm(join(folder, name), { force: true });
  }
  return files;
}

/** What sharp says, out of a stack trace. */
function reasonIn(stderr: string): string {
  const line = stderr.split('\n').find((one) => one.includes('Error:'));
  return (line ?? stderr.slice(0, 200)).trim();
}
