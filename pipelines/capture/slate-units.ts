/**
 * Files with the slate as a key frame of each rendition: what viewers get while no encoder runs.
 * Encoded with the settings of the live encoders, so that their parameter sets are the same.
 */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { haveContent } from '../../hal/os/files/have-content.ts';
import { entryPoint, runCommand } from '../../hal/os/process.ts';
import { type GraphSettings, renderSlateGraph } from './graph.ts';

/** What encode-slates.ts does: it writes each file as `.new` first. */
export interface SlateEncoding {
  readonly launch: string;
  readonly titleFile: string;
  readonly files: readonly string[];
}

/** Of a process behind all others, on a busy Pi; nothing waits for it. */
const TIMEOUT_MS = 120_000;

/**
 * Where they lie: beside the picture, other ones for other settings. None without a picture.
 *
 * @param titleFile See `SlateFiles`.
 */
export function slateUnitFiles(titleFile: string, settings: GraphSettings): readonly string[] {
  if (titleFile === '') return [];
  const id = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16);
  return settings.renditions.map((_, i) => `${titleFile}.${id}.${i}`);
}

/**
 * Encodes those that are not there; older ones of this picture go. Rejects with an Error that
 * says why it cannot, and when `signal` aborts.
 */
export async function encodeSlateUnits(
  titleFile: string,
  settings: GraphSettings,
  signal: AbortSignal,
): Promise<void> {
  const files = slateUnitFiles(titleFile, settings);
  if (await haveContent(files)) return;
  const fileOf = (id: string) => files[settings.renditions.findIndex((one) => one.id === id)];
  const launch = renderSlateGraph(settings, (id) => `${fileOf(id)}.new`);
  const encoding: SlateEncoding = { launch, titleFile, files };
  const entry = entryPoint(import.meta.url, './encode-slates');
  const args = [...process.execArgv, entry, JSON.stringify(encoding)];
  // It ends by a signal: see `endProcess`.
  const ended = await runCommand(process.execPath, args, { timeoutMs: TIMEOUT_MS, signal }).catch(
    String,
  );
  signal.throwIfAborted();
  await removeOlder(titleFile, files);
  if (await haveContent(files)) return;
  throw new Error(typeof ended === 'string' ? ended : ended.stderr.slice(-200));
}

async function removeOlder(titleFile: string, files: readonly string[]): Promise<void> {
  const folder = dirname(titleFile);
  for (const name of await readdir(folder)) {
    const isOfPicture = name.startsWith(`${basename(titleFile)}.`);
    if (!isOfPicture || files.includes(join(folder, name))) continue;
    await rm(join(folder, name), { force: true });
  }
}
