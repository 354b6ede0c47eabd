/** Cuts and decodes single frames for posters. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTempFolder } from '../../hal/os/files/temp-folder.ts';
import { runCommand } from '../../hal/os/process.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import { type Movie, renderMovie } from './movie.ts';
import type { ClipSource } from './samples.ts';

const DECODE_TIMEOUT_MS = 10_000;
/** Less than a frame: the key frame alone. */
const ONE_FRAME_US = 1_000;

/** The key frame at or before `atUs` alone; undefined where there is none. */
export function cutStill(source: ClipSource, atUs: number): Movie | undefined {
  const found = renderMovie([source], { fromUs: atUs, toUs: atUs + ONE_FRAME_US });
  if (found === undefined) return undefined;
  return renderMovie([source], { fromUs: found.startUs, toUs: found.startUs + ONE_FRAME_US });
}

/**
 * A movie's first frame as a PNG. GStreamer decodes it in a process of its own, as a
 * decoder may crash.
 *
 * Rejects with a {@link PipelineError} POSTER_FAILED.
 */
export async function decodeStill(
  movie: Pick<Movie, 'chunks'>,
  signal: AbortSignal,
): Promise<Buffer> {
  await using folder = await openTempFolder('vb-still-');
  const [input, output] = [join(folder.path, 'in.mp4'), join(folder.path, 'out.png')];
  await writeFile(input, movie.chunks);
  await decode(input, output, signal);
  return await readFile(output);
}

async function decode(input: string, output: string, signal: AbortSignal): Promise<void> {
  const graph = [
    ['filesrc', `location=${input}`],
    ['qtdemux'],
    ['decodebin'],
    ['videoconvert'],
    ['pngenc', 'snapshot=true'],
    ['filesink', `location=${output}`],
  ];
  const args = ['-q', ...graph.flatMap((element, i) => (i === 0 ? element : ['!', ...element]))];
  const options = { timeoutMs: DECODE_TIMEOUT_MS, signal };
  const { exitCode, stderr } = await runCommand('gst-launch-1.0', args, options);
  if (exitCode === 0) return;
  throw new PipelineError('POSTER_FAILED', `a key frame cannot be decoded: ${stderr.slice(-300)}`);
}
